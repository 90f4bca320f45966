import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

/// Two replicas that count for one device: the pushes of one of them fail as a whole, with nothing stored.
@Suite("Shared identities at the sequencer")
struct SequencerIdentityTests {
    let rig: SequencerRig
    let sequencer: Sequencer

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    private func failure(of push: () async throws -> PushOutcome) async -> PushError.Code? {
        do {
            _ = try await push()
            return nil
        } catch {
            return (error as? PushError)?.code
        }
    }

    @Test("A counter that the log has with other bytes fails all of a replica's push, and spends nothing")
    func inTheLog() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await sequencer.pushFromReplica([.start(1, by: device), .start(2, by: device)], by: device)
        let before = try rig.entries()
        let diverging = [Draft.start(1, by: device), .start(2, by: device, title: "Ander"), .start(3, by: device)]
        for _ in 0..<2 {
            let code = await failure { try await sequencer.pushFromReplica(diverging, by: device) }
            #expect(code == .identityReused)
        }
        #expect(try rig.entries() == before)
        #expect(try rig.store.rejections(after: 0, limit: 10).isEmpty)
        // Neither was a counter spent: the one who was first goes on with 3.
        let next = try await sequencer.pushFromReplica([.start(2, by: device), .start(3, by: device)], by: device)
        #expect(next.duplicate.map(\.first.rawValue) == [2] && next.accepted.map(\.first.rawValue) == [3])
    }

    @Test("A counter that was refused with other bytes fails it too")
    func amongTheRejections() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let refused = Draft(id: 1, subject: "project/nergens-1")
        #expect(try await sequencer.pushFromReplica([refused], by: device).problems == [.unknownSubject])
        #expect(try await sequencer.pushFromReplica([refused], by: device).problems == [.unknownSubject])
        let code = await failure { try await sequencer.pushFromReplica([.start(1, by: device)], by: device) }
        #expect(code == .identityReused)
        #expect(try rig.store.rejections(after: 0, limit: 10).count == 1)
    }

    @Test("A counter that stands in the push twice, with other bytes, fails it too")
    func twiceInOnePush() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let twice = [Draft.start(1, by: device), .start(1, by: device, title: "Ander")]
        #expect(await failure { try await sequencer.pushFromReplica(twice, by: device) } == .identityReused)
        #expect(try rig.store.head().size == LogSize(2))
        let same = [Draft.start(1, by: device), .start(1, by: device)]
        #expect(try await sequencer.pushFromReplica(same, by: device).duplicate.count == 1)
    }

    @Test("A push that does not come from a replica has a verdict for each event, as before")
    func withoutSize() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await sequencer.push([.start(1, by: device)], by: device)
        let outcome = try await sequencer.push(
            [.start(1, by: device, title: "Ander"), .start(2, by: device)],
            by: device
        )
        #expect(outcome.problems == [.identityReused])
        #expect(outcome.accepted.map(\.first.rawValue) == [2])
    }

    @Test("Of copies that push at once, one gets in whole and the others not at all; other devices do not notice")
    func race() async throws {
        let copied = try await rig.enrol(sequencer, as: .recorder).device
        let other = try await rig.enrol(sequencer, as: .recorder).device
        // Holds up the first append until everybody waits for the next group.
        let gate = Mutex(false)
        rig.store.onAppend { number, append in
            while number == 0, !gate.withLock({ $0 }) {}
            return try append()
        }
        let codes = try await withThrowingTaskGroup(of: (String, PushError.Code?).self) { group in
            group.addTask { ("first", await failure { try await sequencer.push([.start(1, by: other)], by: other) }) }
            while rig.store.appendCount == 0 { await Task.yield() }
            for copy in 0..<4 {
                group.addTask {
                    let drafts = (1...3).map { Draft.start($0, by: copied, title: "Kopie \(copy)") }
                    return ("copy", await failure { try await sequencer.pushFromReplica(drafts, by: copied) })
                }
                group.addTask {
                    let draft = Draft.start(2 + copy, by: other)
                    return ("other", await failure { try await sequencer.push([draft], by: other) })
                }
            }
            while sequencer.waitingCount < 8 { await Task.yield() }
            gate.withLock { $0 = true }
            var codes: [(String, PushError.Code?)] = []
            for try await code in group { codes.append(code) }
            return codes
        }
        #expect(codes.filter { $0.0 == "copy" }.map(\.1).filter { $0 == .identityReused }.count == 3)
        #expect(codes.filter { $0.0 == "copy" && $0.1 == nil }.count == 1)
        #expect(codes.filter { $0.0 == "other" }.allSatisfy { $0.1 == nil })
        let entries = try rig.entries()
        let ofCopies = (0..<4).map { copy in entries.filter { $0.contains("Kopie \(copy)") }.count }
        #expect(ofCopies.sorted() == [0, 0, 0, 3], "the log holds a mixture of copies")
        try rig.checkTree()
    }
}
