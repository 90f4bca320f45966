/// Carries requests to an agenda's server.
///
/// The sync engine runs over HTTP, over a server in the same process, and over the simulated network of the tests.
public protocol Transport: Sendable {
    /// Sends a request and gives the answer as soon as its head is there.
    ///
    /// - Throws: `LogClientError` when there is no answer; the body's sequence throws it too.
    func send(_ request: TransportRequest) async throws -> TransportResponse
}
