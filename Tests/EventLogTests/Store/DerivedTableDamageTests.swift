import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import SQLiteFiles
import Testing

@testable import EventLogSQLite

@Suite("A server's log of which a derived table was changed")
struct DerivedTableDamageTests {
    private let folder: TemporaryFolder
    private let original: StoredFile
    private let sources: [EventSource]
    private let subjects: [String]
    private let sound: Verdicts
    private var path: String { folder.path("anders.sqlite") }

    init() async throws {
        folder = try TemporaryFolder()
        let path = folder.path("log.sqlite")
        try await CheckedLogs.server(at: path, redacting: false)
        original = try StoredFile(at: path)
        let queue = try DatabaseQueue(path: path)
        let (sources, given) = try await queue.read { db in
            (
                try EventSource.fetchAll(db, sql: "SELECT name FROM sources ORDER BY id"),
                try String.fetchAll(db, sql: "SELECT name FROM subjects ORDER BY name")
            )
        }
        try queue.close()
        self.sources = sources
        subjects =
            given + sources.compactMap(\.device).flatMap { device in (1..<350).map { "project/\(device.id)-\($0)" } }
        let store = try SQLiteLogStore(at: path)
        sound = try Verdicts(store, sources, subjects)
        try store.close()
    }

    /// All that verdicts on pushes, and who may do what, are made of.
    private struct Verdicts: Equatable {
        var access: Access
        var invites: [Invite]
        var runs: [CounterRun?]
        var last: [Counter?]
        var positions: [Position?]
        var rejections: [Rejection]
        var refused: [Counter?]

        init(_ store: SQLiteLogStore, _ sources: [EventSource], _ subjects: [String]) throws {
            access = try store.access()
            invites = try store.invites()
            last = try sources.map { try store.lastCounter(of: $0) }
            runs = try sources.flatMap { source in
                try stride(from: 0, to: 1_000, by: 9).map { try store.run(of: source, upTo: Counter($0)) }
            }
            positions = try store.positions(ofSubjects: subjects)
            rejections = try store.rejections(after: 0, limit: .max).map(\.rejection)
            refused = try sources.map { try store.lastRejectedCounter(of: $0) }
        }
    }

    /// Those that a server's log has beside its entries.
    private static let tables = CheckedTable.allCases.filter {
        ![.outbox, .replica, .commits, .segments, .checkpoints].contains($0)
    }

    private func changes() throws -> [(name: String, sql: String)] {
        let queue = try DatabaseQueue(path: folder.path("log.sqlite"))
        defer { try? queue.close() }
        var changes: [(name: String, sql: String)] = []
        for table in Self.tables {
            let key = table == .runs ? "position" : table.columns[0]
            // Without the names of log and key it cannot be opened at all.
            let row =
                table == .meta ? "key = 'access-version'" : "\(key) = (SELECT max(\(key)) FROM \(table.rawValue))"
            for column in try queue.read({ db in try StoredFile.columns(of: table.rawValue, db) }) {
                let others =
                    switch column.type {
                    case "INTEGER": ["coalesce(\(column.name), 0) + 1", "x'01'"]
                    case "TEXT": ["coalesce(\(column.name), '') || 'x'", "x'FF00'"]
                    default: ["zeroblob(32)", "'tekst'"]
                    }
                for other in others {
                    let sql = "UPDATE \(table.rawValue) SET \(column.name) = \(other) WHERE \(row)"
                    changes.append((name: "\(table.rawValue).\(column.name)", sql: sql))
                }
            }
        }
        return changes
    }

    private func changed(_ sql: String) throws -> SQLiteLogStore? {
        try StoredFile.write(original.bytes, to: path)
        // Some cannot be made, such as a text for the number of a row.
        guard (try? StoredFile.tamper(path, sql)) == 1 else { return nil }
        return try SQLiteLogStore(at: path)
    }

