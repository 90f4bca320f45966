package import AgendaModel
package import EventLog
internal import Files
internal import Foundation
internal import GRDB
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
        let telling = changes.map { changes in
            { (event: HistoryEvent) in try Table.forEachChange(by: event, changes.insert) }
        }
        let snapshot = try Snapshot(of: log, at: size, in: workspace, progress: progress, telling: telling)
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
        // A text that holds U+0000 is bound by its bytes: as a text it would end there.
        let places = table.columns.map { $0.form.isText ? "CAST(? AS TEXT)" : "?" }.joined(separator: ", ")
        statement = try db.makeStatement(sql: "INSERT INTO \(table.name.quoted) VALUES (\(places))")
        forms = table.columns.map(\.form)
    }

    func insert(_ cells: [Cell]) throws {
        let values = zip(cells, forms).map { cell, form in cell.databaseValue(as: form) }
        try statement.execute(arguments: StatementArguments(values))
    }
}

extension Cell {
    /// Nothing for what a column of this form cannot hold: a log keeps entries that no laptop would have recorded.
    func databaseValue(as form: Column.Form) -> DatabaseValue {
        switch (self, form) {
        case (.text(let text), .text), (.text(let text), .date), (.text(let text), .moment):
            text.utf8.contains(0) ? Data(text.utf8).databaseValue : text.databaseValue
        case (.number(let digits), .text): digits.databaseValue
        case (.boolean(let value), .text): "\(value)".databaseValue
        case (.boolean(let value), .boolean): value.databaseValue
        case (.number(let digits), .integer): Int64(digits)?.databaseValue ?? .null
        case (.number(let digits), .number): Double(digits)?.databaseValue ?? .null
        default: .null
        }
    }
}

extension Column.Form {
    fileprivate var isText: Bool {
        switch self {
        case .text, .date, .moment: true
        case .number, .integer, .boolean: false
        }
    }
}
