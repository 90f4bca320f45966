import AgendaModel
import EventLog
import EventLogTesting
import GRDB
import Testing

@testable import EventLogSQLite

@Suite("The outbox")
struct StoreOutboxTests {
    private let folder: TemporaryFolder
    private let store: SQLiteLogStore
    private let time = Timestamp(millisecondsSince1970: 1_000)
    private var outbox: Outbox { store.outbox }

    init() throws {
        folder = try TemporaryFolder()
        store = try SQLiteLogStore.create(at: folder.path("log.sqlite"), identity: CommitGenerator(seed: 1).identity)
    }

    private func record(_ count: Int) throws {
        _ = try outbox.record(at: time) { first in
            (0..<count).map { Array(#"{"id":"\#(first.rawValue + $0)"}"#.utf8) }
        }
    }

    private func run(_ first: Int, _ last: Int, at position: Int) -> Run {
        Run(source: "device/aaaaaa", first: Counter(first), last: Counter(last), position: Position(position))
    }

    @Test("events get consecutive counters, and are read in their order, page by page")
    func recording() throws {
        #expect(try outbox.nextCounter() == Counter(1))
        let counters = try outbox.record(at: time) { first in
            #expect(first == Counter(1))
            return [Array("a".utf8), Array("b".utf8)]
        }
        #expect(counters == Counter(1)..<Counter(3))
        try record(300)
        #expect(try outbox.counts() == .init(pending: 302, accepted: 0, refused: 0))
        var found: [Outbox.Item] = []
        while true {
            let page = try outbox.pending(after: found.last?.counter ?? Counter(0), limit: 70)
            if page.isEmpty { break }
            found += page
        }
        #expect(found.map(\.counter.rawValue) == Array(1...302))
        #expect(found[1].event == Array("b".utf8) && found[1].recorded == time && found[1].state == .pending)
        #expect(found[301].event == Array(#"{"id":"302"}"#.utf8))
    }

    @Test("recording that fails stores nothing and uses no counter")
    func failedRecording() throws {
        struct Refused: Error {}
        #expect(throws: Refused.self) { try outbox.record(at: time) { _ in throw Refused() } }
        #expect(try outbox.nextCounter() == Counter(1))
        try store.pool.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER fault BEFORE INSERT ON outbox WHEN NEW.counter = 5
                    BEGIN SELECT RAISE(ABORT, 'fault'); END
                    """
            )
        }
        #expect(throws: LogError.self) { try record(9) }
        #expect(try outbox.counts() == .init())
        #expect(try outbox.nextCounter() == Counter(1))
    }

    @Test("verdicts move events on, once")
    func verdicts() throws {
        try record(10)
        let refusal = Outbox.Refusal(counter: Counter(4), code: "unknown-subject", detail: "no such project")
        try outbox.settle(accepted: [run(1, 3, at: 100), run(5, 7, at: 200)], refused: [refusal])
        #expect(try outbox.counts() == .init(pending: 3, accepted: 6, refused: 1))
        #expect(try outbox.item(Counter(6))?.state == .accepted(Position(201)))
        #expect(try outbox.accepted(after: Counter(1), limit: 2).map(\.counter) == [Counter(2), Counter(3)])
        #expect(
            try outbox.refused(after: Counter(0), limit: 9).map(\.state) == [
                .refused(code: refusal.code, detail: refusal.detail)
            ]
        )
        #expect(
            try outbox.unsynced(after: Counter(0), limit: 99).map(\.counter.rawValue) == [1, 2, 3, 5, 6, 7, 8, 9, 10]
        )
        // The answer to a push that was sent twice, with what is not here at all.
        try outbox.settle(
            accepted: [run(1, 3, at: 100), run(50, 60, at: 300)],
            refused: [refusal, Outbox.Refusal(counter: Counter(77), code: "x", detail: "")]
        )
        #expect(try outbox.counts() == .init(pending: 3, accepted: 6, refused: 1))
    }

    @Test("only refused events can be discarded, and their counters are not used again")
    func discarding() throws {
        try record(2)
        try outbox.settle(accepted: [], refused: [.init(counter: Counter(2), code: "invalid-data", detail: "")])
        #expect(throws: LogError.self) { try outbox.discard(Counter(1)) }
        #expect(throws: LogError.self) { try outbox.discard(Counter(3)) }
        try outbox.discard(Counter(2))
        #expect(try outbox.item(Counter(2)) == nil)
        #expect(try outbox.nextCounter() == Counter(3))
        try store.close()
        let again = try SQLiteLogStore(at: folder.path("log.sqlite"))
        #expect(try again.outbox.nextCounter() == Counter(3))
        try again.writing { try Outbox.raiseNextCounter(to: Counter(40), $0) }
        try again.writing { try Outbox.raiseNextCounter(to: Counter(30), $0) }
        #expect(try again.outbox.nextCounter() == Counter(40))
    }

    @Test("events that are not in the log change with the settings, all or nothing, and keep their counters")
    func newIdentity() throws {
        try record(2_005)
        try store.setReplicaFacts(["device": "device/een", "mark": "yes"])
        try outbox.settle(accepted: [run(1, 2, at: 10)], refused: [.init(counter: Counter(3), code: "x", detail: "")])
        struct Refused: Error {}
        let facts = ["device": "device/twee", "mark": String?.none]
        #expect(throws: Refused.self) {
            _ = try outbox.rewrite { item in
                guard item.counter < Counter(2_000) else { throw Refused() }
                return []
            } setting: { _, _ in
                facts
            }
        }
        #expect(try outbox.item(Counter(1))?.state == .accepted(Position(10)))
        #expect(try store.replicaFacts() == ["device": "device/een", "mark": "yes"])
        var seen: [Int] = []
        let count = try outbox.rewrite { item in
            seen.append(item.counter.rawValue)
            return item.counter == Counter(2) ? nil : item.event + [0x20]
        } setting: { present, refused in
            #expect(present == ["device": "device/een", "mark": "yes"])
            #expect(refused.map(\.counter) == [Counter(3)])
            return facts
        }
        #expect(count == 2_003 && seen == [1, 2] + Array(4...2_005))
        #expect(try store.replicaFacts() == ["device": "device/twee"])
        #expect(try outbox.counts() == .init(pending: 2_003, accepted: 1, refused: 1))
        #expect(try outbox.item(Counter(2))?.event == Array(#"{"id":"2"}"#.utf8))
        #expect(try outbox.item(Counter(3))?.event == Array(#"{"id":"3"}"#.utf8))
        #expect(try outbox.item(Counter(2_005))?.event == Array(#"{"id":"2005"} "#.utf8))
        #expect(try outbox.nextCounter() == Counter(2_006))
        #expect(try outbox.unsynced(holding: Array(#""id":"2005""#.utf8)).map(\.counter) == [Counter(2_005)])
        #expect(try outbox.unsynced(holding: Array(#""id":"3""#.utf8)).isEmpty)
    }

    @Test("events in the places of refused and pending ones come with their facts, all or nothing")
    func replacing() throws {
        try record(5)
        try outbox.settle(accepted: [run(1, 1, at: 10)], refused: [.init(counter: Counter(3), code: "x", detail: "")])
        struct Refused: Error {}
        #expect(throws: Refused.self) { try outbox.replace(at: time) { _, _, _ in throw Refused() } }
        #expect(throws: LogError.self) {
            // The facts may not touch the counter; then the events stay too.
            try outbox.replace(at: time) { _, _, _ in
                Outbox.Replacement(events: [(Counter(3), [0x20])], facts: ["next-counter": "1"])
            }
        }
        #expect(try outbox.counts() == .init(pending: 3, accepted: 1, refused: 1))
        let counters = try outbox.replace(at: time) { items, facts, next in
            #expect(items.map(\.counter.rawValue) == [2, 3, 4, 5])
            #expect(facts.isEmpty)
            #expect(next == Counter(6))
            // The accepted one is the log's.
            let events = [1, 3, 5].map { (Counter($0), Array("new \($0)".utf8)) }
            return Outbox.Replacement(events: events, facts: ["renamed a": "b"])
        }
        #expect(counters == Counter(6)..<Counter(9))
        #expect(try outbox.counts() == .init(pending: 5, accepted: 1, refused: 0))
        #expect(try outbox.pending(after: Counter(0), limit: 9).map(\.counter.rawValue) == [2, 4, 6, 7, 8])
        #expect(try store.replicaFacts() == ["renamed a": "b"])
    }

    @Test("counters end where JSON's whole numbers end")
    func lastCounter() throws {
        try store.writing { try Outbox.raiseNextCounter(to: Counter(1 << 53 - 2), $0) }
        #expect(throws: LogError.self) { try record(2) }
        #expect(try outbox.counts() == .init())
    }
}
