package import AgendaModel

/// The way to a witness that is asked to cosign checkpoints, as C2SP's tlog-witness has it.
///
/// Over the same HTTP as everything else: no redirects are followed, and certificates are checked.
package struct WitnessTransport: Sendable {
    /// Longer answers are not read.
    private static let maximumAnswer = 64 * 1024
    private static let deadline = Duration.seconds(20)

    private let transport: HTTPTransport

    /// - Parameters:
    ///   - address: the witness's submission prefix.
    ///   - environment: names the certificates that are trusted, and the proxies.
    /// - Throws: `LogClientError`, as `HTTPTransport`.
    package init(to address: LogAddress, environment: RuntimeEnvironment) throws(LogClientError) {
        transport = try HTTPTransport(log: address, environment: environment)
    }

    /// Posts a body to the witness's `add-checkpoint`.
    ///
    /// - Returns: status and body of the answer, whatever they are.
    /// - Throws: `LogClientError` when there is no answer, or it is too long.
    package func submit(_ body: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
        let request = TransportRequest(
            method: "POST",
            path: "/add-checkpoint",
            headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: body,
            headTimeout: Self.deadline,
            idleTimeout: Self.deadline,
            pace: TransferPace(bytes: Self.maximumAnswer, within: Self.deadline)
        )
        let response = try await transport.send(request)
        return (response.status, try await response.read(limit: Self.maximumAnswer))
    }

    /// Closes the connections; must be called when it is not used any more.
    package func shutDown() async { await transport.shutDown() }
}
