import AgendaModel
import EventLogTesting
import Foundation
import Synchronization
import Testing

@testable import EventLog

/// A store that counts look-ups for single events and subjects, and reads of stretches of the log, and whose appends wait while the gate is closed.
private final class CountingLogStore: ForwardingLogStore {
    let store: InMemoryLogStore
    let lookups = Mutex(0)
    let blocks = Mutex(0)
    let isClosed = Mutex(false)
    let appends = Mutex(0)

    init(_ store: InMemoryLogStore) { self.store = store }

    private func count() { lookups.withLock { $0 += 1 } }

    func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        appends.withLock { $0 += 1 }
        while isClosed.withLock({ $0 }) { sched_yield() }
        return try store.append(commit, expecting: size)
    }

    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        blocks.withLock { $0 += 1 }
        try store.forEachBlock(in: range, body)
    }

    func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun? {
        count()
        return try store.run(of: source, upTo: counter)
    }

    func lastCounter(of source: EventSource) throws -> Counter? {
        count()
        return try store.lastCounter(of: source)
    }

    func rejection(of source: EventSource, counter: Counter) throws -> Rejection? {
        count()
        return try store.rejection(of: source, counter: counter)
    }

    func position(ofSubject name: String) throws -> Position? {
        count()
        return try store.position(ofSubject: name)
    }

    func entries(_ range: Range<Position>) throws -> [UInt8] {
        count()
        return try store.entries(range)
    }
}

@Suite("What one member's pushes cost the others", .timeLimit(.minutes(10)))
final class SequencerFairnessTests: Sendable {
    private let rig: SequencerRig
    private let store: CountingLogStore
    /// Each look at the clock takes so long.
    private let step = Mutex(Duration.zero)
    private let elapsed = Mutex(Duration.zero)

    init() throws {
        rig = try SequencerRig()
        store = CountingLogStore(rig.store.store)
    }

    private func start() throws -> Sequencer {
        var environment = rig.environment
        environment.elapsed = { [self] in
            elapsed.withLock { elapsed in
                elapsed += step.withLock { $0 }
                return elapsed
            }
        }
        return try Sequencer(store: store, key: rig.key, environment: environment)
    }

    /// Runs the body while the writer is in the middle of a commit.
    private func whileCommitting<Value: Sendable>(
        _ sequencer: Sequencer,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        store.isClosed.withLock { $0 = true }
        let before = store.appends.withLock { $0 }
        async let committed = sequencer.record(
            type: "agenda.founded",
            subject: "agenda/a\(before)",
            data: #"{"title":"A"}"#
        )
        while store.appends.withLock({ $0 }) == before { await Task.yield() }
        let value = try await body()
        store.isClosed.withLock { $0 = false }
        _ = try await committed
        return value
    }

    enum Burden: CaseIterable {
        /// Of events that are in the log, with gaps between them.
        case duplicates
        /// Of events that were refused before.
        case refused
        /// Of old counters that nothing was ever recorded with.
        case unusedCounters
        /// Of new events about subjects that do not exist, each another.
        case unknownSubjects
        /// Of two entries, again and again.
        case redactions
        /// Of what nobody has recorded: all that is unsigned is looked at for it.
        case signatures
    }

    private func drafts(_ burden: Burden, of device: DeviceID) -> (before: [Draft], attack: [Draft]) {
        let numbers = 1...300
        switch burden {
        case .duplicates:
            let events = numbers.map { Draft.start(2 * $0, by: device) }
            return (events, events)
        case .refused:
            let events = numbers.map { Draft(id: $0, subject: "project/geen-\($0)") }
            return (events, events)
        case .unusedCounters:
            return ([.start(1000, by: device)], numbers.map { Draft.start($0, by: device) })
        case .unknownSubjects:
            return ([], numbers.map { Draft(id: $0, subject: "project/geen-\($0)") })
        case .redactions:
            let reason = #"{"reason":"Verzonnen verzoek"}"#
            return (
                [],
                numbers.map { Draft(id: $0, type: "entry.redacted", subject: "entry/\($0 % 2)", data: reason) }
            )
        case .signatures:
            let signature = Data(repeating: 7, count: 64).base64EncodedString()
            return (
                numbers.map { .start($0, by: device) },
                numbers.prefix(DeviceSignature.maximumPerPush).map { number in
                    let data = #"{"from":1,"through":300,"count":299,"signature":"\#(signature)"}"#
                    return Draft(id: 300 + number, type: DeviceSignature.type, subject: device.rawValue, data: data)
                }
            )
        }
    }

