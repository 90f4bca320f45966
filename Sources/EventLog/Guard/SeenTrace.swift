package import AgendaModel

/// By what one sign that a log has been longer, or another one, is known again.
///
/// A checkpoint is known by its size and root, and no other checkpoint of that size is.
package struct SeenTrace: Hashable, Sendable {
    /// How many entries the log had by it.
    package let size: LogSize
    /// What it is, in one letter, and the beginning of a SHA-256, in hexadecimal.
    private let print: String

    /// Of a checkpoint that the log's own key has signed.
    package init(size: LogSize, root: Hash) { self.init(kind: "checkpoint", size, root.description) }

    /// Of what a witness says: it never goes on in another history than the one that it saw first.
    package init(size: LogSize, witness: String) { self.init(kind: "witness", size, witness) }

    /// Of what this server's own files remember.
    init(_ end: RememberedEnd) { self.init(kind: "remembered", end.size, end.lastEntry?.description ?? "-") }

    private init(kind: String, _ size: LogSize, _ what: String) {
        self.size = size
        let hash = Hash.sha256(Array("\(kind) \(size) \(what)".utf8))
        print = String("\(kind.prefix(1))\(hash)".prefix(Self.printLength))
    }

    /// Whether it is a checkpoint, which says what the log held.
    var isCheckpoint: Bool { print.hasPrefix("c") }

    private static let printLength = 13
}

extension SeenTrace {
    /// As it stands in `log.seen`: without spaces and commas.
    var text: String { "\(size):\(print)" }

    init?(text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let size = Int(parts[0]), size >= 0, parts[1].utf8.count == Self.printLength else {
            return nil
        }
        self.size = LogSize(size)
        print = String(parts[1])
    }

    /// What it takes in a list, in bytes.
    var length: Int { text.utf8.count + 1 }
    static let maximumLength = 34
    /// Of signs that are no checkpoints, so many stay, whatever else there is: each witness has one at a time.
    private static let maximumOthers = 40

    /// Two lists as one, without the oldest checkpoints where all would take more bytes than that.
    static func joined(_ older: [SeenTrace], _ newer: [SeenTrace], within bytes: Int) -> [SeenTrace] {
        var all: [SeenTrace] = []
        var known: Set<SeenTrace> = []
        for trace in older + newer where known.insert(trace).inserted { all.append(trace) }
        let others = Set(all.filter { !$0.isCheckpoint }.suffix(maximumOthers))
        var left = bytes - others.reduce(0) { $0 + $1.length }
        let checkpoints = all.filter(\.isCheckpoint).reversed().prefix { trace in
            left -= trace.length
            return left >= 0
        }
        let kept = others.union(checkpoints)
        return all.filter(kept.contains)
    }
}
