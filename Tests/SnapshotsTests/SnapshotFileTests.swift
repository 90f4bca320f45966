import AgendaModel
import EventLog
import EventLogTesting
import Files
import Foundation
import GRDB
import Projections
import Testing

@testable import Snapshots

@Suite("The files of a snapshot")
struct SnapshotFileTests {
    @Test("A size gives the same archive before and after the log grows and is sealed")
    func deterministic() throws {
        let log = try TestLog.generated(900)
        let (size, before) = (log.size, try log.archive(at: log.size))
        try log.fill(300, seed: 9)
        try log.seal()
        #expect(try log.archive(at: size) == before)
        #expect(try log.archive(at: log.size) != before)
        #expect(try log.archive(at: LogSize(899)) != before)
    }

    @Test("An empty log has tables without rows; a size beyond the log is refused")
    func ends() throws {
        let log = try TestLog()
        #expect(!(try log.archive(at: .zero)).isEmpty)
        #expect(throws: ProjectionError.self) { try log.archive(at: LogSize(1)) }
    }

    @Test("The database is sound, its references lead somewhere, and its figures are those of the state file")
    func database() throws {
        let log = try TestLog.generated(3_000)
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/tables.sqlite"
        _ = try TableDatabase.make(of: log.store, at: log.size, path: path)
        let state = try StateFile(at: "\(folder.path)/state.sqlite")
        try state.catchUp(with: log.store)
        let progress = try state.read { try $0.progress() }
        #expect(progress.contains { $0.measurements > 1 })
        try DatabaseQueue(path: path).read { db in
            #expect(try String.fetchAll(db, sql: "PRAGMA integrity_check") == ["ok"])
            #expect(try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").isEmpty)
            #expect(try Int.fetchOne(db, sql: "PRAGMA application_id") == TableDatabase.applicationID)
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == Table.schemaVersion)
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM ambition_progress ORDER BY subject, indicator")
            #expect(rows.count == progress.count)
            for (row, known) in zip(rows, progress) {
                #expect(row["subject"] == known.ambition)
                #expect(row["indicator"] == known.indicator)
                #expect(row["target"] == known.target)
                #expect(row["measurements"] == known.measurements)
                #expect(row["latest"] == known.latest)
                let value: Double = row["value"]
                #expect(abs(value - known.value) <= abs(known.value) * 1e-9, "\(known)")
            }
            for view in ["project_progress", "overdue_milestone", "open_conflicts", "history"] {
                #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM \(view)") != nil)
            }
            let last = try Row.fetchAll(
                db,
                sql: """
                    SELECT o.value AS shown, p.value AS known FROM ambition_progress p JOIN (
                        SELECT subject, indicator, value, row_number() OVER (
                            PARTITION BY subject, indicator ORDER BY "on" DESC) AS age FROM ambition_progress_over_time
                    ) o ON o.age = 1 AND o.subject = p.subject AND o.indicator = p.indicator
                    """
            )
            #expect(!last.isEmpty)
            for row in last { #expect(abs((row["shown"] as Double) - (row["known"] as Double)) < 1e-6) }
        }
    }

    @Test("A reader that goes away leaves nothing in the folder for things that pass")
    func leftovers() throws {
        struct Gone: Error {}
        let log = try TestLog.generated(300)
        let place = try TemporaryFolder()
        #expect(throws: Gone.self) {
            try TableDatabase.write(of: log.store, at: log.size, passing: place.path) { _ in
                #expect(try Folder(place.path).names().count == 1)
                throw Gone()
            }
        }
        #expect(try Folder(place.path).names().isEmpty)
    }

    @Test("What was erased is nowhere, and counted")
    func erased() throws {
        let log = try TestLog()
        log.record("note.added", "note/aaaaaa-1", #"{"about":"project/x","text":"Geheim"}"#)
        log.record("theme.opened", "theme/aaaaaa-2", #"{"title":"Wonen"}"#)
        try log.commit()
        #expect(try log.snapshot().erasures == 0)
        try log.redact([0])
        #expect(try log.snapshot().erasures == 1)
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/tables.sqlite"
        _ = try TableDatabase.make(of: log.store, at: log.size, path: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.range(of: Data("Wonen".utf8)) != nil)
        #expect(bytes.range(of: Data("Geheim".utf8)) == nil)
    }
}
