import EventLog
import Foundation
import GRDB

/// The bytes of a closed SQLite file, for tests that damage it.
struct StoredFile {
    let bytes: [UInt8]

    init(at path: String) throws {
        bytes = Array(try Data(contentsOf: URL(filePath: path)))
    }

    /// Writes the bytes, as they are or changed, to a path; what stood there is gone, with its journal.
    static func write(_ bytes: [UInt8], to path: String) throws {
        for suffix in ["-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Everything that the tables of a file hold, in words: two files with the same say the same.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - withoutFree: whether the columns of `FreeColumns` are left out.
    /// - Returns: the rows of all tables.
    /// - Throws: where it cannot be read.
    static func content(of path: String, withoutFree: Bool = false) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { db in
            let tables = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            )
            return try tables.flatMap { table in
                let columns = try columns(of: table, db).map { column -> String in
                    let name = "\(table).\(column.name)"
                    let isFree = withoutFree && FreeColumns.reasons[name] != nil
                    return "quote(\(isFree ? FreeColumns.bound[name] ?? "NULL" : column.name))"
                }.joined(separator: " || ',' || ")
                let sql: String = "SELECT '\(table):' || \(columns) FROM \(table)"
                return try String.fetchAll(db, sql: sql).sorted()
            }
        }
    }

    struct Column {
        var name: String
        var type: String
        var isKey: Bool
    }

    static func columns(of table: String, _ db: Database) throws -> [Column] {
        try Row.fetchAll(db, sql: "SELECT name, type, pk FROM pragma_table_info(?)", arguments: [table])
            .map { Column(name: $0[0], type: $0[1], isKey: ($0[2] as Int) > 0) }
    }

    /// Changes a closed file as no Ambit would: without its triggers, checks and types; afterwards it has them again.
    static func tamper(_ path: String, _ sql: String) throws -> Int {
        let schema = try rewriteSchema(of: path) { db in
            try db.execute(sql: "DELETE FROM sqlite_schema WHERE type = 'trigger'")
            try db.execute(sql: "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT, WITHOUT', ') WITHOUT')")
            try db.execute(sql: "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')')")
        }
        let queue = try DatabaseQueue(path: path)
        let count = try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: "PRAGMA synchronous = OFF")
            try db.execute(sql: sql)
            return db.changesCount
        }
        try queue.close()
        _ = try rewriteSchema(of: path) { db in
            try db.execute(sql: "DELETE FROM sqlite_schema")
            let places = Array(repeating: "?", count: 5).joined(separator: ", ")
            for row in schema {
                // The indexes' and tables' pages are where they were.
                try db.execute(sql: "INSERT INTO sqlite_schema VALUES (\(places))", arguments: StatementArguments(row))
            }
        }
        return count
    }

    /// - Returns: the schema as it was.
    private static func rewriteSchema(of path: String, _ body: (Database) throws -> Void) throws -> [[DatabaseValue]] {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA writable_schema = ON")
            try db.execute(sql: "PRAGMA synchronous = OFF")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            let before = try Row.fetchAll(db, sql: "SELECT * FROM sqlite_schema").map { $0.map(\.1) }
            try body(db)
            return before
        }
    }
}
