import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

/// A store that never gets to sealing, clearing away or telling whether it has grown.
private final class UnkemptStore: ForwardingLogStore {
    let store: InMemoryLogStore
    private let work: UpkeepFailure.Work
    private let isOpen = Mutex(false)

    init(_ store: InMemoryLogStore, failing work: UpkeepFailure.Work) {
        self.store = store
        self.work = work
    }

    /// From now on it fails.
    func fail() { isOpen.withLock { $0 = true } }

    private func check(_ work: UpkeepFailure.Work) throws {
        if work == self.work, isOpen.withLock({ $0 }) { throw LogError(.diskFull, "the disk is full") }
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

private struct OneAgenda: AgendaSource {
    let store: UnkemptStore
    let key: LogKey
    let statePath: String

    func names() throws -> [AgendaName] { ["assen"] }
    func open(_ name: AgendaName) throws -> OpenedAgenda? {
        OpenedAgenda(store: store, key: key, seen: SeenInMemory(), statePath: statePath)
    }
}

@Suite("What a server's logs could not do beside the commits")
struct ServerUpkeepTests {
    @Test("It is logged, and counted by its work", arguments: [UpkeepFailure.Work.sealing, .scrubbing, .refreshing])
    func reported(_ work: UpkeepFailure.Work) async throws {
        var generator = CommitGenerator(seed: 3)
        let base = InMemoryLogStore(identity: generator.identity)
        _ = try base.append(generator.next(count: 255), expecting: .zero)
        let store = UnkemptStore(base, failing: work)
        let statePath = NSTemporaryDirectory() + "ambit-\(UUID().uuidString).sqlite"
        defer {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: statePath + suffix) }
        }
        let logged = Mutex<[LogEvent]>([])
        let logger = Logger(label: "test") { _ in LineLog { event in logged.withLock { $0.append(event) } } }
        let service = SyncService(
            source: OneAgenda(store: store, key: generator.key, statePath: statePath),
            options: .withoutRates,
            environment: .system,
            logger: logger
        )
        let agenda = try await service.registry.agenda("assen")
        store.fail()
        // Makes a segment whole; the answer does not wait for its sealing, and the refreshing comes behind that.
        let outcome = try await agenda.sequencer.record(
            type: "agenda.revised",
            subject: "agenda/proef",
            data: #"{"title":"Verzonnen agenda"}"#
        )
        #expect(outcome.rejected.isEmpty)
        #expect(outcome.head.size == LogSize(256))
        await agenda.sequencer.refresh(isUrgent: true)
        // Where the store had nothing new to look at, behind all that was asked of the writer.
        if work != .refreshing { agenda.sequencer.remember(.nothing) }
        let failures = service.counters.current.upkeepFailures
        #expect(Set(failures.keys) == [work])
        let count = try #require(failures[work])
        let events = logged.withLock { $0 }.filter { $0.metadata?["work"] == "\(work)" }
        #expect(count > 0 && events.count >= count)
        #expect(events.allSatisfy { $0.level == (work == .scrubbing ? .error : .warning) })
        #expect(events.allSatisfy { $0.metadata?["agenda"] == "assen" })
        #expect(events.allSatisfy { "\($0.metadata?["error"] ?? "")".contains("the disk is full") })
        await service.registry.close()
    }

    @Test("The metrics have every work, also where nothing has failed")
    func metrics() async throws {
        try await TestServer.run { server, _ in
            let text = try await server.send(.get, "/metrics").text
            for work in UpkeepFailure.Work.allCases {
                #expect(text.contains("ambit_upkeep_failures_total{work=\"\(work)\"} 0\n"))
            }
        }
    }
}
