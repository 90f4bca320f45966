internal import AgendaModel
internal import LogClient
internal import SyncProtocol
internal import Synchronization

/// Carries requests, and notes what the server takes for the time: the `Date` of its answers (RFC 9110, section 6.6.1).
final class DatedTransport: Transport {
    private let transport: any Transport
    private let now: @Sendable () -> Timestamp
    private let latest = Mutex<ClockReading?>(nil)

    init(_ transport: any Transport, now: @escaping @Sendable () -> Timestamp) {
        self.transport = transport
        self.now = now
    }

    /// Of the latest answer that said it; nil before the first.
    var reading: ClockReading? { latest.withLock { $0 } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let response = try await transport.send(request)
        // What a cache has kept says what time it was.
        if response.headers["age"] == nil, let server = response.headers["date"].flatMap(HTTPDate.moment) {
            let reading = ClockReading(server: server, here: now())
            latest.withLock { $0 = reading }
        }
        return response
    }
}
