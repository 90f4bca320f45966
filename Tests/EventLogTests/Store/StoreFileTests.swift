import AgendaModel
import Deflate
import EventLog
import EventLogTesting
import Files
import Foundation
import GRDB
import Testing

@testable import EventLogSQLite

@Suite("A log's file")
struct StoreFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("log.sqlite") }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A closed file with this many entries, what can be sealed sealed.
    private func makeFile(entries: Int) throws -> CommitGenerator {
        var generator = CommitGenerator(seed: 7)
        let store = try SQLiteLogStore.create(at: path, identity: generator.identity)
        try fill(store, &generator, to: entries)
        try store.close()
        return generator
    }

    private func fill(_ store: SQLiteLogStore, _ generator: inout CommitGenerator, to size: Int) throws {
        while generator.history.size.rawValue < size {
            let before = generator.history.size
            let count = min(size - before.rawValue, 150)
            _ = try store.append(generator.next(count: count), expecting: before)
            for number in try store.head().sealedSegments..<generator.history.size.rawValue / Segment.entryCount {
                try store.seal(try generator.segment(number))
            }
        }
    }

    private func tamper(_ sql: String) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { db in try db.execute(sql: sql) }
    }

    private func expectOpeningFails(_ code: LogError.Code, _ words: String) {
        let error = #expect(throws: LogError.self) { _ = try SQLiteLogStore(at: path) }
        #expect(error?.code == code)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test("with a second name it is not opened by either, since each would have a journal of its own")
    func secondName() throws {
        _ = try makeFile(entries: 3)
        let store = try SQLiteLogStore(at: path)
        // Who reads it by another name does not find its journal.
        try store.tidy()
        try store.close()
        let (other, link) = (folder.path("other.sqlite"), folder.path("link.sqlite"))
        try FileManager.default.linkItem(atPath: path, toPath: other)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "log.sqlite")
        for name in [path, other, link] {
            let error = #expect(throws: LogError.self) { _ = try SQLiteLogStore(at: name) }
            #expect(error?.code == .readOnly && error?.message.contains("cp -a") == true)
        }
        #expect(!FileManager.default.fileExists(atPath: other + "-wal"))
        // Who only looks writes nothing.
        #expect(try LogFile(reading: other).size() == LogSize(3))
        try FileManager.default.removeItem(atPath: other)
        // A link to its only name leads to its only journal.
        for name in [path, link] { try SQLiteLogStore(at: name).close() }
    }

    @Test("a copy of it has one name, however it was made")
    func copiesHaveOneName() throws {
        _ = try makeFile(entries: 3)
        let store = try SQLiteLogStore(at: path)
        let copy = folder.path("copy.sqlite")
        _ = try store.backUp(to: copy)
        try store.close()
        for name in [path, copy] {
            #expect(FileEntry(name).nameCount == 1)
            try SQLiteLogStore(at: name).close()
        }
    }

    @Test("it is written durably, and only its owner can read it")
    func durability() throws {
        let store = try SQLiteLogStore.create(at: path, identity: CommitGenerator(seed: 1).identity)
        let synchronous = try store.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(synchronous == 2)
        try store.close()
        let reopened = try SQLiteLogStore(at: path)
        #expect(try reopened.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        _ = try? reopened.writingRelaxed { _ in throw LogError(.corrupt, "") }
        #expect(try reopened.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("nothing is written to one that was moved, removed or replaced", arguments: ["moved", "removed", "replaced"])
    func notInPlace(_ how: String) throws {
        var generator = try makeFile(entries: 10)
        let copy = folder.path("copy")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let store = try SQLiteLogStore(at: path)
        let size = generator.history.size
        // The canary: where it is, it is written.
        _ = try store.outbox.record(at: Timestamp(millisecondsSince1970: 0)) { _ in [Array("{}".utf8)] }
        if how == "moved" {
            try FileManager.default.moveItem(atPath: path, toPath: folder.path("elsewhere"))
        } else {
            try FileManager.default.removeItem(atPath: path)
        }
        if how == "replaced" { try FileManager.default.copyItem(atPath: copy, toPath: path) }
        let commit = generator.next(count: 3)
        let error = #expect(throws: LogError.self) { _ = try store.append(commit, expecting: size) }
        #expect(error?.code == .notFound)
        #expect(throws: LogError.self) {
            _ = try store.outbox.record(at: Timestamp(millisecondsSince1970: 0)) { _ in [Array("{}".utf8)] }
        }
        try store.close()
        if how == "replaced" {
            let found = try SQLiteLogStore(at: path)
            #expect(try found.head().size == size)
            try found.close()
        }
    }

    @Test("a second one is not made over it")
    func noOverwriting() throws {
        let generator = try makeFile(entries: 300)
        let error = #expect(throws: LogError.self) {
            _ = try SQLiteLogStore.create(at: path, identity: generator.identity)
        }
        #expect(error?.code == .alreadyExists)
        #expect(try SQLiteLogStore(at: path).head().size == generator.history.size)
    }

    @Test("a missing one is not made by opening it")
    func missing() {
        expectOpeningFails(.notFound, "does not exist")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("one of a newer version is left alone")
    func newer() throws {
        _ = try makeFile(entries: 10)
        try tamper("PRAGMA user_version = 1000")
        expectOpeningFails(.newerFormat, "update Ambit")
    }

    @Test("one of version 1 is brought up to date, with everything in it, and works")
    func migrated() throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/log-version-1.sqlite.gz")
        var decoder = GzipDecoder(maximumInflated: 1 << 20, maximumRatio: 1000)
        var bytes: [UInt8] = []
        try Array(Data(contentsOf: fixture)).withUnsafeBufferPointer { try decoder.decode($0, into: &bytes) }
        try decoder.finish()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 1)

        #expect(try LogFile(reading: path).check().size == LogSize(6))
        for _ in 1...2 {
            let store = try SQLiteLogStore(at: path)
            #expect(try LogFile(reading: path).check().size == LogSize(6))
            let access = try store.access()
            #expect(access.members == ["member/jpwr57as": Access.Member(role: .admin, isActive: true)])
            #expect(access.devices["device/tpp9g8c6"]?.key?.count == 32)
            #expect(access.devices["device/tpp9g8c6"]?.continues == nil)
            #expect(access.devices["device/tpp9g8c6"]?.signedThrough == Counter(0))
            #expect(access.devices["device/tpp9g8c6"]?.limits == AccessLimits())
            #expect(access.tokens.values.sorted() == ["device/tpp9g8c6"])
            #expect(access.openness == .members)
            #expect(try store.head().size == LogSize(6))
            let invites = try store.invites(usableAt: Timestamp(millisecondsSince1970: 0))
            #expect(invites.map(\.role) == [.editor])
            #expect(invites.map(\.device) == [nil])
            try store.close()
        }
        let store = try SQLiteLogStore(at: path)
        let device = Access.Device(member: "member/jpwr57as", isRevoked: false, key: nil, continues: "device/tpp9g8c6")
        let commit = Commit(
            first: Position(6),
            count: 0,
            recordedTime: Timestamp(millisecondsSince1970: 0),
            entries: [],
            checkpoint: nil,
            access: [.device("device/aaaaaa", device)]
        )
        #expect(try store.append(commit, expecting: LogSize(6)) == .committed)
        #expect(try store.access().devices["device/aaaaaa"] == device)
        #expect(try store.pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Int(Schema.version))
    }

    @Test("another program's database is left as it is")
    func foreign() throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE t (a)") }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        expectOpeningFails(.corrupt, "no Ambit log")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test("what is no database is said to be none", arguments: ["", "hello", String(repeating: "x", count: 5_000)])
    func noDatabase(_ contents: String) throws {
        try contents.write(toFile: path, atomically: false, encoding: .utf8)
        expectOpeningFails(.corrupt, "no Ambit log")
    }

    @Test("one that is cut short gives an error, never fewer entries", arguments: [50, 100, 1_024, 9_000, 20_000])
    func truncated(_ length: Int) throws {
        let generator = try makeFile(entries: 700)
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(data.count > 20_000)
        try data.prefix(length).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: LogError.self) {
            let store = try SQLiteLogStore(at: path)
            _ = try store.entries(generator.history.range)
        }
        #expect(error?.code == .corrupt)
    }

    @Test("a writer that is held off by another process says so")
    func locked() throws {
        var generator = try makeFile(entries: 10)
        let store = try SQLiteLogStore(at: path)
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
        let other = try DatabaseQueue(path: path)
        let commit = generator.next(count: 1)
        try other.inTransaction(.immediate) { _ throws -> Database.TransactionCompletion in
            let error = #expect(throws: LogError.self) { _ = try store.append(commit, expecting: LogSize(10)) }
            #expect(error?.code == .locked)
            #expect(try store.head().size == LogSize(10), "reading goes on")
            return .rollback
        }
        #expect(try store.append(commit, expecting: LogSize(10)) == .committed)
    }

    @Test("a full disk is reported, nothing is half stored, and writing goes on when there is room")
    func full() throws {
        var generator = try makeFile(entries: 10)
        let store = try SQLiteLogStore(at: path)
        try store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
        }
        let commit = generator.next(count: 800)
        let error = #expect(throws: LogError.self) { _ = try store.append(commit, expecting: LogSize(10)) }
        #expect(error?.code == .diskFull)
        #expect(try store.head().size == LogSize(10))
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try store.append(commit, expecting: LogSize(10)) == .committed)
        #expect(try store.entries(generator.history.range) == generator.history.all)
    }

    @Test(
        "SQLite's codes become errors that say what to do",
        arguments: [
            (ResultCode.SQLITE_BUSY, LogError.Code.locked), (.SQLITE_LOCKED, .locked), (.SQLITE_READONLY, .readOnly),
            (.SQLITE_FULL, .diskFull), (.SQLITE_IOERR, .inputOutput), (.SQLITE_CORRUPT, .corrupt),
            (.SQLITE_NOTADB, .corrupt), (.SQLITE_CANTOPEN, .readOnly), (.SQLITE_IOERR_WRITE, .inputOutput),
        ]
    )
    func codes(_ code: ResultCode, _ expected: LogError.Code) {
        let error = StorageFailure.translate(
            DatabaseError(resultCode: code, message: "secret", sql: "secret", arguments: ["secret"]),
            file: "/data/log.sqlite"
        )
        #expect(error.code == expected)
        #expect(error.message.contains("/data/log.sqlite"))
        #expect(!error.message.contains("secret"))
    }

    @Test("tidying gives back the space of what was sealed, and changes nothing that is read")
    func tidying() throws {
        var generator = CommitGenerator(seed: 5)
        let store = try SQLiteLogStore.create(at: path, identity: generator.identity)
        _ = try store.append(generator.next(count: 3_000), expecting: .zero)
        for number in 0..<3_000 / Segment.entryCount { try store.seal(try generator.segment(number)) }
        func freePages() throws -> Int? {
            try store.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA freelist_count") }
        }
        #expect(try freePages() ?? 0 > 0)
        try store.tidy()
        #expect(try freePages() == 0)
        let journal = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
        #expect(journal == 0)
        #expect(try store.head().sealedSegments == 3_000 / Segment.entryCount)
        #expect(try store.entries(generator.history.range) == generator.history.all)
    }

    @Test("a power cut after any commit or seal leaves everything acknowledged")
    func crash() throws {
        var generator = CommitGenerator(seed: 11)
        let store = try SQLiteLogStore.create(at: path, identity: generator.identity)
        for round in 0..<12 {
            try fill(store, &generator, to: generator.history.size.rawValue + 70 + round)
            let copy = try TemporaryFolder()
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path("log.sqlite") + suffix)
            }
            let survivor = try SQLiteLogStore(at: copy.path("log.sqlite"))
            #expect(try survivor.head() == store.head())
            #expect(try survivor.entries(generator.history.range) == generator.history.all)
            try survivor.close()
        }
    }

    @Test("a journal that is cut anywhere leaves whole commits")
    func cutJournal() throws {
        var generator = CommitGenerator(seed: 12)
        let store = try SQLiteLogStore.create(at: path, identity: generator.identity)
        for _ in 0..<12 { _ = try store.append(generator.next(upTo: 30), expecting: store.head().size) }
        let journal = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        let sizes = Set([0] + generator.history.checkpoints.map(\.checkpoint.size.rawValue))
        for cut in stride(from: 0, through: journal.count, by: 2_771) {
            let copy = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: path, toPath: copy.path("log.sqlite"))
            try journal.prefix(cut).write(to: URL(fileURLWithPath: copy.path("log.sqlite-wal")))
            let survivor = try SQLiteLogStore(at: copy.path("log.sqlite"))
            let size = try survivor.head().size
            #expect(sizes.contains(size.rawValue), "cut at \(cut)")
            let entries = try survivor.entries(Position(0)..<size.next)
            #expect(entries == generator.history.block(0..<size.rawValue), "cut at \(cut)")
            try survivor.close()
        }
    }

    @Test("a bit that flipped in a segment is reported with the segment's number", arguments: [0, 1, 2])
    func flippedSegment(_ number: Int) throws {
        let generator = try makeFile(entries: 800)
        try tamper(
            """
            DROP TRIGGER segments_stay;
            UPDATE segments SET run = CAST(substr(run, 1, 99) || X'5A' || substr(run, 101) AS BLOB) WHERE number = \(number);
            """
        )
        let store = try SQLiteLogStore(at: path)
        for read in [
            { _ = try store.entries(generator.history.range) }, { _ = try store.segments(0..<3) },
        ] {
            let error = #expect(throws: LogError.self) { try read() }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("segment \(number) ") == true)
        }
        let others = try store.segments(number + 1..<3)
        #expect(others.count == 2 - number)
    }

    @Test("a bit that flipped in the tail is reported with its commit")
    func flippedTail() throws {
        let generator = try makeFile(entries: 300)
        try tamper(
            """
            DROP TRIGGER commits_stay;
            UPDATE commits SET entries = CAST(substr(entries, 1, 99) || X'5A' || substr(entries, 101) AS BLOB);
            """
        )
        let store = try SQLiteLogStore(at: path)
        let error = #expect(throws: LogError.self) { _ = try store.entries(generator.history.range) }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("commit at entry") == true)
        #expect(try store.entries(Position(0)..<Position(256)) == generator.history.block(0..<256))
    }

    @Test("a checkpoint that was changed keeps the file from being opened")
    func changedCheckpoint() throws {
        _ = try makeFile(entries: 300)
        try tamper(
            """
            DROP TRIGGER checkpoints_stay;
            UPDATE checkpoints SET note = replace(note, 'proef', 'proof');
            """
        )
        #expect(throws: LogError.self) { _ = try SQLiteLogStore(at: path) }
    }

    @Test(
        "whoever opens it, its rules keep the log as it is",
        arguments: [
            "UPDATE segments SET length = 1", "DELETE FROM segments", "DELETE FROM segments WHERE number = 1",
            "UPDATE commits SET count = 1", "DELETE FROM commits", "UPDATE checkpoints SET size = size + 1",
            "DELETE FROM checkpoints", "UPDATE runs SET position = 0",
            "UPDATE runs SET last = last - 1 WHERE last > first",
            "DELETE FROM runs", "UPDATE subjects SET position = 1", "DELETE FROM subjects", "DELETE FROM rejections",
            "DELETE FROM creations", "UPDATE creations SET first = first + 1000",
            "UPDATE rejections SET code = ''", "INSERT INTO checkpoints VALUES (5, 0, '', 0)",
            "INSERT INTO segments SELECT number + 7, crc, length, root, 0, 0, 0, 0, run FROM segments LIMIT 1",
        ]
    )
    func rules(_ sql: String) throws {
        var generator = CommitGenerator(seed: 7)
        let store = try SQLiteLogStore.create(at: path, identity: generator.identity)
        try fill(store, &generator, to: 700)
        var bare = generator.next(count: 0)
        bare.rejections = [
            Rejection(
                source: "device/aaaaaa",
                counter: nil,
                recordedTime: bare.recordedTime,
                problem: .init(.invalidData, ""),
                bytes: []
            )
        ]
        _ = try store.append(bare, expecting: LogSize(700))
        try store.close()
        let error = #expect(throws: DatabaseError.self) { try tamper(sql) }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT)
        #expect(try SQLiteLogStore(at: path).entries(generator.history.range) == generator.history.all)
    }
}

extension CommitGenerator.History {
    var range: Range<Position> { Position(0)..<size.next }
    var all: [UInt8] { block(0..<entries.count) }
}
