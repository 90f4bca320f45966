internal import EventLog
internal import Files
internal import GRDB
internal import SQLiteFiles

/// Opens a state file, or makes one where there is none that can be used.
enum StateConnection {
    /// A file that is damaged, of another version, or no state file at all gives way to a new one.
    ///
    /// One that cannot be written is opened for reading.
    static func open(_ path: String) throws -> DatabasePool {
        do {
            let pool = try connect(path)
            if try ProjectionError.translating(path, { try pool.read(StateSchema.matches) }) { return pool }
            try pool.close()
        } catch let error as ProjectionError where error.code == .damaged {
            // Made anew below.
        } catch let error as ProjectionError where [.readOnly, .diskFull, .inputOutput].contains(error.code) {
            guard let pool = openForReading(path) else { throw error }
            return pool
        }
        return try makeAnew(path)
    }

    /// nil when the file cannot be read either, not with certainty, or is of another version.
    private static func openForReading(_ path: String) -> DatabasePool? {
        ReadOnlyFile.openPool(path, configuration(), where: StateSchema.matches)
    }

    /// Removes the file and makes an empty one.
    static func makeAnew(_ path: String) throws -> DatabasePool {
        StateFile.remove(at: path)
        return try connect(path)
    }

    private static func connect(_ path: String) throws -> DatabasePool {
        guard SharedMemoryFile.hasRoom(beside: path) else { throw ProjectionError.diskFull(path) }
        // The read models hold names and notes, so the file is its owner's alone. SQLite gives its side files the same
        // mode. One that is there stays, and what else is in the way is for SQLite to say.
        try? FileEntry(path).create()
        return try ProjectionError.translating(path) {
            let pool = try DatabasePool(path: path, configuration: configuration())
            try pool.writeNamingFullDisk { db in
                try db.inTransaction(.immediate) {
                    let isNew = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
                    if isNew { try StateSchema.create(db) }
                    return .commit
                }
            }
            return pool
        }
    }

    /// How long a write waits for others, in seconds.
    static let busyTimeout = 10

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "ambit.state"
        configuration.busyMode = .timeout(Double(busyTimeout))
        configuration.maximumReaderCount = HeavyWork.readerCount
        configuration.prepareDatabase { db in
            db.add(function: RowCheck.function)
            guard !db.configuration.readonly else { return }
            try db.execute(sql: "PRAGMA journal_size_limit = \(4 << 20)")
        }
        return configuration
    }
}
