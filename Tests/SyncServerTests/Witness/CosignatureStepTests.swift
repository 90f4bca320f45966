import AgendaModel
import EventLog
import EventLogTesting
import Logging
import Testing

@testable import SyncServer

@Suite("What is asked of a witness, and when nothing is", .timeLimit(.minutes(5)))
struct CosignatureStepTests {
    private let witness: WitnessKey
    private let store: InMemoryLogStore
    private let first: SignedCheckpoint
    private let grown: SignedCheckpoint

    init() throws {
        witness = try WitnessKey(name: "w.example", seed: [UInt8](repeating: 3, count: 32))
        var generator = CommitGenerator(seed: 5)
        store = InMemoryLogStore(identity: generator.identity)
        _ = try store.append(generator.next(count: 3), expecting: .zero)
        first = try #require(try store.head().checkpoint)
        _ = try store.append(generator.next(count: 3), expecting: LogSize(3))
        grown = try #require(try store.head().checkpoint)
    }

    /// The same tree with a note of other bytes, as where another one has signed it too.
    private func noted(_ checkpoint: SignedCheckpoint, by name: String) throws -> SignedCheckpoint {
        let other = try WitnessKey(name: name, seed: [UInt8](repeating: 9, count: 32))
        var noted = checkpoint
        noted.note += try other.cosign(checkpoint, at: 1_790_000_000)
        return noted
    }

    private func cosigner(of checkpoints: [SignedCheckpoint]) -> RemoteWitness {
        RemoteWitness(key: witness.verifier) { [witness] body in
            let text = String(decoding: body, as: UTF8.self)
            guard let checkpoint = checkpoints.last(where: { text.contains($0.checkpoint.text) }) else {
                return (400, [])
            }
            return (200, Array(try witness.cosign(checkpoint, at: 1_790_000_000).utf8))
        }
    }

    /// The steps up to the next waiting, which is due after a few.
    private static func untilWaiting(_ steps: AsyncStream<Cosignatures.Step>) async -> [Cosignatures.Step] {
        var taken: [Cosignatures.Step] = []
        for await step in steps {
            taken.append(step)
            if step == .waiting || taken.count == 10 { break }
        }
        return taken
    }

    @Test("Notes of one tree that differ in their bytes are nothing new: a task that has nothing to do takes no steps")
    func otherBytes() async throws {
        let cosignatures = Cosignatures(
            of: store,
            by: [cosigner(of: [first, grown])],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let (steps, next) = AsyncStream.makeStream(of: Cosignatures.Step.self)
        cosignatures.observe { next.yield($0) }
        cosignatures.logHasGrown(to: first)
        for await step in steps where step == .cosigning { break }
        #expect(await Self.untilWaiting(steps) == [.looking, .waiting])
        // Each of these wakes the task once, which has nothing to do and waits again.
        for note in try [noted(first, by: "a.example"), noted(first, by: "b.example"), first] {
            cosignatures.logHasGrown(to: note)
            #expect(await Self.untilWaiting(steps) == [.looking, .waiting])
        }
        // A tree that is larger is what it wakes for; as many steps as that, and none in between.
        cosignatures.logHasGrown(to: try noted(grown, by: "a.example"))
        #expect(await Self.untilWaiting(steps) == [.looking, .cosigning, .looking, .waiting])
        #expect(try witness.verifier.cosigned(cosignatures.note(of: grown)) == 1_790_000_000)
        cosignatures.stop()
    }
}
