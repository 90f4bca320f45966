internal import EventLog
internal import GRDB

/// That the file has the tables, indexes and triggers of its format, and nothing else.
enum SchemaCheck {
    /// - Returns: the file's format.
    /// - Throws: `LogDifference`; `newerFormat`.
    static func check(_ db: Database, path: String) throws -> Int32 {
        let version = try SQLiteLogStore.version(of: db, path: path)
        guard version > 0 else { throw LogDifference(.file(path), "it does not say which format it has") }
        let expected = try DatabaseQueue().write { expected in
            try Schema.migrate(expected, from: 0, to: version)
            return try objects(expected)
        }
        let found = try objects(db)
        for (name, sql) in expected where found[name] != sql {
            throw LogDifference(
                .file(path),
                found[name] == nil ? "its \(name) is missing" : "its \(name) is not that of format \(version)"
            )
        }
        if let name = found.keys.filter({ expected[$0] == nil }).min() {
            throw LogDifference(.file(path), "it has a \(name), which format \(version) does not have")
        }
        return version
    }

    /// By type and name, such as `table runs`; nil for what has no text.
    private static func objects(_ db: Database) throws -> [String: [UInt8]?] {
        var objects: [String: [UInt8]?] = [:]
        let columns = ["type", "name", "sql"].map(StoredRow.text).joined(separator: ", ")
        let rows = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM sqlite_schema")
        while let row = try rows.next() {
            let row = StoredRow(row, .table("sqlite_schema"))
            objects["\(try row.text(0)) \(try row.text(1))"] = .some(try row.optionalBytes(2))
        }
        return objects
    }

    /// What SQLite itself can say: of pages that nothing refers to, of indexes, of constraints.
    static func checkIntegrity(_ db: Database, path: String) throws {
        let found = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
        guard found == "ok" else {
            throw LogDifference(.file(path), "its pages are damaged: \(found ?? "SQLite does not say how")")
        }
    }
}
