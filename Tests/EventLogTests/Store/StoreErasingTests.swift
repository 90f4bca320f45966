import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import Testing

@testable import EventLogSQLite

@Suite("What is erased from a log's file")
struct StoreErasingTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("log.sqlite") }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Bytes of some entries in the forms in which they may stand in a file.
    private struct Traces {
        private(set) var windows: [[UInt8]] = []

        /// The text of an entry, and the part of its segment's run that holds it.
        init(of position: Int, in generator: CommitGenerator, erasing erasures: [Erasure]) throws {
            var rest = generator
            rest.erase(erasures)
            let others = rest.history.block(0..<rest.history.entries.count)
            windows = Self.windows(of: generator.history.entries[position], notIn: others)
            let number = position / Segment.entryCount
            guard (number + 1) * Segment.entryCount <= generator.history.entries.count else { return }
            let segment = try generator.segment(number)
            windows += Self.windows(of: segment.run, notIn: try #require(try segment.erasing(erasures)).segment.run)
        }

        private static func windows(of bytes: [UInt8], notIn others: [UInt8]) -> [[UInt8]] {
            stride(from: 0, to: bytes.count - 16, by: 8).map { Array(bytes[$0..<$0 + 16]) }
                .filter { !ByteSearch.contains($0, in: others) }
        }

        /// How many of them stand in the files of a folder.
        func count(in folder: String) throws -> Int {
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).map {
                [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
            }
            return windows.count { window in files.contains { ByteSearch.contains(window, in: $0) } }
        }
    }

    /// A log whose entries came in small commits, sealed as far as it can be, with the entries that will be erased.
    private func makeLog(size: Int, seed: UInt64 = 3) throws -> (SQLiteLogStore, CommitGenerator) {
        var generator = CommitGenerator(seed: seed)
        let store = try SQLiteLogStore.create(at: path, identity: generator.identity)
        while generator.history.size.rawValue < size {
            let before = generator.history.size
            _ = try store.append(generator.next(count: min(3, size - before.rawValue)), expecting: before)
            for number in try store.head().sealedSegments..<generator.history.size.rawValue / Segment.entryCount {
                try store.seal(try generator.segment(number))
            }
        }
        return (store, generator)
    }

    private func erase(_ positions: [Int], of store: SQLiteLogStore, _ generator: inout CommitGenerator) throws
        -> Traces
    {
        let size = generator.history.size
        let erasures = positions.map { Erasure(position: Position($0), redaction: size.next) }
        let traces = try Traces(of: positions[0], in: generator, erasing: erasures)
        #expect(traces.windows.count > 4)
        #expect(try traces.count(in: folder.path) > 0)
        var commit = generator.next(count: 1)
        commit.erasures = erasures
        #expect(try store.append(commit, expecting: size) == .committed)
        generator.erase(erasures)
        return traces
    }

    @Test("Nothing is left of it in any file", arguments: [(610, 600), (610, 5), (610, 509), (40, 3)])
    func gone(size: Int, position: Int) throws {
        var (store, generator) = try makeLog(size: size)
        let traces = try erase([position], of: store, &generator)
        #expect(try store.scrub())
        #expect(try traces.count(in: folder.path) == 0)
        #expect(try store.entries(Position(0)..<generator.history.size.next) == generator.history.block(0..<size + 1))
        // What goes on afterwards does not bring it back.
        _ = try store.append(generator.next(count: 30), expecting: generator.history.size.minus(30))
        try store.close()
        #expect(try traces.count(in: folder.path) == 0)
        let reopened = try SQLiteLogStore(at: path)
        #expect(try reopened.head().erasureMark == 1)
        #expect(try reopened.pool.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test("A process that ends before it is cleared away leaves that to the next one", arguments: [0, 1, 2])
    func interrupted(moment: Int) throws {
        var (store, generator) = try makeLog(size: 300)
        let traces = try erase([20, 280], of: store, &generator)
        struct Ended: Error {}
        if moment > 0 {
            store.interruptWrites { if ($0 == .before) == (moment == 1) { throw Ended() } }
            #expect(throws: Ended.self) { _ = try store.scrub() }
        }
        // As after a crash: the files as they are, opened anew.
        let copy = try TemporaryFolder()
        for file in ["log.sqlite", "log.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: folder.path(file), toPath: copy.path(file))
        }
        if moment < 2 { #expect(try traces.count(in: copy.path) > 0) }
        let reopened = try SQLiteLogStore(at: copy.path("log.sqlite"))
        #expect(try traces.count(in: copy.path) == 0)
        #expect(try reopened.entries(Position(0)..<Position(301)) == generator.history.block(0..<301))
    }

    @Test("A reader that is in the way holds up the clearing, not the erasing")
    func reader() throws {
        var (store, generator) = try makeLog(size: 300)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN; SELECT count(*) FROM segments")
        }
        let traces = try erase([20], of: store, &generator)
        #expect(try !store.scrub())
        // Trying again does not write the file anew again: the journal could not be emptied in between.
        let journal = try Data(contentsOf: URL(fileURLWithPath: path + "-wal")).count
        for _ in 0..<3 { #expect(try !store.scrub()) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path + "-wal")).count == journal)
        #expect(try store.entries(Position(20)..<Position(21)) == generator.history.block(20..<21))
        try other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(try store.scrub())
        #expect(try traces.count(in: folder.path) == 0)
    }

    @Test("What is erased between two attempts is cleared away too")
    func between() throws {
        var (store, generator) = try makeLog(size: 610)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN; SELECT count(*) FROM segments")
        }
        let first = try erase([20], of: store, &generator)
        #expect(try !store.scrub())
        let second = try erase([300], of: store, &generator)
        #expect(try !store.scrub())
        try other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(try store.scrub())
        #expect(try first.count(in: folder.path) == 0)
        #expect(try second.count(in: folder.path) == 0)
    }

    @Test(
        "Entries change in no other way",
        arguments: [
            "UPDATE commits SET entries = x'00'", "UPDATE segments SET run = x'00'",
            "UPDATE segments SET root = zeroblob(32)", "DELETE FROM erasures", "UPDATE erasures SET done = 0",
            "INSERT INTO erasures (position, redaction) VALUES (4, 400)",
            "INSERT INTO erasures (position, redaction, done) VALUES (4, 5, 1)",
            "INSERT INTO erasures (position, redaction) VALUES (4, 5); UPDATE segments SET root = zeroblob(32)",
            "INSERT INTO erasures (position, redaction) VALUES (4, 5); UPDATE commits SET entries = x'00'",
            "INSERT INTO erasures (position, redaction) VALUES (299, 300); UPDATE commits SET recorded = 0",
        ]
    )
    func triggers(sql: String) throws {
        var (store, generator) = try makeLog(size: 300)
        _ = try erase([20, 280], of: store, &generator)
        let error = #expect(throws: LogError.self) {
            try store.writing { db in try db.execute(sql: sql) }
        }
        #expect(error?.code == .corrupt)
        #expect(try store.entries(Position(0)..<Position(301)) == generator.history.block(0..<301))
    }

    @Test("A commit with an erasure that is not committed changes nothing")
    func undone() throws {
        var (store, generator) = try makeLog(size: 300)
        let before = generator.history.block(0..<300)
        let size = generator.history.size
        var commit = generator.next(count: 1)
        commit.erasures = [Erasure(position: Position(20), redaction: size.next)]
        struct Ended: Error {}
        store.interruptWrites { if $0 == .before { throw Ended() } }
        #expect(throws: Ended.self) { _ = try store.append(commit, expecting: size) }
        store.interruptWrites(nil)
        #expect(try store.scrub())
        #expect(try store.entries(Position(0)..<Position(300)) == before)
        #expect(try store.head().erasureMark == 0)
    }
}

/// Looks for bytes in bytes.
private enum ByteSearch {
    static func contains(_ wanted: [UInt8], in bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            var at = 0
            while at + wanted.count <= bytes.count,
                let found = memchr(base + at, Int32(wanted[0]), bytes.count - wanted.count - at + 1)
            {
                if memcmp(found, wanted, wanted.count) == 0 { return true }
                at = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }
}

extension LogSize {
    fileprivate func minus(_ count: Int) -> LogSize { LogSize(rawValue - count) }
}
