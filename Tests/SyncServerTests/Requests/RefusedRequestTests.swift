import AgendaModel
import EventLog
import HTTPTypes
import Hummingbird
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

@Suite("Requests that are refused for what their head says")
struct RefusedRequestTests {
    enum Refusal: CaseIterable, Sendable {
        case tooOften, method, version, readOnly

        var problem: ProblemType {
            switch self {
            case .tooOften: .rateLimited
            case .method: .methodNotAllowed
            case .version: .unsupportedProtocol
            case .readOnly: .readOnly
            }
        }
    }

    private let clock = ServerClock()

    /// A request that is refused so.
    private func request(_ refusal: Refusal, _ rig: ServiceRig, by device: Enrolled) -> Request {
        switch refusal {
        case .tooOften: rig.request("/checkpoint", .get, by: nil)
        case .method: rig.request("/checkpoint", .patch, by: device)
        case .version: rig.request("/checkpoint", .get, by: device, with: [.ambitProtocol: "9"])
        case .readOnly: rig.request("/events", by: device, type: ProtocolConstants.ndjson)
        }
    }

    @Test(
        "A server that is put back from a backup says that it is not ready, and why to members",
        arguments: [true, false]
    )
    func readiness(takesPushes: Bool) async throws {
        var options = ServerOptions()
        options.takesPushes = takesPushes
        let rig = try await ServiceRig(options, environment: clock.environment)
        let device = try await rig.enrol(.recorder)
        if takesPushes {
            #expect(try await rig.answer(rig.request("/ready", .get, by: device)).status == .ok)
            return
        }
        let said = await #expect(throws: ProblemDetails.self) {
            try await rig.answer(rig.request("/ready", .get, by: device))
        }
        #expect(said?.problem == .readOnly)
        #expect(said?.detail?.contains("put back from a backup") == true)
    }

    @Test("They ask nothing of the log's writer; one that is answered does", arguments: Refusal.allCases)
    func writer(refusal: Refusal) async throws {
        var options = ServerOptions()
        options.rates = Rates([.publicRead: Rate(perSecond: 0.001, burst: 1)])
        options.takesPushes = false
        let rig = try await ServiceRig(options, environment: clock.environment)
        let device = try await rig.enrol(.recorder)
        let sequencer = rig.agenda.sequencer
        await #expect(throws: ProblemDetails.self) { try await rig.answer(rig.request("/checkpoint", .get, by: nil)) }
        // Nothing that the writer was asked before is left to be done.
        while sequencer.load.isWorking { await Task.yield() }
        let changes = Mutex(0)
        sequencer.observeLoad { changes.withLock { $0 += 1 } }
        // Whoever looks now asks the store.
        clock.advance(seconds: 10)
        let problem = await #expect(throws: ProblemDetails.self) {
            try await rig.answer(request(refusal, rig, by: device))
        }
        #expect(problem?.problem == refusal.problem)
        #expect(changes.withLock { $0 } == 0)
        _ = try await rig.answer(rig.request("/checkpoint", .get, by: device))
        #expect(changes.withLock { $0 } > 0)
        sequencer.observeLoad(nil)
    }
}
