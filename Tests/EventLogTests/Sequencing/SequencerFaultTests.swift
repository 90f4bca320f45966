import AgendaModel
import EventLogTesting
import Foundation
import Synchronization
import Testing

@testable import EventLog

@Suite("The sequencer under faults")
struct SequencerFaultTests {
    let rig: SequencerRig
    let sequencer: Sequencer

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    /// A gate that holds the first append until it is opened.
    private final class Gate: Sendable {
        private let state = Mutex((isOpen: false, isReached: false))

        func pass() {
            state.withLock { $0.isReached = true }
            while !state.withLock({ $0.isOpen }) { sched_yield() }
        }
        func open() { state.withLock { $0.isOpen = true } }
        var isReached: Bool { state.withLock { $0.isReached } }
    }

    @Test("What waits during a commit goes into one commit")
    func groupCommit() async throws {
        var devices: [DeviceID] = []
        for _ in 0..<6 { devices.append(try await rig.enrol(sequencer, as: .recorder).device) }
        let gate = Gate()
        rig.store.onAppend { number, append in
            if number == 0 { gate.pass() }
            return try append()
        }
        let outcomes = try await withThrowingTaskGroup(of: PushOutcome.self) { group in
            group.addTask { [devices] in try await sequencer.push([.start(1, by: devices[0])], by: devices[0]) }
            while !gate.isReached { await Task.yield() }
            for device in devices.dropFirst() {
                group.addTask { try await sequencer.push([.start(1, by: device), .start(2, by: device)], by: device) }
            }
            while sequencer.waitingCount < 5 { await Task.yield() }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(rig.store.appendCount == 2)
        #expect(outcomes.allSatisfy { $0.rejected.isEmpty && $0.accepted.count == 1 })
        #expect(Set(outcomes.map(\.head.size.rawValue)) == [13, 23])
        try rig.checkTree()
    }

    @Test("Two pushes of the same events at the same time: one is accepted, the other a duplicate")
    func concurrentRetry() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let gate = Gate()
        rig.store.onAppend { number, append in
            if number == 0 { gate.pass() }
            return try append()
        }
        let outcomes = try await withThrowingTaskGroup(of: PushOutcome.self) { group in
            group.addTask {
                try await sequencer.record(type: "agenda.founded", subject: "agenda/a", data: #"{"title":"A"}"#)
            }
            while !gate.isReached { await Task.yield() }
            for _ in 0..<2 { group.addTask { try await sequencer.push([.start(1, by: device)], by: device) } }
            while sequencer.waitingCount < 2 { await Task.yield() }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { !$0.accepted.isEmpty }.count == 2)
        #expect(outcomes.flatMap(\.duplicate).map(\.position) == [Position(3)])
    }

    enum Fault: CaseIterable { case before, after }

    @Test(
        "An append that fails without being applied, or after it, is answered with the truth",
        arguments: Fault.allCases
    )
    func unknownOutcome(fault: Fault) async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        rig.store.onAppend { number, append in
            if number == 0 {
                if fault == .after { _ = try append() }
                throw LogError(.inputOutput, "the connection broke")
            }
            return try append()
        }
        let outcome = try await sequencer.push(
            [.start(1, by: device), Draft(id: 2, subject: "project/geen-1")],
            by: device
        )
        #expect(outcome.accepted.map(\.position) == [Position(2)])
        #expect(outcome.problems == [.unknownSubject])
        #expect(rig.store.appendCount == (fault == .after ? 1 : 2))
        #expect(try rig.store.head().size == LogSize(3))
        #expect(try rig.store.rejections(after: 0, limit: 10).count == 1)
        let next = try await sequencer.push([.start(3, by: device)], by: device)
        #expect(next.accepted.map(\.position) == [Position(3)])
        try rig.checkTree()
    }

