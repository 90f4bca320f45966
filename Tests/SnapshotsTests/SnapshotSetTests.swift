import EventLog
import EventLogTesting
import Files
import Foundation
import GRDB
import Projections
import Testing

@testable import Snapshots

@Suite("What everybody may have of a snapshot")
struct SnapshotSetTests {
    @Test("No file names people or their devices, or has what guesses could be held against")
    func withoutPeople() throws {
        let log = try TestLog.generated(2_000)
        let snapshot = try log.snapshot()
        let secrets = [snapshot.manifest.root.base64, "\(snapshot.manifest.digest)", "member/", "device/"]
        let everything = try contents(.state, .members, of: log)
        #expect(secrets.allSatisfy(everything.contains), "what is looked for is there")
        for file in [SnapshotFile.state, .map] {
            let text = try contents(file, .everybody, of: log)
            #expect(!text.isEmpty && !secrets.contains(where: text.contains), "\(file)")
        }
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/tables.sqlite"
        _ = try TableDatabase.make(of: log.store, at: log.size, for: .everybody, path: path)
        try DatabaseQueue(path: path).read { db in
            let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
            #expect(tables.contains("project") && tables.contains("ambition_progress"))
            for table in tables {
                for row in try Row.fetchAll(db, sql: "SELECT * FROM \(table.quoted)") {
                    let text = row.databaseValues.map { "\($0)" }.joined(separator: " ")
                    #expect(!secrets.contains(where: text.contains), "\(table)")
                }
            }
            #expect(try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").isEmpty)
        }
    }

    @Test("Each file that a set has can be made, and is another than that of the other set")
    func files() throws {
        let log = try TestLog.generated(500)
        for file in SnapshotFile.allCases where SnapshotSet.everybody.has(file) && file != .map {
            #expect(try bytes(file, .everybody, of: log) != bytes(file, .members, of: log), "\(file)")
            #expect(try bytes(file, .everybody, of: log) == bytes(file, .everybody, of: log), "\(file)")
        }
        #expect(!SnapshotSet.everybody.has(.log))
    }

    private func bytes(_ file: SnapshotFile, _ set: SnapshotSet, of log: TestLog) throws -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try file.write(of: log.store, at: log.size, for: set) { bytes += $0 }
        return bytes
    }

    private func contents(_ file: SnapshotFile, _ set: SnapshotSet, of log: TestLog) throws -> String {
        String(decoding: try bytes(file, set, of: log), as: UTF8.self)
    }
}
