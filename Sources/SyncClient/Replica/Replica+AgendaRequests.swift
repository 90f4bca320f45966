internal import AgendaModel
internal import LogClient

extension Replica {
    /// Runs the body with this laptop's token, over HTTP unless there is another transport.
    ///
    /// - Throws: `ReplicaError`.
    func asking<Value: Sendable>(
        over transport: (any Transport)?,
        token: String,
        _ body: @Sendable (AgendaRequests) async throws -> Value
    ) async throws -> Value {
        let size = try verifiedSize
        do {
            return try await overTransport(transport) { transport in
                try await body(AgendaRequests(over: transport, token: token, environment: environment))
            }
        } catch {
            guard let failure = LogClientError(ending: error) else { throw error }
            throw ReplicaError(failure, verifiedSize: size)
        }
    }
}
