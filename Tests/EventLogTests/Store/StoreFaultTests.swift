import AgendaModel
import EventLog
import EventLogTesting
import Testing

@Suite("A store with planned faults")
struct StoreFaultTests {
    @Test("fails before or after writing, as planned")
    func script() throws {
        var generator = CommitGenerator(seed: 3)
        let store = FaultingLogStore(
            InMemoryLogStore(identity: generator.identity),
            plan: .script([nil, .before, .after])
        )
        #expect(try store.append(generator.next(count: 2), expecting: .zero) == .committed)
        let commit = generator.next(count: 3)
        #expect(throws: LogError.self) { try store.append(commit, expecting: LogSize(2)) }
        #expect(try store.head().size == LogSize(2))
        #expect(throws: LogError.self) { try store.append(commit, expecting: LogSize(2)) }
        #expect(try store.head().size == LogSize(5))
        #expect(try store.append(commit, expecting: LogSize(2)) == .conflict(actual: LogSize(5)))
        #expect(store.writeCount == 4)
    }

    @Test("random plans are the same for the same seed, and fail both ways", arguments: [1, 2, 3])
    func random(seed: UInt64) throws {
        func outcomes() throws -> [Int] {
            var generator = CommitGenerator(seed: 3)
            let store = FaultingLogStore(
                InMemoryLogStore(identity: generator.identity),
                plan: .random(seed: seed, probability: 0.5)
            )
            return try (0..<60).map { _ in
                let size = generator.history.size
                var trial = generator
                let commit = trial.next(count: 1)
                let failed = (try? store.append(commit, expecting: size)) == nil
                let isApplied = try store.head().size > size
                if isApplied { generator = trial }
                return (failed ? 2 : 0) + (isApplied ? 1 : 0)
            }
        }
        let first = try outcomes()
        #expect(try outcomes() == first)
        #expect(Set(first) == [1, 2, 3])
    }

    @Test("the generators give the same for the same seed, and different for another")
    func seeds() {
        func entries(_ seed: UInt64) -> [[UInt8]] {
            var generator = CommitGenerator(seed: seed)
            _ = generator.next(count: 400)
            return generator.history.entries
        }
        #expect(entries(1) == entries(1))
        #expect(entries(1) != entries(2))
    }
}
