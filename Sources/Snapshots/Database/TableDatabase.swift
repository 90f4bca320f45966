package import AgendaModel
package import EventLog
internal import Files
internal import Foundation
internal import GRDB
internal import GRDBSQLite
package import Projections
internal import SQLiteFiles

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
    ///   - set: whom it is for.
    ///   - workspace: where the state is kept.
    ///   - path: where nothing stands yet.
    ///   - progress: called now and then with the size reached.
    /// - Returns: the snapshot that it was made of.
    /// - Throws: `ProjectionError` with `beyondLog`, `diskFull` or `inputOutput`.
    package static func make(
        of log: any LogReader,
        at size: LogSize,
        for set: SnapshotSet = .members,
        in workspace: FoldedState.Workspace = FoldedState.Workspace(),
        path: String,
        progress: ((LogSize) -> Void)? = nil
    ) throws -> Snapshot {
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
            let snapshot = try queue.write { db in
                try fill(db, from: log, at: size, for: set, in: workspace, progress: progress)
            }
            try queue.close()
            return snapshot
        } catch let error as DatabaseError {
            let isFull = if case .diskFull = SQLiteFailure(error, at: path) { true } else { false }
            throw ProjectionError(
                isFull ? .diskFull : .inputOutput,
                "the tables cannot be written to \(path) (SQLite code \(error.extendedResultCode.rawValue)): "
                    + (isFull ? "the disk is full; free some space, then try again" : "check the folder and its disk")
            )
        }
    }

    /// Makes the database in a folder for things that pass, and gives its bytes.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - set: whom it is for.
    ///   - workspace: where to make that folder, and where the state is kept.
    ///   - progress: called now and then with the size reached.
    ///   - write: takes the file's next bytes.
    /// - Returns: the snapshot that it was made of.
    /// - Throws: as `make`, and what the writer throws.
    package static func write(
        of log: any LogReader,
        at size: LogSize,
        for set: SnapshotSet = .members,
        in workspace: FoldedState.Workspace = FoldedState.Workspace(),
        progress: ((LogSize) -> Void)? = nil,
        to write: Export.Writer
    ) throws -> Snapshot {
        let (snapshot, file) = try makeUnnamed(of: log, at: size, for: set, in: workspace, progress)
        while true {
            let piece = try file.prefix(pieceLength)
            if piece.isEmpty { return snapshot }
            try piece.withUnsafeBufferPointer(write)
        }
    }

    /// Makes the database, and takes its name away: whoever reads it may end the program, and nothing may stay then.
    private static func makeUnnamed(
        of log: any LogReader,
        at size: LogSize,
        for set: SnapshotSet,
        in workspace: FoldedState.Workspace,
        _ progress: ((LogSize) -> Void)?
    ) throws -> (Snapshot, ReadableFile) {
        let folder = try TemporaryFolder(in: workspace.folder)
        let path = "\(folder.path)/tables.sqlite"
        let snapshot = try make(of: log, at: size, for: set, in: workspace, path: path, progress: progress)
        return (snapshot, try ReadableFile(path))
    }

    private static let pieceLength = 1 << 18

    private static func fill(
        _ db: Database,
        from log: any LogReader,
        at size: LogSize,
        for set: SnapshotSet,
        in workspace: FoldedState.Workspace,
        progress: ((LogSize) -> Void)?
    ) throws -> Snapshot {
        let tables = Table.tables(for: set)
        try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(Table.schemaVersion)")
        for table in tables { try db.execute(sql: table.creation) }
        let changes = try tables.contains(.changes) ? RowInserter(.changes, db) : nil
        let reporting = changes.map { changes in
            { (event: HistoryEvent) in try Table.forEachChange(by: event, changes.insert) }
        }
        let snapshot = try Snapshot(of: log, at: size, in: workspace, progress: progress, reporting: reporting)
        for table in tables where table != .changes {
            let rows = try RowInserter(table, db)
            try snapshot.forEachRow(of: table, rows.insert)
        }
        for table in tables { for index in table.indexes { try db.execute(sql: index) } }
        for view in TableViews.views(for: set) { try db.execute(sql: view) }
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
        // From here on each row binds its values itself.
        statement.setUncheckedArguments(StatementArguments())
        forms = table.columns.map(\.form)
    }

    func insert(_ cells: [Cell]) throws {
        let row = statement.sqliteStatement
        sqlite3_reset(row)
        for (index, (cell, form)) in zip(cells, forms).enumerated() {
            let code = cell.bind(to: row, at: CInt(index + 1), as: form)
            guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        }
        try statement.execute()
    }
}

extension Cell {
    /// Binds the value to a place of a statement, as SQLite does it: arguments of GRDB take a sixth of the time of a file.
    ///
    /// Nothing for what a column of this form cannot hold: a log keeps entries that no laptop would have recorded.
    ///
    /// - Returns: the result code of SQLite.
    fileprivate func bind(to statement: OpaquePointer, at index: CInt, as form: Column.Form) -> CInt {
        switch (self, form) {
        case (.text(let text), .text), (.text(let text), .date), (.text(let text), .moment):
            return Self.bind(text, to: statement, at: index)
        case (.number(let digits), .text): return Self.bind(digits, to: statement, at: index)
        case (.boolean(let value), .text): return Self.bind("\(value)", to: statement, at: index)
        case (.boolean(let value), .boolean): return sqlite3_bind_int64(statement, index, value ? 1 : 0)
        case (.number(let digits), .integer):
            guard let value = Int64(digits) else { break }
            return sqlite3_bind_int64(statement, index, value)
        case (.number(let digits), .number):
            guard let value = Double(digits) else { break }
            return sqlite3_bind_double(statement, index, value)
        default: break
        }
        return sqlite3_bind_null(statement, index)
    }

    /// All of a text, also where U+0000 is in it.
    private static func bind(_ text: String, to statement: OpaquePointer, at index: CInt) -> CInt {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                // Without an address it would be no text but nothing.
                guard let start = $0.baseAddress, !$0.isEmpty else {
                    return sqlite3_bind_text(statement, index, "", 0, transient)
                }
                return sqlite3_bind_text(statement, index, start, CInt($0.count), transient)
            }
        }
    }

    /// Has SQLite copy the bytes.
    ///
    /// Source: https://www.sqlite.org/c3ref/c_static.html.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
