internal import HTTPTypes
internal import NIOCore

@testable internal import HummingbirdTesting

/// A client with one connection to a running server.
///
/// HummingbirdTesting's own live client gives up on an answer after 20 s, which a busy machine can take. Only within that
/// module can a `TestResponse` be made.
struct LiveClient: TestClientProtocol {
    private let client: TestClient
    private let number: Int

    /// Connects to a port of this machine.
    init(port: Int) {
        number = port
        client = TestClient(host: "127.0.0.1", port: port, configuration: .init(timeout: Self.timeout))
        client.connect()
    }

    /// For what hangs, not for what is slow.
    private static let timeout = Duration.seconds(900)

    var port: Int? { number }

    func executeRequest(
        uri: String,
        method: HTTPRequest.Method,
        headers: HTTPFields,
        body: ByteBuffer?
    ) async throws -> TestResponse {
        var headers = headers
        headers[.connection] = "keep-alive"
        let response = try await client.execute(
            TestClient.Request(uri, method: method, authority: "localhost", headers: headers, body: body)
        )
        return TestResponse(
            head: response.head,
            body: response.body ?? ByteBuffer(),
            trailerHeaders: response.trailerHeaders
        )
    }

    func shutDown() async { try? await client.shutdown() }
}
