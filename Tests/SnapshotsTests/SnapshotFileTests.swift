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

    @Test("Every file is the same bytes when the state does not fit into memory", arguments: SnapshotFile.allCases)
    func beside(_ file: SnapshotFile) throws {
        let log = try TestLog.generated(700)
        let place = try TemporaryFolder()
        func bytes(_ set: SnapshotSet, _ workspace: FoldedState.Workspace) throws -> [UInt8] {
            var bytes: [UInt8] = []
            let snapshot = try file.write(of: log.store, at: LogSize(650), for: set, in: workspace) { bytes += $0 }
            #expect(snapshot.moment != nil)
            return bytes
        }
        for set in [SnapshotSet.members, .everybody] where set.has(file) {
            let whole = try bytes(set, FoldedState.Workspace())
            for (memory, batch) in [(0, 64), (0, 1), (20_000, 100)] {
                let workspace = FoldedState.Workspace(in: place.path, memory: ByteCount(memory), batch: batch)
                #expect(try bytes(set, workspace) == whole, "\(set), \(memory) bytes, \(batch) at once")
            }
        }
        #expect(try Folder(place.path).names().isEmpty)
    }

    @Test("A value that its column cannot hold leaves the cell empty, and the others as they are")
    func oddValues() throws {
        let log = try TestLog()
        log.record("theme.opened", "theme/aaaaaa-1", #"{"title":12,"order":1.5}"#)
        log.record("theme.opened", "theme/aaaaaa-2", #"{"title":"Wonen","order":2}"#)
        log.record("measurement.recorded", "measurement/aaaaaa-3", #"{"value":"veel","on":7,"indicator":true}"#)
        try log.commit()
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/tables.sqlite"
        _ = try TableDatabase.make(of: log.store, at: log.size, path: path)
        try DatabaseQueue(path: path).read { db in
            let themes = try Row.fetchAll(db, sql: "SELECT title, \"order\" FROM theme ORDER BY subject")
            #expect(themes.count == 2)
            #expect(themes[0]["order"] == nil)
            #expect(themes[1]["title"] == "Wonen" && themes[1]["order"] == 2)
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM measurement WHERE value IS NULL") == 1)
        }
        for file in SnapshotFile.allCases {
            _ = try file.write(of: log.store, at: log.size, for: .members) { _ in }
        }
    }

    @Test("A text is whole in the database, whatever characters are in it", arguments: ["a\\u0000b", "\\u0000", "Één"])
    func wholeTexts(_ title: String) throws {
        let log = try TestLog()
        log.record("theme.opened", "theme/aaaaaa-1", "{\"title\":\"\(title)\"}")
        try log.commit()
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/tables.sqlite"
        _ = try TableDatabase.make(of: log.store, at: log.size, path: path)
        let expected = Array(title.replacing("\\u0000", with: "\u{0}").utf8)
        let (bytes, type) = try DatabaseQueue(path: path).read { db in
            (
                try Data.fetchOne(db, sql: "SELECT CAST(title AS BLOB) FROM theme"),
                try String.fetchOne(db, sql: "SELECT typeof(title) FROM theme")
            )
        }
        #expect(bytes.map(Array.init) == expected)
        #expect(type == "text")
    }

    @Test("A reader that goes away leaves nothing in the folder for things that pass")
    func leftovers() throws {
        struct Gone: Error {}
        let log = try TestLog.generated(300)
        let place = try TemporaryFolder()
        #expect(throws: Gone.self) {
            try TableDatabase.write(of: log.store, at: log.size, in: FoldedState.Workspace(in: place.path)) { _ in
                // Already: the reader may end the whole program.
                #expect(try Folder(place.path).names().isEmpty)
                throw Gone()
            }
        }
        #expect(throws: FileError.self) {
            _ = try TableDatabase.write(
                of: log.store,
                at: log.size,
                in: FoldedState.Workspace(in: "\(place.path)/none")
            ) { _ in }
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
