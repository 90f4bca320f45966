internal import Deflate
package import EventLog
internal import Files
internal import Foundation
internal import GRDB
internal import SQLiteFiles
internal import Synchronization

/// The embedded store: one SQLite file per agenda, on the server and on every laptop.
///
/// Any thread may call it. SQLite lets one connection write at a time, of all processes; readers never wait for it. A write
/// that has returned is on the disk (`synchronous=FULL`). Triggers refuse to change what is in the log: see `Schema`.
///
/// Errors are `LogError`.
package final class SQLiteLogStore: Sendable {
    package let identity: LogIdentity
    /// Where the file is, for messages.
    let path: String
    /// How the file is open; opens it for writing when that becomes possible.
    let connection: StoreConnection
    private let interruption = Mutex<(@Sendable (WriteMoment) throws -> Void)?>(nil)
    /// That a name is not as it was written by which sources or kinds are looked up; nil for a sound file.
    ///
    /// What is read without them is read all the same.
    let damage: LogError?
    /// Whether something of what was erased may be left in the file or its journal.
    let needsScrubbing = Mutex(false)

    /// Why nothing can be written at the moment, or was for want of room; nil when something can be, as far as is known.
    package var obstacle: LogError? { connection.obstacle ?? connection.wantOfRoom }

    /// How long the file is, with what has not been taken over from its journal, in bytes; nil when nobody can tell.
    package var fileBytes: Int? { FileEntry(path).size.map { $0 + (FileEntry(path + "-wal").size ?? 0) } }

    /// For reading.
    var pool: DatabasePool { connection.pool }

    /// Where a write transaction can be interrupted.
    package enum WriteMoment: Sendable {
        /// Nothing has been written.
        case before
        /// The transaction is durable, and nobody knows yet.
        case after
    }

    /// Calls the body around every write transaction, from now on: what it throws takes the place of the outcome.
    ///
    /// For tests that let a process end in the middle of its work.
    package func interruptWrites(_ body: (@Sendable (WriteMoment) throws -> Void)?) {
        interruption.withLock { $0 = body }
    }

    /// Makes a new file that only its owner can read.
    ///
    /// - Throws: `alreadyExists` when there is something at the path.
    package static func create(at path: String, identity: LogIdentity) throws -> SQLiteLogStore {
        try StorageFailure.translating { try FileEntry(path).create() }
        do {
            guard SharedMemoryFile.hasRoom(beside: path) else { throw StorageFailure.diskFull(path) }
            let pool = try StorageFailure.translating(path) {
                let pool = try DatabasePool(path: path, configuration: configuration())
                try pool.writeNamingFullDisk { db in
                    try db.execute(sql: "PRAGMA synchronous = FULL")
                    try db.inTransaction(.immediate) {
                        try Schema.migrate(db, from: 0)
                        try CheckedTable.meta.setText(of: originKey, to: identity.origin, db)
                        try CheckedTable.meta.setText(of: verifierKey, to: identity.verifierKey.description, db)
                        return .commit
                    }
                    // The marks in the file's header must be there before anyone opens the file.
                    try db.checkpoint(.truncate)
                }
                return pool
            }
            return SQLiteLogStore(identity: identity, path: path, connection: StoreConnection(path, pool))
        } catch {
            SideFiles.removeDatabase(at: path)
            throw error
        }
    }

    /// Opens a file and brings its tables up to date.
    ///
    /// On a disk that is full or read-only it is opened for reading where that is possible: then writing throws
    /// `diskFull` or `readOnly` until there is room, or the disk is writable.
    ///
    /// - Throws: `notFound`, `corrupt` for a file that is no Ambit log or is cut short, `newerFormat`, `locked`,
    ///   `readOnly`, also for a file with a second name (hard link).
    package convenience init(at path: String) throws {
        try FileHeader.check(path)
        let connection = try StoreConnection(opening: path)
        let identity = try StorageFailure.translating(path) {
            try connection.pool.read { try Self.readIdentity($0, path: path) }
        }
        self.init(identity: identity, path: path, connection: connection, damage: try Self.damage(connection, path))
        // A process that ended too early, or a reader that was in the way then.
        let isDue = try reading(isScrubDue)
        needsScrubbing.withLock { $0 = isDue }
        _ = try? scrub()
    }

    private init(identity: LogIdentity, path: String, connection: StoreConnection, damage: LogError? = nil) {
        self.identity = identity
        self.path = path
        self.connection = connection
        self.damage = damage
    }

    private static func damage(_ connection: StoreConnection, _ path: String) throws -> LogError? {
        do {
            try StorageFailure.translating(path) {
                try connection.pool.read { db in
                    for table in [CheckedTable.sources, .kinds] { try table.holdNames(db) }
                    // A key that is not as it was written hides what the log says of itself.
                    try CheckedTable.meta.holdRows(db)
                }
            }
            return nil
        } catch let error as LogError where error.code == .corrupt {
            return error
        }
    }

    /// Gives the disk back what the file and its journal do not need: for idle moments, and after a large import.
    ///
    /// Does what it can: where readers or writers are in the way, the rest waits for the next time.
    package func tidy() throws {
        try StorageFailure.translating(path) {
            guard connection.obstacle == nil else { return }
            try connection.writer.writeNamingFullDisk { db in
                try db.execute(sql: "PRAGMA incremental_vacuum")
                do {
                    try db.checkpoint(.truncate)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    // A reader is at work.
                }
            }
        }
    }

    /// Closes the file; afterwards every call throws.
    package func close() throws {
        _ = try? scrub()
        try StorageFailure.translating(path) { try pool.close() }
    }

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "ambit.log"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = HeavyWork.readerCount
        configuration.prepareDatabase { db in
            db.add(function: RowCheck.function)
            // A segment of about 7,000 bytes ends somewhere in a page: small pages leave little empty. Only a new file
            // takes this; the others keep what they have.
            try db.execute(sql: "PRAGMA page_size = 1024")
            guard !db.configuration.readonly else { return }
            // Only has an effect before the first table is made.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try db.execute(sql: "PRAGMA journal_size_limit = \(1 << 20)")
            // Where SQLite was built to overwrite what is deleted, sealing would write every entry once more.
            try db.execute(sql: "PRAGMA secure_delete = FAST")
        }
        return configuration
    }

    /// - Throws: `newerFormat`.
    static func version(of db: Database, path: String) throws -> Int32 {
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version <= Schema.version else {
            throw LogError(
                .newerFormat,
                "\(path) was written by a newer version of Ambit (format \(version), this one reads up to "
                    + "\(Schema.version)); update Ambit on this machine"
            )
        }
        return version
    }

    static func checkVersion(_ db: Database, path: String) throws {
        let version = try version(of: db, path: path)

        if version < Schema.version {
            try db.inTransaction(.immediate) {
                // Another process may have done it while this one waited.
                let current = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? version
                if current < Schema.version { try Schema.migrate(db, from: current) }
                return .commit
            }
        }
    }

    private static let originKey = "origin"
    private static let verifierKey = "verifier"

    private static func readIdentity(_ db: Database, path: String) throws -> LogIdentity {
        func value(_ key: String) throws -> String {
            guard let value = try CheckedTable.meta.text(of: key, db) else {
                throw LogError(.corrupt, "\(path) does not say its \(key); restore it from a backup or a replica")
            }
            return value
        }
        let identity = LogIdentity(
            origin: try value(originKey),
            verifierKey: try VerifierKey(try value(verifierKey))
        )
        guard identity.verifierKey.name == identity.origin else {
            throw LogError(
                .corrupt,
                "\(path) has a key of another log than its own; restore it from a backup or a replica"
            )
        }
        // What is no text is noticed where it is read as one.
        let row = try Row.fetchOne(db, sql: "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
        if let note = row.flatMap({ String.fromDatabaseValue($0[0]) }) { _ = try identity.verifierKey.verify(note) }
        return identity
    }
}

