package import AgendaModel
internal import EventLog
internal import GRDB
internal import SQLiteFiles

/// A log's file that is only looked at: nothing is written, brought up to date, or believed.
///
/// `SQLiteLogStore` is for who works with a log. It takes what it finds for what it wrote, but for what its checksums show;
/// this is for who wants to know whether it still is.
package final class LogFile: Sendable {
    /// Where it is.
    package let path: String
    private let queue: DatabaseQueue

    /// - Throws: `LogDifference` for a file that SQLite cannot make sense of; `LogError`: `notFound`, `corrupt` for a file that
    ///   is no log, `readOnly` when this user may not read it, `locked`, `inputOutput`.
    package init(reading path: String) throws {
        self.path = path
        try FileHeader.check(path)
        queue = try Self.translating(path) { try Self.open(path) }
    }

    /// How many entries the last checkpoint covers; nothing is checked for it.
    ///
    /// - Throws: as `init`.
    package func size() throws -> LogSize {
        try reading { db in
            try CheckpointCheck(db, key: MetaCheck(db, path: path, key: nil).identity.verifierKey).lastSize()
        }
    }

    /// Where the log has gone on since, in words; nil while it is here.
    ///
    /// - Throws: as `init`.
    package func destination() throws -> String? {
        try reading { db in
            let row = try Row.fetchOne(db, sql: "SELECT \(StoredRow.text("value")) FROM meta WHERE key = 'moved'")
            return try row.map { try StoredRow($0, .row(table: "meta", key: "moved")).text(0) }
        }
    }

    /// What a replica keeps about itself, by name; empty in a server's log.
    ///
    /// What is not as it was written is left out.
    ///
    /// - Throws: as `init`.
    package func replicaFacts() throws -> [String: String] {
        try reading { db in
            // What a newer version writes is read as far as that goes: its address is of use all the same.
            let format = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            let isChecked = (CheckedTable.replica.firstFormat...Schema.version).contains(format)
            let isHeld = isChecked ? CheckedTable.replica.isHeld : "true"
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT \(StoredRow.text("key")), \(StoredRow.text("value")) FROM replica WHERE \(isHeld)"
            )
            return try rows.reduce(into: [:]) { facts, row in
                let row = StoredRow(row, .table("replica"))
                facts[try row.text(0)] = try row.text(1)
            }
        }
    }

    /// All that a replica's outbox has, by counter, damaged or not; also where the log itself is too damaged to be used.
    ///
    /// - Throws: as `init`, or for a log that is no replica's.
    package func storedLines() throws -> [Outbox.StoredLine] {
        try reading { db in
            let format = try SQLiteLogStore.version(of: db, path: path)
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM replica") != 0 else {
                throw LogDifference(.table("replica"), "it has no rows: the log is no laptop's")
            }
            let isChecked = format >= CheckedTable.outbox.firstFormat
            return try Outbox.storedLines(db, isHeld: isChecked ? CheckedTable.outbox.isHeld : "true")
        }
    }

    /// The counters of a replica's events that are not as they were written, in order; none in a file of before there were
    /// checks.
    ///
    /// - Throws: as `init`.
    package func damagedEvents() throws -> [Counter] {
        try reading { db in
            let format = try SQLiteLogStore.version(of: db, path: path)
            guard format >= CheckedTable.outbox.firstFormat else { return [] }
            return try Counter.fetchAll(
                db,
                sql: "SELECT counter FROM outbox WHERE NOT (\(CheckedTable.outbox.isHeld)) ORDER BY counter"
            )
        }
    }

    /// Reads from one snapshot; who writes the file is not held up.
    func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(path) { try queue.read(body) }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "ambit.check"
        return try ReadOnlyFile.openUnbelieved(path, configuration)
    }

    /// What SQLite finds damaged is a difference; what it cannot do is an error.
    private static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_TOOBIG, .SQLITE_FORMAT:
                let reason = "code \(error.extendedResultCode.rawValue), \(error.message ?? "without a reason")"
                throw LogDifference(.file(path), "its pages are damaged: SQLite cannot read them (\(reason))")
            default:
                throw StorageFailure.translate(error, file: path)
            }
        }
    }
}
