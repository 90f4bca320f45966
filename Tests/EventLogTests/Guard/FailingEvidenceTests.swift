import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

/// A store that cannot be read for a moment, just when others say something of its log.
@Suite("What others say of a log that cannot be read")
struct FailingEvidenceTests {
    private final class FailingStore: ForwardingLogStore {
        let store: InMemoryLogStore
        let fails = Mutex(false)

        init(_ store: InMemoryLogStore) { self.store = store }

        func head() throws -> LogHead {
            if fails.withLock({ $0 }) { throw LogError(.inputOutput, "the store cannot be read, as planned") }
            return try store.head()
        }
    }

    @Test("Who says that its end is confirmed learns that this came to nothing, and may say it again")
    func confirmed() async throws {
        let rig = try SequencerRig()
        let first = try rig.start()
        let founded = try await first.record(
            type: "agenda.founded",
            subject: "agenda/proef",
            data: #"{"title":"Verzonnen"}"#
        )
        await first.shutDown()
        let end = try #require(founded.head.checkpoint).checkpoint
        let store = FailingStore(rig.store.store)
        let sequencer = try Sequencer(
            store: store,
            key: rig.key,
            environment: rig.environment,
            seen: SeenInMemory(nil),
            acceptsClock: true
        )
        #expect(sequencer.standing == .unproven)
        let observed = Mutex<[LogStanding]>([])
        sequencer.observe { _, _, standing in observed.withLock { $0.append(standing) } }
        store.fails.withLock { $0 = true }
        #expect(await !sequencer.take(.confirmed(end)))
        #expect(sequencer.standing == .unproven)
        store.fails.withLock { $0 = false }
        #expect(await sequencer.take(.confirmed(end)))
        // Whoever has said it finds that it has been told already.
        #expect(observed.withLock { $0.last } == .complete)
        await sequencer.shutDown()
    }
}
