import EventLog
import LogClient
import Synchronization
import Testing

@testable import SyncClient

/// Keeps what is asked, and answers nothing.
private final class AskedTransport: Transport {
    let paths = Mutex<[String]>([])

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        paths.withLock { $0.append(request.path) }
        throw LogClientError(.cut, "as the test wants")
    }
}

@Suite("A server that is given entries back")
struct ServerUnderRepairTests {
    @Test("What it has is asked past caches, each time by another address")
    func fresh() async throws {
        let transport = AskedTransport()
        let server = ServerUnderRepair(
            transport: transport,
            requests: SyncRequests(token: "bewijs"),
            environment: .system
        )
        for _ in 0..<2 { await #expect(throws: LogClientError.self) { try await server.checkpoint() } }
        let paths = transport.paths.withLock(\.self)
        #expect(Set(paths).count == 2 && paths.allSatisfy { $0.contains("checkpoint?fresh=") }, "\(paths)")
    }
}