    @Test("The writer looks up nothing for a push that has been looked up", arguments: Burden.allCases)
    func lookedUpBefore(burden: Burden) async throws {
        let sequencer = try start()
        let role: Role = burden == .redactions ? .admin : .recorder
        let device = try await rig.enrol(sequencer, as: role, key: Array(0..<32)).device
        let (before, attack) = drafts(burden, of: device)
        if !before.isEmpty { _ = try await sequencer.push(before, by: device) }
        let pushing = try await whileCommitting(sequencer) {
            let pushing = Task { try await sequencer.push(attack, by: device) }
            while sequencer.waitingCount < 1 { await Task.yield() }
            #expect(store.lookups.withLock { $0 } > 0, "somebody has looked")
            store.lookups.withLock { $0 = 0 }
            return pushing
        }
        let outcome = try await pushing.value
        #expect(store.lookups.withLock { $0 } == 0)
        switch burden {
        case .duplicates: #expect(outcome.duplicate.reduce(0) { $0 + $1.count } == attack.count)
        case .refused, .unknownSubjects:
            #expect(outcome.problems == Array(repeating: .unknownSubject, count: attack.count))
        // Each entry is erased once.
        case .redactions: #expect(outcome.problems == Array(repeating: .wrongIdentity, count: attack.count - 2))
        case .signatures: #expect(outcome.problems == Array(repeating: .invalidSignature, count: attack.count))
        case .unusedCounters:
            #expect(outcome.problems == Array(repeating: .sequenceNotIncreasing, count: attack.count))
        }
        try rig.checkTree()
    }

    @Test("New events about what somebody wrote of before are held against memory alone")
    func remembered() async throws {
        let sequencer = try start()
        let maker = try await rig.enrol(sequencer, as: .editor).device
        let device = try await rig.enrol(sequencer, as: .editor).device
        let (made, own) = ("project/\(maker.id)-1", "project/\(device.id)-2")
        _ = try await sequencer.push([.start(1, by: maker)], by: maker)
        _ = try await sequencer.push([Draft(id: 1, subject: made)], by: device)
        store.lookups.withLock { $0 = 0 }
        let news = [Draft.start(2, by: device), Draft(id: 3, subject: made), Draft(id: 4, subject: own)]
        #expect(try await sequencer.push(news, by: device).rejected.isEmpty)
        #expect(store.lookups.withLock { $0 } == 0)
        // Of what nobody has counted to yet, memory says that it is missing.
        let early = [Draft(id: 5, subject: "project/\(device.id)-9"), .start(6, by: device)]
        #expect(try await sequencer.push(early, by: device).problems == [.unknownSubject])
        #expect(store.lookups.withLock { $0 } == 0)
        // What is not new, or not known, is looked up.
        let repeated = try await sequencer.push([Draft.start(2, by: device)], by: device)
        #expect(repeated.duplicate.count == 1)
        #expect(store.lookups.withLock { $0 } > 0)
        try rig.checkTree()
    }

    enum Meanwhile: CaseIterable {
        /// The subjects, which were known when the push was looked up, are forgotten.
        case forgotten
        /// So many others are written to that nobody can tell any more whether these were.
        case farBehind
        /// The subjects were forgotten before, and nothing of the log is folded.
        case untold
    }

    @Test(
        "The writer weighs no subject; a push of which it cannot tell is looked up once more",
        arguments: Meanwhile.allCases
    )
    func weighedBefore(meanwhile: Meanwhile) async throws {
        let sequencer = try start()
        let weighings = Mutex(0)
        let weighingsByWriter = Mutex(0)
        let folded = SequencerRig.folded(of: rig.store)
        sequencer.weigh { [weak sequencer] subjects, body in
            guard let sequencer else { return nil }
            let isLookUp = sequencer.waiting.withLock { $0.lookups > 0 }
            weighings.withLock { $0 += 1 }
            if !isLookUp { weighingsByWriter.withLock { $0 += 1 } }
            return meanwhile == .untold ? nil : folded(subjects, body)
        }
        let maker = try await rig.enrol(sequencer, as: .editor).device
        let device = try await rig.enrol(sequencer, as: .editor).device
        let numbers = 1...20
        _ = try await sequencer.push(numbers.map { .start($0, by: maker) }, by: maker)
        let tip = try LogTip(of: rig.store, verifier: rig.key.verifier)
        // As if so many other subjects had been written to.
        @Sendable func write(others generation: Int) {
            var batch = Batch(base: tip, now: rig.environment.now())
            for number in 0..<WeightCache.maximumNames / 2 {
                batch.note(1, of: "project/\(generation)-\(number)", weighed: nil)
            }
            sequencer.memory.learn(from: batch)
        }
        for generation in 1...(meanwhile == .untold ? 2 : 1) { write(others: generation) }
        weighings.withLock { $0 = 0 }
        let pushing = try await whileCommitting(sequencer) {
            let drafts = numbers.map { Draft(id: $0, subject: "project/\(maker.id)-\($0)") }
            let pushing = Task { try await sequencer.push(drafts, by: device) }
            while sequencer.waitingCount < 1 { await Task.yield() }
            let count = weighings.withLock { $0 }
            #expect(count == (meanwhile == .untold ? 1 : 0))
            if meanwhile != .untold { write(others: 2) }
            if meanwhile == .farBehind { write(others: 3) }
            store.lookups.withLock { $0 = 0 }
            store.blocks.withLock { $0 = 0 }
            return pushing
        }
        #expect(try await pushing.value.accepted.reduce(0) { $0 + $1.count } == numbers.count)
        let (count, countByWriter) = (weighings.withLock { $0 }, weighingsByWriter.withLock { $0 })
        #expect(count == (meanwhile == .forgotten ? 0 : 1))
        #expect(countByWriter == 0)
        if meanwhile != .farBehind {
            #expect(store.lookups.withLock { $0 } == 0)
            #expect(store.blocks.withLock { $0 } == 0)
        }
        try rig.checkTree()
    }

