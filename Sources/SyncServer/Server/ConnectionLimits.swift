internal import EventLog
internal import Logging

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// How many connections a server has at once: each is an open file, and what the server does for them needs others.
///
/// Each takes memory too, while nobody takes its answer.
struct ConnectionLimits: Hashable, Sendable {
    /// In all.
    var all: Int
    /// From one address.
    var each: Int

    init(all: Int, each: Int) {
        self.all = all
        self.each = each
    }

    /// - Parameters:
    ///   - files: how many files the process may have open.
    ///   - agendas: how many agendas it serves.
    ///   - memory: how much memory the process may have, in bytes.
    ///   - readers: how many read one file of an agenda at once.
    init(files: Int, agendas: Int, memory: Int, readers: Int = HeavyWork.readerCount) {
        let reserve = Self.reserve(agendas, readers: readers)
        // Where files are few, requests are too, and the connections to the data are opened for requests.
        all = max(1, min(max(files / 4, files - reserve), Self.maximum(memory: memory)))
        each = max(1, all / 2)
    }

    /// Those of this process.
    ///
    /// - Parameters:
    ///   - agendas: how many agendas it serves.
    ///   - logger: told when files are few, or memory is little.
    /// - Returns: the limits.
    static func ofProcess(serving agendas: Int, _ logger: Logger) -> ConnectionLimits {
        let files = files ?? unlimited
        let memory = ProcessMemory.bytes
        let limits = ConnectionLimits(files: files, agendas: agendas, memory: memory)
        if areFew(files: files, agendas: agendas) {
            logger.warning(
                "This process may have few files open, so few connections: raise the limit (ulimit -n, LimitNOFILE)",
                metadata: ["files": "\(files)", "connections": "\(limits.all)", "agendas": "\(agendas)"]
            )
        }
        if isLittle(memory: memory) {
            logger.warning(
                "This process may have little memory, so few connections: give it more (MemoryMax)",
                metadata: ["megabytes": "\(memory >> 20)", "connections": "\(limits.all)"]
            )
        }
        return limits
    }

    /// Nobody has so many connections.
    private static let unlimited = 1 << 17

    /// Accepting pauses when so many are open: those that have to give way may not be closed yet.
    var pausing: Int { all + max(4, all / 16) }

    /// So many are kept at most when others have to give way: whoever comes next finds room.
    var kept: Int { max(1, all - all / 4) }

    /// Whether so few files are few for this many agendas.
    static func areFew(files: Int, agendas: Int, readers: Int = HeavyWork.readerCount) -> Bool {
        files < reserve(agendas, readers: readers) + usualConnections
    }

    /// What is kept for other things.
    ///
    /// Of each agenda, the log and the read models are open for each reader and for who writes, each with its write-ahead log.
    /// A few files more are beside them.
    private static func reserve(_ agendas: Int, readers: Int) -> Int { 64 + (4 * (readers + 1) + 4) * agendas }

    /// Whether so much memory is for few connections.
    static func isLittle(memory: Int) -> Bool { maximum(memory: memory) < usualConnections }

    /// How many connections a quarter of this much memory is for.
    private static func maximum(memory: Int) -> Int { memory / 4 / connectionBytes }

    /// What a connection takes at most while its answer is not taken: one of some kilobytes, besides what all share.
    private static let connectionBytes = 64 << 10

    private static let usualConnections = 512

    /// How many files the process may have open at the moment; nil where there is no end.
    static var files: Int? {
        #if os(Linux)
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let files = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return nil }
        return Int(exactly: limit.rlim_cur).flatMap { $0 < 1 << 30 ? $0 : nil }
    }
}
