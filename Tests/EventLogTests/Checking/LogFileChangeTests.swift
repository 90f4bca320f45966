import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import Testing

@testable import EventLogSQLite

@Suite("The check of a log's file, of which something was changed")
struct LogFileChangeTests {
    private let folder: TemporaryFolder
    private let server: StoredFile
    private let replica: StoredFile
    private var path: String { folder.path("anders.sqlite") }

    init() async throws {
        folder = try TemporaryFolder()
        try await CheckedLogs.server(at: folder.path("log.sqlite"))
        try await CheckedLogs.server(at: folder.path("vroeg.sqlite"), redacting: false)
        try CheckedLogs.replica(at: folder.path("replica.sqlite"), of: folder.path("vroeg.sqlite"), size: 256)
        server = try StoredFile(at: folder.path("log.sqlite"))
        replica = try StoredFile(at: folder.path("replica.sqlite"))
    }

    private struct Change: CustomStringConvertible {
        var table: String
        var column: StoredFile.Column
        var sql: String
        var isOfType: Bool
        var description: String { sql }
    }

    /// Every column of every table that has rows, in its first and last row: once another value of its type, once one of
    /// another type.
    private func changes(of path: String) throws -> [Change] {
        try DatabaseQueue(path: path).read { db in
            let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
            var changes: [Change] = []
            for table in tables {
                let columns = try StoredFile.columns(of: table, db)
                let keys = columns.filter(\.isKey).map(\.name)
                let order = keys.joined(separator: " DESC, ")
                let rows = try ["\(keys.joined(separator: ", "))", "\(order) DESC"].map { order in
                    try Row.fetchOne(
                        db,
                        sql:
                            "SELECT \(keys.map { "quote(\($0))" }.joined(separator: ", ")) FROM \(table) ORDER BY \(order)"
                    ).map { row in zip(keys, row.map { $0.1 }).map { "\($0) = \(String.fromDatabaseValue($1)!)" } }
                }
                for row in Set(rows.compactMap { $0?.joined(separator: " AND ") }).sorted() {
                    for column in columns {
                        for (value, isOfType) in Self.others(column) {
                            let sql = "UPDATE \(table) SET \(column.name) = \(value) WHERE \(row)"
                            changes.append(Change(table: table, column: column, sql: sql, isOfType: isOfType))
                        }
                    }
                }
            }
            return changes
        }
    }

    private static func others(_ column: StoredFile.Column) -> [(value: String, isOfType: Bool)] {
        let name = column.name
        switch column.type {
        case "INTEGER" where column.isKey && name != "source" && name != "first":
            return [("\(name) + 1000", true), ("-\(name) - 1", true)]
        case "INTEGER" where column.isKey: return [("\(name) + 1000", true)]
        case "INTEGER":
            return [("coalesce(\(name), 0) + 1", true), ("\(Int.max)", true), ("x'01'", false), ("'een'", false)]
        case "TEXT": return [("coalesce(\(name), '') || 'x'", true), ("x'FF00'", false)]
        default:
            // Its first byte another one.
            let other = "CAST(char((unicode(hex(substr(\(name), 1, 1))) + 1) % 64 + 32) AS BLOB) || substr(\(name), 2)"
            return [("coalesce(\(other), zeroblob(32))", true), ("1", false), ("NULL", false), ("'tekst'", false)]
        }
    }

    @Test("a change in any column of a server's log is found, or is of a column that nothing can be held against")
    func serverColumns() throws { try checkColumns(server) }

    @Test("a change in any column of a replica's log is found, or is of a column that nothing can be held against")
    func replicaColumns() throws { try checkColumns(replica) }