    @Test("a change in any column is noticed where it would make a verdict, and the entries are read all the same")
    func columns() throws {
        var noticed: Set<String> = []
        for (name, sql) in try changes() {
            guard let store = try changed(sql) else { continue }
            defer { try? store.close() }
            let error = #expect(throws: LogError.self, "\(sql)") { _ = try Verdicts(store, sources, subjects) }
            #expect(error?.code == .corrupt && error?.message.contains(path) == true, "\(sql)")
            #expect(try !store.entries(store.head().size.positions).isEmpty)
            noticed.insert(name)
        }
        let all = Self.tables.flatMap { table in
            (table.columns + ["crc"]).map { "\(table.rawValue).\($0)" }
        }
        #expect(noticed == Set(all))
    }

    @Test("with its check put right along, a change makes another verdict: nothing else holds it")
    func canary() throws {
        let changes: [(CheckedTable, String)] = [
            (.members, "UPDATE members SET active = 1 - active"), (.invites, "UPDATE invites SET role = 'auditor'"),
            (.subjects, "UPDATE subjects SET position = position + 1"),
            (.creations, "UPDATE creations SET kinds = zeroblob(length(kinds))"),
            (.kinds, "UPDATE kinds SET name = name || 'x'"), (.rejections, "UPDATE rejections SET detail = 'anders'"),
            (.meta, "UPDATE meta SET value = '99' WHERE key = 'access-version'"),
        ]
        for (table, sql) in changes {
            try StoredFile.write(original.bytes, to: path)
            #expect(try StoredFile.tamper(path, sql) > 0)
            try putChecksRight(table)
            let store = try SQLiteLogStore(at: path)
            defer { try? store.close() }
            #expect(try Verdicts(store, sources, subjects) != sound, "\(sql)")
        }
        try StoredFile.write(original.bytes, to: path)
        let store = try SQLiteLogStore(at: path)
        #expect(try Verdicts(store, sources, subjects) == sound)
    }

    private func putChecksRight(_ table: CheckedTable) throws {
        let queue = try DatabaseQueue(path: path, configuration: SQLiteLogStore.configuration())
        try queue.writeWithoutTransaction { db in
            let triggers = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?",
                arguments: [table.rawValue]
            )
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger)") }
            try db.execute(sql: "UPDATE \(table.rawValue) SET crc = \(table.check())")
        }
        try queue.close()
    }

    /// What makes the same body be taken twice.
    @Test("events that are in the log are not taken again, whatever has become of the rows that say so")
    func doubles() throws {
        let last = sources.compactMap { source in sound.runs.compactMap { $0 }.last { $0.source == source } }
        #expect(last.map(\.last) == sound.last.compactMap { $0 })
        #expect(last.count == sources.count)
        let changes = [
            "UPDATE sources SET name = 'device/nietvanhier' WHERE name = ?",
            "UPDATE sources SET last = 0 WHERE name = ?",
            "UPDATE sources SET id = id + 64 WHERE name = ?",
            "UPDATE runs SET source = source + 64 WHERE position = ?", "UPDATE runs SET first = 0 WHERE position = ?",
            "UPDATE runs SET last = first WHERE position = ?", "DELETE FROM runs WHERE position = ?",
        ]
        for run in last {
            for change in changes {
                let known = change.contains("position") ? "\(run.position)" : "'\(run.source)'"
                guard let store = try changed(change.replacing("?", with: known)) else { continue }
                defer { try? store.close() }
                let again = CounterRun(
                    source: run.source,
                    first: run.last,
                    last: run.last,
                    position: try store.head().size.next
                )
                #expect(throws: LogError.self, "\(change), \(known)") {
                    try store.writing { try CounterRunWriter.insert([again], $0) }
                }
            }
        }
    }

    @Test("a source whose name changes while the log is open is missed before anything is taken under it")
    func whileOpen() throws {
        try StoredFile.write(original.bytes, to: path)
        let store = try SQLiteLogStore(at: path)
        defer { try? store.close() }
        try store.writing { try $0.execute(sql: "UPDATE sources SET name = 'device/nietvanhier' WHERE id = 1") }
        let again = CounterRun(
            source: sources[0],
            first: Counter(1),
            last: Counter(1),
            position: try store.head().size.next
        )
        let error = #expect(throws: LogError.self) { try store.writing { try CounterRunWriter.insert([again], $0) } }
        #expect(error?.code == .corrupt)
    }
}
