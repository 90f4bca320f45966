internal import EventLog
internal import Files
internal import GRDB
internal import SQLiteFiles
internal import Synchronization

/// How a log's file is open: for reading and writing or, where that cannot be at the moment, for reading only.
///
/// A file that is open for reading only is opened for writing as soon as that works: when the disk has room again, or is
/// mounted writable.
final class StoreConnection: Sendable {
    /// So often it is tried while nobody writes.
    private static let retryInterval = Duration.seconds(1)

    private struct State {
        var pool: DatabasePool
        /// The file that the pool has open; nil where nobody could tell.
        var file: FileIdentity?
        /// Why the pool only reads.
        var obstacle: LogError?
        var lastTry = ContinuousClock.now
        /// That there was no room for the last write, and when it was last seen that there is none.
        var wantOfRoom: (error: LogError, seen: ContinuousClock.Instant)?
        /// They go on when there is another pool.
        var observations: [WeakObservation] = []
    }

    /// Who observes says how long.
    private struct WeakObservation {
        weak var observation: OutboxObservation?
    }

    private let path: String
    private let state: Mutex<State>

    /// Takes a pool that writes.
    init(_ path: String, _ pool: DatabasePool) {
        self.path = path
        state = Mutex(State(pool: pool, file: FileIdentity(path)))
    }

    /// - Throws: the reason why it cannot be written, when it cannot be read either; `readOnly` for a file with several names,
    ///   whether it could be read or not.
    init(opening path: String) throws {
        try Self.checkHasOneName(path)
        self.path = path
        do {
            state = Mutex(State(pool: try Self.openForWriting(path), file: FileIdentity(path)))
        } catch let error as LogError where [.readOnly, .diskFull, .inputOutput].contains(error.code) {
            guard let pool = Self.openForReading(path) else { throw error }
            state = Mutex(State(pool: pool, obstacle: error))
        }
    }

    /// For reading, and for writing when there is no obstacle.
    var pool: DatabasePool {
        state.withLock { state in
            if state.obstacle != nil, state.lastTry.duration(to: .now) > Self.retryInterval { retry(&state) }
            return state.pool
        }
    }

    /// For writing.
    ///
    /// - Throws: why that is not possible now; `notFound` for a file that is not in its place any more: what is written to it is
    ///   gone when it is closed.
    var writer: DatabasePool {
        get throws {
            try state.withLock { state in
                if state.obstacle != nil { retry(&state) }
                if let obstacle = state.obstacle { throw obstacle }
                let found = FileIdentity(path)
                guard state.file == nil || state.file == found else {
                    // A disk that does not even say what it holds may be back in a moment.
                    if found == nil, !FileEntry(path).isMissing { throw LogError(FileError.failed(path)) }
                    throw LogError(
                        .notFound,
                        "\(path) was moved, removed or replaced while it was in use, and nothing is written to it any more: "
                            + "stop this program, see that the right file is there, and start it again"
                    )
                }
                return state.pool
            }
        }
    }

    /// Has an observation hear of the present pool, and of every other one that takes its place.
    func add(_ observation: OutboxObservation) {
        state.withLock { state in
            state.observations.removeAll { $0.observation == nil }
            state.observations.append(WeakObservation(observation: observation))
        }
        // Without the lock: to begin waits for who is writing, and they may ask for the pool in their transaction.
        var observed: DatabasePool?
        while true {
            let pool = state.withLock { $0.pool }
            if pool === observed { return }
            observation.observe(pool)
            observed = pool
        }
    }

    /// How many observations hear of the pools, those included that wait to begin.
    var observationCount: Int { state.withLock { state in state.observations.count { $0.observation != nil } } }

    /// Why the file is open for reading only; nil when it is open for writing.
    var obstacle: LogError? { state.withLock { $0.obstacle } }

    /// Takes note of how a write has ended.
    ///
    /// - Parameter error: why nothing was written; nil when it was.
    func note(_ error: LogError?) {
        // Of room, other failures say nothing.
        guard error == nil || error?.code == .diskFull else { return }
        state.withLock { $0.wantOfRoom = error.map { (error: $0, seen: .now) } }
    }

    /// That there was no room for the last write, and is none yet; nil else.
    ///
    /// Nobody may be writing that would find out, so whoever asks has a look, which takes a small write.
    var wantOfRoom: LogError? {
        let (noted, looks) = state.withLock { state -> (LogError?, ContinuousClock.Instant?) in
            guard let noted = state.wantOfRoom else { return (nil, nil) }
            let now = ContinuousClock.now
            guard noted.seen.duration(to: now) > Self.retryInterval else { return (noted.error, nil) }
            state.wantOfRoom?.seen = now
            return (noted.error, now)
        }
        // Without the lock: a disk may take long for it, and others write meanwhile.
        guard let looks, DiskSpace.hasRoom(in: Folder.path(containing: path)) else { return noted }
        return state.withLock { state in
            if state.wantOfRoom?.seen == looks { state.wantOfRoom = nil }
            return state.wantOfRoom?.error
        }
    }

    private func retry(_ state: inout State) {
        state.lastTry = .now
        // First, when those who read are done: SQLite shares what it knows of a file among the connections of a process,
        // and one that only reads would keep the others from writing.
        let former = state.pool
        try? former.close()
        do {
            state.pool = try Self.openForWriting(path)
            state.file = FileIdentity(path)
            state.obstacle = nil
        } catch {
            if let error = error as? LogError { state.obstacle = error }
            if let pool = Self.openForReading(path) { state.pool = pool }
        }
        // There is nothing to be heard of a pool that is closed; the next one that opens is observed.
        guard state.pool !== former else { return }
        for observed in state.observations { observed.observation?.observe(state.pool) }
    }

    /// SQLite calls a file's journal after the name by which it was opened: with two of them, each would hold what the other
    /// does not know, and neither would be the log.
    ///
    /// Source: https://www.sqlite.org/howtocorrupt.html, "Multiple links to the same file".
    private static func checkHasOneName(_ path: String) throws {
        guard let count = FileEntry(path).nameCount, count > 1 else { return }
        throw LogError(
            .readOnly,
            "\(path) is one file with \(count) names (hard links), and each would have a journal of its own: copy the folder "
                + "(cp -a) instead of linking it, remove the other names, then try again"
        )
    }

    private static func openForWriting(_ path: String) throws -> DatabasePool {
        guard SharedMemoryFile.hasRoom(beside: path) else { throw StorageFailure.diskFull(path) }
        return try StorageFailure.translating(path) {
            let pool = try DatabasePool(path: path, configuration: SQLiteLogStore.configuration())
            try pool.writeNamingFullDisk { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try SQLiteLogStore.checkVersion(db, path: path)
            }
            return pool
        }
    }

    /// nil when the file cannot be read either, not with certainty, or has tables of an older version.
    private static func openForReading(_ path: String) -> DatabasePool? {
        ReadOnlyFile.openPool(path, SQLiteLogStore.configuration()) { db in
            try Int32.fetchOne(db, sql: "PRAGMA user_version") == Schema.version
        }
    }
}