extension SQLiteLogStore {
    /// Reads from one snapshot.
    func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try StorageFailure.translating(path) {
            let pool = connection.pool
            do {
                return try pool.read(body)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_MISUSE {
                // It may have made way for one that writes.
                let current = connection.pool
                guard current !== pool else { throw error }
                return try current.read(body)
            }
        }
    }

    /// One durable transaction: all of it or nothing.
    func writing<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            let value = try interruptible {
                try connection.writer.writeNamingFullDisk { db in
                    try Self.transaction(db) { db in
                        if let destination = try destination(db) { throw Self.left(identity.origin, for: destination) }
                        return try body(db)
                    }
                }
            }
            connection.note(nil)
            return value
        } catch let error as LogError {
            connection.note(error)
            throw error
        }
    }

    /// One transaction that a power cut may undo as a whole, together with nothing that was durable before it: for what
    /// can be done again, such as sealing.
    ///
    /// The next durable transaction makes it durable too.
    func writingRelaxed<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try interruptible {
            try connection.writer.writeNamingFullDisk { db in
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
                let result = Result { try Self.transaction(db, body) }
                try db.execute(sql: "PRAGMA synchronous = FULL")
                return try result.get()
            }
        }
    }

    func interruptible<Value>(_ write: () throws -> Value) throws -> Value {
        let interrupt = interruption.withLock { $0 }
        try interrupt?(.before)
        let value = try StorageFailure.translating(path, write)
        try interrupt?(.after)
        return value
    }

    private static func transaction<Value>(_ db: Database, _ body: (Database) throws -> Value) throws -> Value {
        var value: Value?
        try db.inTransaction(.immediate) {
            value = try body(db)
            return .commit
        }
        return value!
    }

    /// For stored bytes that disagree with each other.
    func corrupt(_ what: String) -> LogError {
        LogError(.corrupt, "\(what) of \(path) is damaged; keep a copy, and restore it from a backup or a replica")
    }
}

extension SQLiteLogStore: LogStore {}
