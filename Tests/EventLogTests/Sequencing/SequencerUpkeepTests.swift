import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

/// What a sequencer has reported.
final class UpkeepReports: Sendable {
    private let reports = Mutex<[UpkeepFailure]>([])

    var add: @Sendable (UpkeepFailure) -> Void { { report in self.reports.withLock { $0.append(report) } } }
    var all: [UpkeepFailure] { reports.withLock { $0 } }
}

/// A store in which one sort of upkeep fails as long as it is told to.
private final class FailingStore: ForwardingLogStore {
    let store: HookedLogStore
    let failure = Mutex<(work: UpkeepFailure.Work, error: LogError)?>(nil)

    init(_ store: HookedLogStore) { self.store = store }

    private func check(_ work: UpkeepFailure.Work) throws {
        if let failure = failure.withLock({ $0 }), failure.work == work { throw failure.error }
    }

    func seal(_ segment: Segment) throws {
        try check(.sealing)
        try store.seal(segment)
    }

    func scrub() throws -> Bool {
        try check(.scrubbing)
        return try store.scrub()
    }

    func head() throws -> LogHead {
        try check(.refreshing)
        return try store.head()
    }
}

@Suite("What a log's writer does beside the commits")
struct SequencerUpkeepTests {
    private let rig: SequencerRig
    private let store: FailingStore
    private let reports = UpkeepReports()

    init() throws {
        rig = try SequencerRig()
        store = FailingStore(rig.store)
    }

    private func start() throws -> Sequencer {
        try Sequencer(store: store, key: rig.key, environment: rig.environment, reporting: reports.add)
    }

    /// Has everything happen that waits on the writer's queue.
    private func settle(_ sequencer: Sequencer) async {
        await sequencer.refresh(isUrgent: true)
        // Where the store had nothing new to look at, behind all that was asked of the writer.
        if store.failure.withLock({ $0?.0 }) != .refreshing { sequencer.remember(.nothing) }
    }

    @Test(
        "What fails is reported with its reason, harms no push, and succeeds later",
        arguments: [UpkeepFailure.Work.sealing, .scrubbing, .refreshing]
    )
    func reported(_ work: UpkeepFailure.Work) async throws {
        let sequencer = try start()
        let device = try await rig.enrol(sequencer, as: .admin).device
        await settle(sequencer)
        #expect(reports.all.isEmpty)
        let error = LogError(.diskFull, "the disk that holds /verzonnen/log.sqlite is full")
        store.failure.withLock { $0 = (work, error) }
        let before = sequencer.head.size
        let outcome = try await sequencer.push((1...300).map { .start($0, by: device) }, by: device)
        #expect(outcome.rejected.isEmpty && outcome.head.size == before + 300)
        // Sealed with the commit, as long as it is large: a small one makes the next segment whole.
        _ = try await sequencer.push((301...512).map { .start($0, by: device) }, by: device)
        await settle(sequencer)
        store.failure.withLock { $0 = nil }
        await settle(sequencer)
        let reported = reports.all
        #expect(Set(reported.map(\.work)) == [work])
        #expect(reported.allSatisfy { ($0.error as? LogError)?.code == .diskFull })
        #expect(reported.allSatisfy { $0.description.contains(error.message) && $0.description.contains("again") })

        let size = sequencer.head.size
        _ = try await sequencer.push([.start(513, by: device)], by: device)
        await settle(sequencer)
        #expect(reports.all.count == reported.count)
        #expect(sequencer.head.size == size + 1)
        #expect(try rig.store.head().sealedSegments == (size + 1).wholeSegments)
        await sequencer.shutDown()
        try rig.checkTree()
    }

    @Test("A log whose end cannot be read any more is reported each time that somebody asks for it")
    func damaged() async throws {
        let sequencer = try start()
        let device = try await rig.enrol(sequencer, as: .admin).device
        let other = try rig.start()
        _ = try await other.push([.start(1, by: device)], by: device)
        store.failure.withLock { $0 = (.refreshing, LogError(.corrupt, "page 7 is damaged")) }
        let before = sequencer.head
        for count in 1...3 {
            await settle(sequencer)
            #expect(reports.all.map(\.work) == [UpkeepFailure.Work](repeating: .refreshing, count: count))
            #expect(sequencer.head == before)
        }
        store.failure.withLock { $0 = nil }
        await settle(sequencer)
        #expect(try sequencer.head == other.head && sequencer.head == rig.store.head())
        #expect(reports.all.count == 3)
        await other.shutDown()
        await sequencer.shutDown()
    }
}
