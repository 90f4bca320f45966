internal import AgendaModel
internal import EventLog
internal import GRDB
internal import SQLiteFiles

/// Reading a file of which neither the pages nor the types are believed.
extension StateRows {
    func one<Value>(
        _ sql: String,
        arguments: StatementArguments,
        table: String,
        _ body: (Row) throws -> Value
    ) throws -> Value? {
        try reading { try Row.fetchOne(try $0.cachedStatement(sql: sql), arguments: arguments).map(body) }
    }

    func blob(_ row: Row, _ column: Int, of table: String) throws -> [UInt8] {
        guard case .blob(let data) = (row[column] as DatabaseValue).storage else {
            throw difference(table, "a column holds something else than bytes")
        }
        return [UInt8](data)
    }

    func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(path) { try queue.inDatabase(body) }
    }

    /// Its tables and indexes as they were made: types, names and statements.
    static func schema(_ db: Database) throws -> [[DatabaseValue]] {
        let sql = "SELECT CAST(type AS BLOB), CAST(name AS BLOB), CAST(sql AS BLOB) FROM sqlite_schema ORDER BY 1, 2"
        return try Row.fetchAll(db, sql: sql).map { $0.map(\.1) }
    }

    static func readMark(_ db: Database, _ path: String) throws -> Mark {
        let sql = """
            SELECT size, CAST(origin AS BLOB), CAST(verifier AS BLOB), last_entry, checkpoint_size, checkpoint_root,
            \(MetaRow.isHeld) FROM meta
            """
        guard let row = try Row.fetchOne(db, sql: sql) else {
            throw LogDifference(.file(path), "table meta: it has no row")
        }
        guard row[6] as Bool else {
            throw LogDifference(.file(path), "table meta: its row is not as it was written")
        }
        let values = row.map { $0.1.storage }
        func bytes(_ column: Int) -> [UInt8]? {
            if case .blob(let data) = values[column] { [UInt8](data) } else { nil }
        }
        guard case .int64(let size) = values[0], size >= 0 else {
            throw LogDifference(.file(path), "table meta: its size is none")
        }
        var mark = Mark(size: LogSize(Int(size)))
        mark.origin = bytes(1).flatMap { String(validating: $0, as: UTF8.self) }
        mark.verifier = bytes(2).flatMap { String(validating: $0, as: UTF8.self) }
        mark.lastEntry = bytes(3)
        if case .int64(let size) = values[4] { mark.checkpointSize = LogSize(Int(size)) }
        mark.checkpointRoot = bytes(5)
        return mark
    }

    static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "ambit.check.state"
        // The snapshot is held over many calls.
        configuration.allowsUnsafeTransactions = true
        return try ReadOnlyFile.openUnbelieved(path, configuration)
    }

    /// What SQLite finds damaged is a difference; what it cannot do is an error.
    static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try ProjectionError.translating(path, body)
        } catch let error as ProjectionError where error.code == .damaged {
            throw LogDifference(.file(path), "its pages are damaged: \(error.message)")
        }
    }
}