    @Test("An event that another server has refused is not accepted here")
    func refusedElsewhere() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await sequencer.push([.start(1, by: device)], by: device)
        let other = try rig.start()
        let refused = try await other.push([Draft(id: 2, subject: "project/geen-1")], by: device)
        #expect(refused.problems == [.unknownSubject])
        let subject = "project/\(device.id)-1"
        let changed = try await sequencer.push([Draft(id: 2, subject: subject)], by: device)
        #expect(changed.problems == [.identityReused])
        let again = try await sequencer.push([Draft(id: 2, subject: "project/geen-1")], by: device)
        #expect(again.problems == [.unknownSubject])
        #expect(try rig.store.head().size == LogSize(3))
    }

    @Test("An event that another server has refused is not refused twice")
    func refusedTwice() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await sequencer.push([.start(1, by: device)], by: device)
        let other = try rig.start()
        for sequencer in [other, sequencer] {
            let outcome = try await sequencer.push([Draft(id: 2, subject: "project/geen-1")], by: device)
            #expect(outcome.problems == [.unknownSubject])
        }
        #expect(try rig.store.rejections(after: 0, limit: 10).count == 1)
    }

    @Test("Duplicates that another server has written are answered with a log that holds them")
    func duplicatesElsewhere() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let other = try rig.start()
        _ = try await other.push([.start(1, by: device)], by: device)
        #expect(sequencer.head.size == LogSize(2))
        let again = try await sequencer.push([.start(1, by: device)], by: device)
        #expect(again.duplicate.map(\.position) == [Position(2)])
        #expect(again.head.size == LogSize(3))
    }

    @Test("A line too broken to have an identity is kept once, however often it is pushed")
    func brokenLine() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        for _ in 0..<3 {
            let outcome = try await sequencer.push(lines: [#"{"id":7}"#, #"{"id":7}"#, #"{"id":8}"#], by: device)
            #expect(outcome.problems == [.malformedEvent, .malformedEvent, .malformedEvent])
        }
        #expect(try rig.store.rejections(after: 0, limit: 10).count == 2)
    }

    @Test("What another server has written is seen here after a second, or at once when it must be")
    func writtenElsewhere() async throws {
        _ = try await rig.enrol(sequencer, as: .admin)
        let device = try await rig.enrol(sequencer, as: .admin).device
        let other = try rig.start()
        _ = try await other.push([.start(1, by: device)], by: device)
        await sequencer.refresh()
        #expect(sequencer.head.size == LogSize(4))
        await sequencer.refresh(isUrgent: true)
        #expect(sequencer.head.size == LogSize(5))
        let revocation = Draft(id: 2, type: "device.revoked", subject: device.rawValue, data: #"{"revoked":true}"#)
        #expect(try await other.push([revocation], by: device).rejected.isEmpty)
        rig.clock.withLock { $0 += 1000 }
        await sequencer.refresh()
        #expect(sequencer.access.devices[device]?.isRevoked == true)
        try rig.checkTree()
    }

    @Test("A commit that only refuses is not written twice when its outcome was unknown", arguments: Fault.allCases)
    func unknownRejections(fault: Fault) async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        rig.store.onAppend { number, append in
            if number == 0 {
                if fault == .after { _ = try append() }
                throw LogError(.inputOutput, "the connection broke")
            }
            return try append()
        }
        let outcome = try await sequencer.push([Draft(id: 1, subject: "project/geen-1")], by: device)
        #expect(outcome.problems == [.unknownSubject])
        #expect(try rig.store.rejections(after: 0, limit: 10).count == 1)
    }

    @Test("An enrolment whose outcome was unknown gives a token that works", arguments: Fault.allCases)
    func unknownEnrolment(fault: Fault) async throws {
        let code = try rig.invite(.recorder)
        rig.store.onAppend { number, append in
            if number == 0 {
                if fault == .after { _ = try append() }
                throw LogError(.inputOutput, "the connection broke")
            }
            return try append()
        }
        let enrolled = try await sequencer.enrol(
            Enrolment(invite: code, memberName: "Deelnemer", deviceName: "Laptop", key: nil)
        )
        let token = Hash.sha256(Array(enrolled.token.utf8))
        #expect(try rig.store.access().tokens == [token: enrolled.device])
        #expect(sequencer.access == (try rig.store.access()))
        #expect(try rig.store.head().size == LogSize(2))
    }

    static let lasting: [(LogError.Code, PushError.Code)] = [
        (.diskFull, .storageFull), (.readOnly, .readOnly), (.inputOutput, .unavailable), (.locked, .unavailable),
    ]

    @Test("While the store is down pushes are told so, and afterwards everything goes on", arguments: lasting)
    func storeDown(code: LogError.Code, answer: PushError.Code) async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        rig.store.onAppend { _, _ in throw LogError(code, "down") }
        for _ in 0..<2 {
            let error = await #expect(throws: PushError.self) {
                try await sequencer.push([.start(1, by: device)], by: device)
            }
            #expect(error?.code == answer)
        }
        #expect(try rig.store.head().size == LogSize(2))
        rig.store.onAppend(nil)
        let outcome = try await sequencer.push([.start(1, by: device)], by: device)
        #expect(outcome.accepted.map(\.position) == [Position(2)])
        try rig.checkTree()
    }

    @Test("A second sequencer on the same store: one wins, the other reloads and goes on")
    func conflict() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let other = try rig.start()
        let admin = try await rig.enrol(other, as: .admin)
        for counter in 1...300 {
            let writer = counter % 2 == 0 ? sequencer : other
            let outcome = try await writer.push([.start(counter, by: device)], by: device)
            #expect(outcome.accepted.map(\.position.rawValue) == [3 + counter])
        }
        #expect(try await sequencer.push([.start(299, by: device)], by: device).duplicate.count == 1)
        #expect(sequencer.access.devices[admin.device] != nil)
        try rig.checkTree()
    }

    @Test("A sequencer goes on where the one before it stopped")
    func restart() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let first = try await sequencer.push((1...400).map { .start($0, by: device) }, by: device)
        await sequencer.shutDown()
        let error = await #expect(throws: PushError.self) {
            try await sequencer.push([.start(401, by: device)], by: device)
        }
        #expect(error?.code == .stopped)
        let next = try rig.start()
        #expect(next.head.size == first.head.size)
        #expect(next.access == sequencer.access)
        let outcome = try await next.push([.start(400, by: device), .start(401, by: device)], by: device)
        #expect(outcome.duplicate.map(\.position) == [Position(401)])
        #expect(outcome.accepted.map(\.position) == [Position(402)])
        try rig.checkTree()
    }

    @Test("Another log's key is refused at start-up")
    func foreignKey() throws {
        let key = LogKey.generate(origin: rig.key.origin)
        let error = #expect(throws: LogError.self) {
            try Sequencer(store: rig.store, key: key, environment: rig.environment)
        }
        #expect(error?.code == .badSignature)
    }

    @Test("Every checkpoint extends the one before it")
    func extending() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        var edge = TreeEdge()
        var size = 0
        for counter in 1...40 {
            let count = counter % 7 + 1
            let drafts = (0..<count).map { Draft.start(counter * 10 + $0, by: device) }
            let head = try await sequencer.push(drafts, by: device).head
            for entry in try rig.entries()[size...] { edge.append(leaf: Array(entry.utf8).lend { Merkle.leaf($0) }) }
            size = head.size.rawValue
            let signed = try rig.key.verifier.verify(try #require(head.checkpoint).note)
            #expect(signed.checkpoint == Checkpoint(origin: rig.key.origin, size: head.size, root: edge.root))
        }
    }

    @Test("Random faults never lose, double or move an acknowledged event", arguments: 0..<20)
    func randomFaults(seed: UInt64) async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let random = Mutex(SplitMix64(seed: seed))
        rig.store.onAppend { _, append in
            let roll = random.withLock { Int.random(in: 0..<4, using: &$0) }
            if roll == 0 { throw LogError(.inputOutput, "before") }
            let outcome = try append()
            if roll == 1 { throw LogError(.inputOutput, "after") }
            return outcome
        }
        var positions: [Int: Position] = [:]
        for counter in 1...60 {
            for _ in 0..<3 {
                guard let outcome = try? await sequencer.push([.start(counter, by: device)], by: device) else {
                    continue
                }
                let position = try #require((outcome.accepted + outcome.duplicate).first?.position)
                #expect(positions[counter] == nil || positions[counter] == position, "seed \(seed)")
                positions[counter] = position
            }
        }
        let entries = try rig.entries()
        #expect(Set(entries).count == entries.count, "seed \(seed)")
        for (counter, position) in positions {
            #expect(entries[position.rawValue].contains(#""id":"\#(counter)","source":"\#(device)""#), "seed \(seed)")
        }
        try rig.checkTree()
    }
}
