import AgendaModel
import Dispatch
import EventLog
import EventLogTesting
import Foundation
import GRDB
import Synchronization
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

    @Test("events get consecutive counters, and are read in their order, page by page")
    func recording() throws {
        #expect(try outbox.nextCounter() == Counter(1))
        let counters = try outbox.record(at: time) { first in
            #expect(first == Counter(1))
            return [Array("a".utf8), Array("b".utf8)]
        }
        #expect(counters == Counter(1)..<Counter(3))
        try record(300)
        #expect(try outbox.counts() == .init(pending: 302, refused: 0))
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

    @Test(
        "what followed a refused event is given back with it, unless the replica has become another device",
        arguments: [false, true]
    )
    func givenBack(_ isAnother: Bool) throws {
        try record(3)
        try outbox.refuse([.init(counter: Counter(1), code: "unknown-subject", detail: "no such project")])
        let counters = try outbox.replace(at: time) { items, _, _ in
            .init(events: items.prefix(2).map { ($0.counter, Array("anew".utf8)) }, facts: [:])
        }
        #expect(counters == Counter(4)..<Counter(6))
        if isAnother { _ = try outbox.rewrite({ $0.event }, setting: { _, _ in ["device": "device/bbbbbb"] }) }
        let taken = try outbox.takeBack { _, _ in [Counter(4), Counter(5)] }
        #expect(taken.givenBack.map(\.counter.rawValue) == (isAnother ? [1] : [1, 2]))
    }

    @Test("events are refused once, and by the first reason")
    func refusing() throws {
        try record(10)
        let refusal = Outbox.Refusal(counter: Counter(4), code: "unknown-subject", detail: "no such project")
        try outbox.refuse([refusal])
        // The answer to a push that was sent twice, with what is not here at all.
        try outbox.refuse([
            Outbox.Refusal(counter: Counter(4), code: "other", detail: ""),
            Outbox.Refusal(counter: Counter(77), code: "x", detail: ""),
        ])
        #expect(try outbox.counts() == .init(pending: 9, refused: 1))
        #expect(
            try outbox.refused(after: Counter(0), limit: 9).map(\.state) == [
                .refused(code: refusal.code, detail: refusal.detail)
            ]
        )
        #expect(
            try outbox.pending(after: Counter(0), limit: 99).map(\.counter.rawValue) == [1, 2, 3, 5, 6, 7, 8, 9, 10]
        )
    }

    @Test("refused events are dropped in one transaction: all, or none when one cannot be", arguments: [true, false])
    func discardingMany(all: Bool) throws {
        try record(1_000)
        let refused = Set((1...1_000).filter { $0 % 3 > 0 }.map { Counter($0) })
        try outbox.refuse(refused.map { .init(counter: $0, code: "x", detail: "") })
        let before = try outbox.counts()
        #expect(before == .init(pending: 333, refused: 667))
        let transactions = Mutex(0)
        let observation = store.observeOutbox { transactions.withLock { $0 += 1 } }
        defer { withExtendedLifetime(observation) {} }
        try store.pool.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER fault BEFORE DELETE ON outbox WHEN OLD.counter = 500
                    BEGIN SELECT RAISE(ABORT, 'fault'); END
                    """
            )
        }
        #expect(throws: LogError.self) { try outbox.discard(all ? nil : refused) }
        #expect(try outbox.counts() == before && transactions.withLock { $0 } == 0)
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "DROP TRIGGER fault") }
        #expect(try outbox.discard(all ? nil : refused) == 667)
        #expect(try outbox.counts() == .init(pending: 333) && transactions.withLock { $0 } == 1)
        #expect(try outbox.nextCounter() == Counter(1_001))
    }

    @Test("an observation may begin while somebody records who reads in that transaction", .timeLimit(.minutes(10)))
    func observingWhileRecording() async throws {
        let (store, time) = (self.store, self.time)
        let heard = Mutex(0)
        let (ended, end) = AsyncStream.makeStream(of: Result<OutboxObservation?, any Error>.self)
        // On threads of their own: where they wait for each other, they do so for ever, and the test must not.
        Thread.detachNewThread {
            let observed = DispatchSemaphore(value: 0)
            let observation = Mutex<OutboxObservation?>(nil)
            let result = Result {
                _ = try store.outbox.record(at: time) { first in
                    Thread.detachNewThread {
                        let begun = store.observeOutbox { heard.withLock { $0 += 1 } }
                        observation.withLock { $0 = begun }
                        observed.signal()
                    }
                    // Now it waits for the end of this transaction; if it held the lock, there would be no end.
                    while store.connection.observationCount == 0 { sched_yield() }
                    _ = try store.head()
                    return [Array(#"{"id":"\(first.rawValue)"}"#.utf8)]
                }
                observed.wait()
                return observation.withLock { $0 }
            }
            end.yield(result)
            end.finish()
        }
        // None when the time is up.
        let result = try #require(await ended.first { _ in true })
        let observation = try result.get()
        #expect(try outbox.counts() == .init(pending: 1) && heard.withLock { $0 } == 0)
        try record(1)
        #expect(heard.withLock { $0 } == 1)
        withExtendedLifetime(observation) {}
    }

    @Test("an observation outlasts a time in which its file can neither be written nor read")
    func observingUnreadableFile() throws {
        let path = folder.path("log.sqlite")
        let files = FileManager.default
        try record(1)
        try store.tidy()
        try store.close()
        for suffix in ["-wal", "-shm"] { try? files.removeItem(atPath: path + suffix) }
        // Where SQLite's shared memory should be there is something in the way: the file can only be read.
        try files.createDirectory(atPath: path + "-shm", withIntermediateDirectories: false)
        let store = try SQLiteLogStore(at: path)
        let heard = Mutex(0)
        let observation = store.observeOutbox { heard.withLock { $0 += 1 } }
        defer { withExtendedLifetime(observation) {} }
        func recordAgain() throws { _ = try store.outbox.record(at: time) { _ in [Array("{}".utf8)] } }
        // Something is in the way of the file too.
        try files.moveItem(atPath: path, toPath: path + "-away")
        try files.createDirectory(atPath: path, withIntermediateDirectories: false)
        for _ in 1...3 { #expect(throws: LogError.self) { try recordAgain() } }
        #expect(observation.poolCount == 1, "a pool that is closed was observed again")
        try files.removeItem(atPath: path)
        try files.moveItem(atPath: path + "-away", toPath: path)
        try files.removeItem(atPath: path + "-shm")
        #expect(heard.withLock { $0 } == 0)
        try recordAgain()
        #expect(heard.withLock { $0 } == 1 && observation.poolCount == 2)
        #expect(try store.outbox.counts() == .init(pending: 2))
        try store.close()
    }

    @Test("an outbox of format 5 becomes one of two states, and loses nothing")
    func migrated() throws {
        let path = folder.path("oud.sqlite")
        let identity = store.identity
        try DatabaseQueue(path: path).write { db in
            try Schema.migrate(db, from: 0, to: 5)
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES ('origin', ?), ('verifier', ?)",
                arguments: [identity.origin, identity.verifierKey.description]
            )
            try db.execute(
                sql: """
                    INSERT INTO replica (key, value) VALUES ('next-counter', '5');
                    INSERT INTO outbox (counter, state, position, code, detail, recorded, event) VALUES
                        (1, 0, NULL, NULL, NULL, 10, x'31'), (2, 1, 7, NULL, NULL, 20, x'32'),
                        (3, 2, NULL, 'not-allowed', 'nee', 30, x'33'), (4, 2, NULL, 'new-code', NULL, 40, x'34');
                    """
            )
        }
        for _ in 1...2 {
            let store = try SQLiteLogStore(at: path)
            #expect(try store.outbox.counts() == .init(pending: 2, refused: 2))
            let items = try (1...4).map { try store.outbox.item(Counter($0)) }
            #expect(items.map { $0?.event } == [[0x31], [0x32], [0x33], [0x34]])
            #expect(items.map { $0?.recorded.millisecondsSince1970 } == [10, 20, 30, 40])
            #expect(
                items.map { $0?.state } == [
                    .pending, .pending, .refused(code: "not-allowed", detail: "nee"),
                    .refused(code: "new-code", detail: ""),
                ]
            )
            #expect(try store.outbox.nextCounter() == Counter(5))
            try store.close()
        }
    }

    @Test("only refused events can be discarded, and their counters are not used again")
    func discarding() throws {
        try record(2)
        try outbox.refuse([.init(counter: Counter(2), code: "invalid-data", detail: "")])
        for (counters, missing) in [([1], 1), ([3], 3), ([1, 2], 1), ([2, 3], 3)] {
            #expect(throws: Outbox.NotRefused(counter: Counter(missing))) {
                try outbox.discard(Set(counters.map { Counter($0) }))
            }
        }
        #expect(try outbox.counts() == .init(pending: 1, refused: 1))
        #expect(try outbox.discard([Counter(2)]) == 1)
        #expect(try outbox.discard([]) == 0 && outbox.discard() == 0)
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
        try outbox.refuse([.init(counter: Counter(3), code: "x", detail: "")])
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
        #expect(try outbox.item(Counter(1))?.event == Array(#"{"id":"1"}"#.utf8))
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
        #expect(try outbox.counts() == .init(pending: 2_004, refused: 1))
        #expect(try outbox.item(Counter(2))?.event == Array(#"{"id":"2"}"#.utf8))
        #expect(try outbox.item(Counter(3))?.event == Array(#"{"id":"3"}"#.utf8))
        #expect(try outbox.item(Counter(2_005))?.event == Array(#"{"id":"2005"} "#.utf8))
        #expect(try outbox.nextCounter() == Counter(2_006))
        #expect(try outbox.pending(holding: Array(#""id":"2005""#.utf8)).map(\.counter) == [Counter(2_005)])
        #expect(try outbox.pending(holding: Array(#""id":"3""#.utf8)).isEmpty)
    }

    @Test("events in the places of refused and pending ones come with their facts, all or nothing")
    func replacing() throws {
        try record(5)
        try outbox.refuse([.init(counter: Counter(3), code: "x", detail: "")])
        struct Refused: Error {}
        #expect(throws: Refused.self) { try outbox.replace(at: time) { _, _, _ in throw Refused() } }
        #expect(throws: LogError.self) {
            // The facts may not touch the counter; then the events stay too.
            try outbox.replace(at: time) { _, _, _ in
                Outbox.Replacement(events: [(Counter(3), [0x20])], facts: ["next-counter": "1"])
            }
        }
        #expect(try outbox.counts() == .init(pending: 4, refused: 1))
        let counters = try outbox.replace(at: time) { items, facts, next in
            #expect(items.map(\.counter.rawValue) == [1, 2, 3, 4, 5])
            #expect(facts.isEmpty)
            #expect(next == Counter(6))
            let events = [3, 5].map { (Counter($0), Array("new \($0)".utf8)) }
            return Outbox.Replacement(events: events, facts: ["renamed a": "b"])
        }
        #expect(counters == Counter(6)..<Counter(8))
        #expect(try outbox.counts() == .init(pending: 5, refused: 0))
        #expect(try outbox.pending(after: Counter(0), limit: 9).map(\.counter.rawValue) == [1, 2, 4, 6, 7])
        #expect(try store.replicaFacts() == ["renamed a": "b"])
    }

    @Test("counters end where JSON's whole numbers end")
    func lastCounter() throws {
        try store.writing { try Outbox.raiseNextCounter(to: Counter(1 << 53 - 2), $0) }
        #expect(throws: LogError.self) { try record(2) }
        #expect(try outbox.counts() == .init())
    }
}
