import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import SQLiteFiles
import Testing

@testable import EventLogSQLite

@Suite("An outbox of which something was changed")
struct OutboxDamageTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("log.sqlite") }
    private let bytes: [UInt8]
    private let items: [Outbox.Item]

    init() throws {
        folder = try TemporaryFolder()
        let path = folder.path("log.sqlite")
        let store = try SQLiteLogStore.create(at: path, identity: CommitGenerator(seed: 1).identity)
        _ = try store.outbox.record(at: Timestamp(millisecondsSince1970: 1_000)) { first in
            (0..<9).map { Array(#"{"id":"\#(first.rawValue + $0)","value":771}"#.utf8) }
        }
        try store.outbox.refuse([.init(counter: Counter(4), code: "not-allowed", detail: "nee")])
        items = try store.reading { try store.outbox.items($0, where: "true", arguments: []) }
        try store.setReplicaFacts(["device": "device/aaaaaa"])
        try store.tidy()
        try store.close()
        bytes = try StoredFile(at: path).bytes
    }

    private func changed(_ sql: String) throws -> SQLiteLogStore {
        try StoredFile.write(bytes, to: path)
        #expect(try StoredFile.tamper(path, sql) == 1, "\(sql)")
        return try SQLiteLogStore(at: path)
    }

    /// Each column of a pending and of a refused event, as a value of its type and as one of another.
    private static let changes = [
        "event = CAST(replace(CAST(event AS TEXT), '771', '671') AS BLOB)", "event = 'tekst'", "event = 5",
        "counter = counter + 64", "counter = 0", "counter = -counter", "recorded = recorded + 4096", "recorded = x'01'",
        "refused = 1 - refused", "refused = 7", "code = coalesce(code, '') || 'x'", "detail = 'anders'",
        "crc = crc + 1",
    ]

    @Test("a change in any column of any event is noticed by whoever reads it, and keeps nobody from having the bytes")
    func columns() throws {
        for (row, change) in [3, 4].flatMap({ row in Self.changes.map { (row, $0) } }) {
            let store = try changed("UPDATE outbox SET \(change) WHERE counter = \(row)")
            defer { try? store.close() }
            let outbox = store.outbox
            let reads: [() throws -> Void] = [
                { _ = try outbox.pending(after: .zero, limit: 1_000) },
                { _ = try outbox.unanswered(after: .zero, limit: 1_000) },
                { _ = try outbox.refused(after: .zero, limit: 1_000) },
                { _ = try outbox.counts() },
                { _ = try outbox.notLetThrough() },
                { _ = try outbox.discard() },
                { _ = try outbox.takeBack { _, _ in [] } },
                { _ = try outbox.replace(at: items[0].recorded) { _, _, _ in .init(events: [], facts: [:]) } },
                { _ = try outbox.rewrite(dropping: Array("id".utf8), { _ in nil }, setting: { _, _ in [:] }) },
            ]
            for (index, read) in reads.enumerated() {
                let error = #expect(throws: LogError.self, "\(row), \(change), \(index)") { try read() }
                #expect(error?.code == .corrupt)
                for part in [path, "row ", "ambit doctor", "ambit export --format outbox"] {
                    #expect(error?.message.contains(part) == true)
                }
            }
            let lines = try outbox.storedLines()
            #expect(lines.count == items.count && lines.count(where: \.isDamaged) == 1, "\(row), \(change)")
            let sound = items.filter { $0.counter.rawValue != row }
            #expect(lines.filter { !$0.isDamaged }.map(\.bytes) == sound.map(\.event))
            #expect(try LogFile(reading: path).damagedEvents().count == 1)
            #expect(try LogFile(reading: path).storedLines() == lines)
        }
    }

    @Test("with its check put right along, a change gets through: nothing else holds an event")
    func canary() throws {
        let store = try changed(
            "UPDATE outbox SET event = CAST(replace(CAST(event AS TEXT), '771', '671') AS BLOB) WHERE counter = 3"
        )
        #expect(throws: LogError.self) { try store.outbox.item(Counter(3)) }
        try store.writing { db in
            try db.execute(sql: "UPDATE outbox SET crc = \(CheckedTable.outbox.check()) WHERE counter = 3")
        }
        #expect(try store.outbox.item(Counter(3))?.event == Array(#"{"id":"3","value":671}"#.utf8))
        #expect(try store.outbox.pending(after: .zero, limit: 99).count == 8)
    }

    @Test(
        "a change in what a replica says of itself gives no counter away twice, and keeps nobody from having the events",
        arguments: ["value = '3'", "value = x'33'", "key = key || 'x'", "crc = crc + 1"],
        ["next-counter", "device"]
    )
    func facts(_ change: String, _ key: String) throws {
        let store = try changed("UPDATE replica SET \(change) WHERE key = '\(key)'")
        defer { try? store.close() }
        #expect(throws: LogError.self) { try store.replicaFacts() }
        let record = { _ = try store.outbox.record(at: items[0].recorded) { _ in [Array("nieuw".utf8)] } }
        if key == "next-counter" { #expect(throws: LogError.self) { try record() } } else { try record() }
        #expect(
            try store.outbox.storedLines().filter { !$0.isDamaged }.prefix(items.count).map(\.bytes)
                == items.map(\.event)
        )
        #expect(try store.isReplica())
        #expect(try LogFile(reading: path).replicaFacts()[key] == nil)
    }

    @Test("without checks, a counter that a disk has changed is given away once more")
    func factsCanary() throws {
        let store = try changed("UPDATE replica SET value = '90' WHERE key = 'next-counter'")
        defer { try? store.close() }
        try store.writing { db in try db.execute(sql: "UPDATE replica SET crc = \(CheckedTable.replica.check())") }
        #expect(try store.outbox.nextCounter() == Counter(90))
    }

    @Test("whichever bit of the index is flipped, all that waits is sent")
    func index() throws {
        let queue = try DatabaseQueue(path: path)
        let root = try queue.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_by_verdict'")
        }
        try queue.close()
        let cells = StoredCells(in: bytes).cells(from: try #require(root))
        #expect(cells.count == items.count)
        for cell in cells {
            let end = try #require((cell.types + cell.columns).map(\.upperBound).max())
            for bit in cell.start * 8..<end * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << (bit % 8)
                try StoredFile.write(flipped, to: path)
                let store = try SQLiteLogStore(at: path)
                let pending = try store.outbox.pending(after: .zero, limit: 99)
                #expect(pending.map(\.event) == items.filter { $0.counter != Counter(4) }.map(\.event), "bit \(bit)")
                #expect(try store.outbox.beginSending(pending.map(\.counter)), "bit \(bit)")
                try store.close()
            }
        }
    }

    @Test("whichever bit of the stored events is flipped, they are given as they were recorded, or not at all")
    func bits() throws {
        var (refused, same) = (0, 0)
        for item in items {
            let place = try #require(Data(bytes).firstRange(of: Data(item.event)))
            // Before the event stands the rest of its row.
            for bit in (place.lowerBound - 16) * 8..<place.upperBound * 8 where bit % 11 == item.counter.rawValue {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << (bit % 8)
                try StoredFile.write(flipped, to: path)
                do {
                    let store = try SQLiteLogStore(at: path)
                    defer { try? store.close() }
                    let pending = try store.outbox.pending(after: .zero, limit: 99)
                    let others = try store.outbox.refused(after: .zero, limit: 99)
                    #expect((pending + others).sorted { $0.counter < $1.counter } == items, "bit \(bit)")
                    same += 1
                } catch {
                    #expect(error is LogError, "bit \(bit): \(error)")
                    refused += 1
                }
            }
        }
        // Some bits belong to no row.
        #expect(refused > 100 && same < refused, "\(refused) refused, \(same) as before")
    }

    @Test("what is installed takes no event with it whose counter a disk has changed")
    func installing() throws {
        let store = try changed("UPDATE outbox SET counter = 20 WHERE counter = 3")
        let source = EventSource(unchecked: "device/aaaaaa")
        let run = CounterRun(source: source, first: Counter(20), last: Counter(21), position: Position(0))
        #expect(throws: LogError.self) { try store.writing { try store.outbox.removeInstalled([run], $0) } }
        #expect(try store.outbox.storedLines().count == items.count)
    }

    @Test("events of before there were checks get theirs, and are given as they are")
    func migrated() throws {
        let old = folder.path("oud.sqlite")
        let identity = CommitGenerator(seed: 1).identity
        let queue = try DatabaseQueue(path: old)
        try queue.write { db in
            try Schema.migrate(db, from: 0, to: 7)
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES ('origin', ?), ('verifier', ?)",
                arguments: [identity.origin, identity.verifierKey.description]
            )
            try db.execute(
                sql: """
                    INSERT INTO outbox (counter, refused, code, detail, recorded, event)
                    VALUES (1, 0, NULL, NULL, 10, x'31'), (2, 1, 'not-allowed', 'nee', 20, x'32')
                    """
            )
        }
        try queue.close()
        #expect(try LogFile(reading: old).damagedEvents().isEmpty)
        let store = try SQLiteLogStore(at: old)
        #expect(try store.outbox.storedLines().map(\.isDamaged) == [false, false])
        #expect(try store.outbox.refused(after: .zero, limit: 9).map(\.event) == [[0x32]])
    }
}
