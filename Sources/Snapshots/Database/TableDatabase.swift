package import AgendaModel
package import EventLog
internal import Files
internal import GRDB
package import Projections

/// `tables.sqlite`: the tables as a database of its own, with keys, indexes and views.
package enum TableDatabase {
    /// What the file says it is (https://www.sqlite.org/fileformat.html#application_id): "AmbT".
    package static let applicationID = 0x416D_6254

    /// Makes the database of a log at a size.
    ///
    /// The file is of use only when this returns: whoever calls it gives it its name then.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - path: where nothing stands yet.
    /// - Returns: the snapshot that it was made of.
    /// - Throws: `ProjectionError` with `beyondLog`, `SnapshotError` with `inputOutput`.
    package static func make(of log: any LogReader, at size: LogSize, path: String) throws -> Snapshot {
        do {
            var configuration = Configuration()
            // A file that is thrown away unless it is whole needs no journal, and is synced once it is.
            configuration.prepareDatabase { db in
                try db.execute(
                    sql: """
                        PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;
                        PRAGMA cache_size = -16384; PRAGMA locking_mode = EXCLUSIVE
                        """
                )
            }
            // The rows of some tables name rows of tables that are filled later; all are checked at the end.
            configuration.foreignKeysEnabled = false
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let snapshot = try queue.write { db in try fill(db, log, size) }
            try queue.close()
            return snapshot
        } catch let error as DatabaseError {
            throw SnapshotError(
                .inputOutput,
                "the tables cannot be written to \(path): \(error.message ?? "SQLite code \(error.resultCode.rawValue)"); "
                    + "see whether the disk has room"
            )
        }
    }

    /// Makes the database in a folder for things that pass, and gives its bytes.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - place: where to make that folder; nil for where the system keeps such things.
    ///   - write: takes the file's next bytes.
    /// - Returns: the snapshot that it was made of.
    /// - Throws: as `make`, and what the writer throws.
    package static func write(
        of log: any LogReader,
        at size: LogSize,
        passing place: String? = nil,
        to write: Export.Writer
    ) throws -> Snapshot {
        let folder = try TemporaryFolder(in: place)
        let path = "\(folder.path)/tables.sqlite"
        let snapshot = try make(of: log, at: size, path: path)
        let file = try ReadableFile(path)
        while true {
            let piece = try file.prefix(pieceLength)
            if piece.isEmpty { return snapshot }
            try piece.withUnsafeBufferPointer(write)
        }
    }

    private static let pieceLength = 1 << 18

    private static func fill(_ db: Database, _ log: any LogReader, _ size: LogSize) throws -> Snapshot {
        try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(Table.schemaVersion)")
        for table in Table.all { try db.execute(sql: table.creation) }
        let changes = try RowInserter(.changes, db)
        let snapshot = try Snapshot(of: log, at: size) { event in
            try Table.forEachChange(by: event, changes.insert)
        }
        for table in Table.all where table != .changes {
            let rows = try RowInserter(table, db)
            try snapshot.forEachRow(of: table, rows.insert)
        }
        for table in Table.all { for index in table.indexes { try db.execute(sql: index) } }
        for view in TableViews.all { try db.execute(sql: view) }
        return snapshot
    }
}

/// Puts the rows of a table into the database.
private struct RowInserter {
    private let statement: Statement
    private let forms: [Column.Form]

    init(_ table: Table, _ db: Database) throws {
        let places = table.columns.map { _ in "?" }.joined(separator: ", ")
        statement = try db.makeStatement(sql: "INSERT INTO \(table.name.quoted) VALUES (\(places))")
        forms = table.columns.map(\.form)
    }

    func insert(_ cells: [Cell]) throws {
        let values = zip(cells, forms).map { cell, form in cell.databaseValue(as: form) }
        try statement.execute(arguments: StatementArguments(values))
    }
}

extension Cell {
    fileprivate func databaseValue(as form: Column.Form) -> DatabaseValue {
        switch self {
        case .absent: .null
        case .text(let text): text.databaseValue
        case .boolean(let value): value.databaseValue
        case .number(let digits):
            (form == .integer ? Int64(digits)?.databaseValue : nil) ?? Double(digits)?.databaseValue ?? .null
        }
    }
}
