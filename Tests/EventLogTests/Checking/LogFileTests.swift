import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import Testing

@testable import EventLogSQLite

@Suite("The check of a log's file")
struct LogFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("log.sqlite") }

    init() async throws {
        folder = try TemporaryFolder()
        try await CheckedLogs.server(at: folder.path("log.sqlite"))
    }

    private func difference(_ path: String? = nil, key: VerifierKey? = nil, held: Checkpoint? = nil) throws -> String {
        let found = #expect(throws: LogDifference.self) {
            _ = try LogFile(reading: path ?? self.path).check(key: key, extending: held)
        }
        return found?.description ?? ""
    }

    @Test("a log that nobody changed is sound, all of it, and nothing is written")
    func sound() throws {
        let before = try StoredFile(at: path).bytes
        let size = try StoredFile.content(of: path).count { $0.hasPrefix("checkpoints:") }
        var checked: [Position] = []
        var last = LogSize.zero
        let report = try LogFile(reading: path).check(
            progress: {
                last = $0; #expect($0 <= $1)
            },
            each: { entry, edge in
                #expect(edge.size == LogSize(through: entry.position))
                checked.append(entry.position)
            }
        )
        #expect(checked == Array(report.size.positions))
        #expect(last == report.size)
        #expect(report.size.rawValue > 330 && report.checkpoints == size && !report.isReplica)
        #expect(report.erased == 2 && report.kept == 0)
        #expect(try StoredFile(at: path).bytes == before)
        let store = try SQLiteLogStore(at: path)
        #expect(try store.head().checkpoint?.note == report.note)
        #expect(try store.head().checkpoint?.checkpoint.root == report.root)
    }

    @Test("a log that is open and being written is checked as of one moment")
    func running() throws {
        let store = try SQLiteLogStore(at: path)
        let before = try store.head()
        try store.add(
            Invite(hash: .sha256([1]), role: .auditor, member: nil, expires: Timestamp(millisecondsSince1970: 1))
        )
        var added = false
        let report = try LogFile(reading: path).check(each: { _, _ in
            guard !added else { return }
            added = true
            try store.add(
                Invite(hash: .sha256([2]), role: .auditor, member: nil, expires: Timestamp(millisecondsSince1970: 1))
            )
        })
        #expect(report.size == before.size)
        #expect(try store.invite(hash: .sha256([2])) != nil)
    }

    @Test("a replica is sound with what is staged and in its outbox, at every size")
    func replica() async throws {
        let early = folder.path("vroeg.sqlite")
        try await CheckedLogs.server(at: early, redacting: false)
        for (server, size) in [(early, 256), (early, 1_000), (path, 1_000)] {
            let replica = "\(server)-\(size)"
            try CheckedLogs.replica(at: replica, of: server, size: size)
            let report = try LogFile(reading: replica).check()
            #expect(report.erased == (server == path ? 2 : 0))
            #expect(report.isReplica && report.outbox == 3)
            #expect(report.staged == (report.size.rawValue < 256 ? 1 : 0))
        }
    }

    @Test("an empty log is sound")
    func empty() throws {
        let file = folder.path("leeg.sqlite")
        let key = CheckedLogs.key
        try SQLiteLogStore.create(at: file, identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
            .close()
        let report = try LogFile(reading: file).check()
        #expect(report.size == .zero && report.note == nil && report.root == Merkle.emptyRoot)
        let held = key.sign(size: LogSize(1), root: .sha256([])).checkpoint
        #expect(try difference(file, held: held).contains("entry 0: is missing"))
    }

    @Test("logs of older formats are checked without being brought up to date", arguments: [Int32(1), 2, 7, 8, 9])
    func older(_ version: Int32) throws {
        let file = folder.path("oud.sqlite")
        let (key, queue) = (CheckedLogs.key, try DatabaseQueue(path: folder.path("oud.sqlite")))
        try queue.write { db in
            try Schema.migrate(db, from: 0, to: version)
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES ('origin', ?), ('verifier', ?)",
                arguments: [key.origin, key.verifier.description]
            )
            try db.execute(sql: "INSERT INTO invites (hash, role, expires) VALUES (zeroblob(32), 'admin', 1)")
            if version < CheckedTable.rejections.firstFormat {
                try db.execute(
                    sql: """
                        INSERT INTO rejections (source, recorded, code, detail, bytes)
                        VALUES ('device/a', 1, 'not-allowed', '', x'')
                        """
                )
            }
            for table in CheckedTable.all(in: version) {
                try db.execute(sql: "UPDATE \(table.rawValue) SET \(table.checkColumn) = \(table.check())")
            }
        }
        try queue.close()
        let before = try StoredFile(at: file).bytes
        #expect(try LogFile(reading: file).check().size == .zero)
        #expect(try StoredFile(at: file).bytes == before)
        _ = try SQLiteLogStore(at: file)
        #expect(try LogFile(reading: file).check().size == .zero)
    }

    @Test("the key and the checkpoint that somebody holds elsewhere decide, not what the file says")
    func pinned() throws {
        let report = try LogFile(reading: path).check(key: CheckedLogs.key.verifier)
        let other = try LogKey(origin: CheckedLogs.key.origin, seed: Array(0..<32))
        #expect(try difference(key: other.verifier).contains("verifier"))
        let held = Checkpoint(origin: other.origin, size: report.size, root: report.root)
        #expect(throws: Never.self) { try LogFile(reading: path).check(extending: held) }
        #expect(
            try difference(held: Checkpoint(origin: other.origin, size: report.size, root: .sha256([]))).contains(
                "history"
            )
        )
        let later = Checkpoint(origin: other.origin, size: LogSize(report.size.rawValue + 1), root: .sha256([]))
        #expect(try difference(held: later).hasPrefix("entry \(report.size): is missing"))
        #expect(
            try difference(held: Checkpoint(origin: other.origin, size: LogSize(7), root: .sha256([]))).contains(
                "size 7"
            )
        )
    }

    /// A forger has all tables agree with each other, and lacks the log's key only.
    @Test("a log that was made anew is found by its signatures alone, and only by who knows the key")
    func forged() throws {
        let (forged, other) = (
            folder.path("vals.sqlite"), try LogKey(origin: CheckedLogs.key.origin, seed: Array(0..<32))
        )
        try FileManager.default.copyItem(atPath: path, toPath: forged)
        let notes = try DatabaseQueue(path: path).read {
            try Row.fetchAll($0, sql: "SELECT size, note FROM checkpoints").map { ($0[0] as Int, $0[1] as String) }
        }
        for (size, note) in notes {
            let root = try CheckedLogs.key.verifier.verify(note).checkpoint.root
            let own = other.sign(size: LogSize(size), root: root).note
            #expect(try StoredFile.tamper(forged, "UPDATE checkpoints SET note = '\(own)' WHERE size = \(size)") == 1)
        }
        #expect(try difference(forged).hasPrefix("checkpoint of size"))
        #expect(
            try StoredFile.tamper(forged, "UPDATE meta SET value = '\(other.verifier)' WHERE key = 'verifier'") == 1
        )
        #expect(try difference(forged).hasPrefix("row verifier of meta"), "its check is the old one's")
        let queue = try DatabaseQueue(path: forged, configuration: SQLiteLogStore.configuration())
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "UPDATE meta SET crc = \(CheckedTable.meta.check())")
            let name = "checkpoints_stay"
            let trigger = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = '\(name)'")
            try db.execute(sql: "DROP TRIGGER \(name)")
            try db.execute(sql: "UPDATE checkpoints SET row_crc = \(CheckedTable.checkpoints.check())")
            try db.execute(sql: try #require(trigger))
        }
        try queue.close()
        #expect(throws: Never.self) { try LogFile(reading: forged).check() }
        #expect(try difference(forged, key: CheckedLogs.key.verifier).contains("verifier"))
    }

    @Test("what is no log, or cannot be read, is an error and no difference")
    func errors() throws {
        #expect(throws: LogError.self) { try LogFile(reading: folder.path("niets.sqlite")) }
        try StoredFile.write(Array("SQLite".utf8), to: folder.path("tekst.sqlite"))
        #expect(throws: LogError.self) { try LogFile(reading: folder.path("tekst.sqlite")) }
        #expect(try StoredFile.tamper(path, "PRAGMA user_version = 99") >= 0)
        let error = #expect(throws: LogError.self) { try LogFile(reading: path).check() }
        #expect(error?.code == .newerFormat)
    }
}