    @Test("What was missing when it was looked up, and has come to be since, is there")
    func since() async throws {
        let sequencer = try start()
        let maker = try await rig.enrol(sequencer, as: .editor).device
        let device = try await rig.enrol(sequencer, as: .editor).device
        let outcomes = try await whileCommitting(sequencer) {
            let making = Task { try await sequencer.push([.start(1, by: maker)], by: maker) }
            while sequencer.waitingCount < 1 { await Task.yield() }
            let using = Task {
                try await sequencer.push([Draft(id: 1, subject: "project/\(maker.id)-1")], by: device)
            }
            while sequencer.waitingCount < 2 { await Task.yield() }
            return (making, using)
        }
        #expect(try await outcomes.0.value.rejected.isEmpty)
        #expect(try await outcomes.1.value.rejected.isEmpty)
    }

    @Test("What another server has added since a push was looked up counts", arguments: [false, true])
    func elsewhere(isKnownInMemory isKnown: Bool) async throws {
        let sequencer = try start()
        let maker = try await rig.enrol(sequencer, as: .editor).device
        let device = try await rig.enrol(sequencer, as: .editor).device
        _ = try await sequencer.push([.start(5, by: device)], by: device)
        let pushing = try await whileCommitting(sequencer) {
            let pushing = Task {
                let drafts =
                    isKnown ? [] : [Draft.start(5, by: device), Draft(id: 6, subject: "project/\(maker.id)-1")]
                return try await sequencer.push(drafts + [.start(7, by: device)], by: device)
            }
            while sequencer.waitingCount < 1 { await Task.yield() }
            let other = try rig.start()
            _ = try await other.push([.start(1, by: maker)], by: maker)
            _ = try await other.push([.start(7, by: device)], by: device)
            return pushing
        }
        let outcome = try await pushing.value
        #expect(outcome.duplicate.reduce(0) { $0 + $1.count } == (isKnown ? 1 : 2))
        #expect(outcome.problems == (isKnown ? [] : [.sequenceNotIncreasing]))
        try rig.checkTree()
    }

    @Test("Members take turns, however many pushes of one of them wait")
    func turns() async throws {
        let sequencer = try start()
        let first = try await rig.enrol(sequencer, as: .recorder)
        let second = try await rig.enrol(sequencer, as: .recorder)
        var devices = [first]
        for _ in 0..<6 {
            let right = Enrolment.Right.continuing(first.device)
            devices.append(try await sequencer.enrol(Enrolment(right, deviceName: "x", key: nil)))
        }
        // Then a group has one job, and no more.
        step.withLock { $0 = .seconds(1) }
        let pushes = try await whileCommitting(sequencer) { [devices] in
            var pushes: [Task<PushOutcome, any Error>] = []
            for enrolled in devices + [second] {
                let right = WriteRight(token: Hash.sha256(Array(enrolled.token.utf8)), role: .recorder)
                let line = Array(Draft.start(1, by: enrolled.device).line(of: enrolled.device).utf8)
                let push = try Push(source: EventSource(enrolled.device), body: line)
                pushes.append(Task { try await sequencer.push(push, by: right) })
                while sequencer.waitingCount < pushes.count { await Task.yield() }
            }
            return pushes
        }
        var positions: [Position] = []
        for push in pushes { positions.append(try #require(try await push.value.accepted.first).position) }
        let last = try #require(positions.last)
        #expect(positions.filter { $0 < last }.count == 1, "the second member waited for one push of the first")
        #expect(positions.dropLast() == positions.dropLast().sorted()[...])
    }

    @Test("Whoever asks how far the log has come waits for no writer")
    func refreshing() async throws {
        let sequencer = try start()
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let size = sequencer.head.size
        let pushing = try await whileCommitting(sequencer) {
            let pushing = Task { try await sequencer.push([.start(1, by: device)], by: device) }
            while sequencer.waitingCount < 1 { await Task.yield() }
            await sequencer.refresh(isUrgent: true)
            #expect(sequencer.head.size == size)
            return pushing
        }
        #expect(try await pushing.value.accepted.count == 1)
    }

    @Test("When it stops, all that waits is finished, in however many groups")
    func stopping() async throws {
        let sequencer = try start()
        var devices: [DeviceID] = []
        for _ in 0..<4 { devices.append(try await rig.enrol(sequencer, as: .recorder).device) }
        step.withLock { $0 = .seconds(1) }
        let (pushes, stopping) = try await whileCommitting(sequencer) { [devices] in
            let pushes = devices.map { device in
                Task { try await sequencer.push([.start(1, by: device)], by: device) }
            }
            while sequencer.waitingCount < pushes.count { await Task.yield() }
            let stopping = Task { await sequencer.shutDown() }
            return (pushes, stopping)
        }
        await stopping.value
        for push in pushes { #expect(try await push.value.accepted.count == 1) }
    }
}