    private func checkColumns(_ file: StoredFile) throws {
        try StoredFile.write(file.bytes, to: path)
        let original = try StoredFile.content(of: path)
        _ = try LogFile(reading: path).check()
        let bound = try StoredFile.content(of: path, withoutFree: true)
        var seen: Set<String> = []
        for change in try changes(of: path) {
            try StoredFile.write(file.bytes, to: path)
            // Some cannot be made, such as two rows with one key.
            guard (try? StoredFile.tamper(path, change.sql)) == 1, try StoredFile.content(of: path) != original else {
                continue
            }
            let name = "\(change.table).\(change.column.name)"
            seen.insert(name)
            let found = (try? LogFile(reading: path).check()) == nil
            // What is bound in a free column is in the content that has no other columns of it.
            let isFree = try change.isOfType && StoredFile.content(of: path, withoutFree: true) == bound
            if !found { #expect(isFree, "not found: \(change)") }
        }
        let tables = Set(original.map { $0.prefix { $0 != ":" } })
        #expect(Set(seen.map { $0.prefix { $0 != "." } }).isSuperset(of: tables), "every table was changed")
    }

    @Test("a row that is missing or too many is found, but where nothing can be held against it")
    func rows() throws {
        for table in ["commits", "segments", "sources", "runs", "subjects", "kinds", "creations", "members", "devices"]
        {
            try StoredFile.write(server.bytes, to: path)
            #expect(
                try StoredFile.tamper(
                    path,
                    "DELETE FROM \(table) WHERE rowid = (SELECT max(rowid) FROM \(table))".keyed(table)
                ) == 1
            )
            #expect(throws: LogDifference.self, "\(table)") { try LogFile(reading: path).check() }
        }
        for (table, sql) in [
            ("runs", "INSERT INTO runs VALUES (1, 99999, 99999, 7, 0)"),
            ("sources", "INSERT INTO sources VALUES (99, 'device/z', 1, 0)"),
            ("kinds", "INSERT INTO kinds VALUES (200, 'zaak', 0)"),
            ("creations", "INSERT INTO creations VALUES (9999, x'01', 0)"),
            ("subjects", "INSERT INTO subjects VALUES ('theme/bos', 5, 0)"),
            ("members", "INSERT INTO members VALUES ('member/z', 'admin', 1, 0)"),
            ("devices", "INSERT INTO devices VALUES ('device/z', 'member/z', 0, NULL, NULL, 0, NULL, 0, 0)"),
            ("tokens", "INSERT INTO tokens VALUES (zeroblob(32), 'device/z', 0)"),
            ("checkpoints", "INSERT INTO checkpoints VALUES (0, 1, 'x', 0)"),
            ("checkpoints", "INSERT INTO checkpoints VALUES (9999, 1, 'x', 0)"),
            (
                "segments",
                """
                INSERT INTO segments
                SELECT 1, crc, length, root, first_recorded, last_recorded, run_crc, row_crc, run FROM segments
                """
            ),
            ("outbox", "INSERT INTO outbox VALUES (1, 0, NULL, NULL, 1, x'', 0)"),
            ("meta", "INSERT INTO meta VALUES ('a', 'b', 0)"),
        ] {
            try StoredFile.write(server.bytes, to: path)
            #expect(try StoredFile.tamper(path, sql) == 1, "\(table)")
            #expect(throws: (any Error).self, "\(table)") { try LogFile(reading: path).check() }
        }
    }

    @Test("a counter that would be used again is found")
    func nextCounter() throws {
        try StoredFile.write(replica.bytes, to: path)
        #expect(try StoredFile.tamper(path, "UPDATE replica SET value = '2' WHERE key = 'next-counter'") == 1)
        let difference = #expect(throws: LogDifference.self) { try LogFile(reading: path).check() }
        #expect(difference?.place == .row(table: "replica", key: "next-counter"))
    }

    @Test("what the difference says is where it is, and what is there")
    func precise() throws {
        for (sql, place) in [
            ("UPDATE segments SET run = zeroblob(length(run)) WHERE number = 0", "segment 0: its run has the CRC-32"),
            ("UPDATE checkpoints SET recorded = 5 WHERE size = 1", "row 1"),
            ("UPDATE runs SET last = last + 1 WHERE position = 0", "run of server from 1: it is stored up to"),
            ("UPDATE devices SET revoked = 1 - revoked", "row device/"),
            ("UPDATE subjects SET position = 5", "entry 0: creates member/"),
        ] {
            try StoredFile.write(server.bytes, to: path)
            guard try StoredFile.tamper(path, sql) > 0 else { continue }
            let difference = #expect(throws: LogDifference.self) { try LogFile(reading: path).check() }
            #expect(difference?.description.hasPrefix(place) == true, "\(difference?.description ?? "")")
        }
    }
}

extension String {
    /// Tables without row numbers go by their key.
    fileprivate func keyed(_ table: String) -> String {
        switch table {
        case "runs": replacing("rowid", with: "first")
        case "subjects": replacing("rowid", with: "name")
        case "members", "devices": replacing("rowid", with: "subject")
        default: self
        }
    }
}
