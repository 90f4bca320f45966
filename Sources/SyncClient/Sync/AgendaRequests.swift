internal import SyncProtocol

/// Requests on an agenda that are answered at once: what is said to a server besides syncing.
struct AgendaRequests: Sendable {
    let transport: any Transport
    let token: String
    /// How much of the log the replica has verified.
    let verifiedSize: Int

    /// Sends a request and decodes the answer.
    ///
    /// - Throws: `ReplicaError`.
    func ask<Answer: Decodable>(
        _ method: String = "GET",
        _ path: String,
        _ body: (any Encodable & Sendable)? = nil,
        status: Int = 200,
        for type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try await carryOut(method, path, body) { response in
            let bytes = try await response.body(
                status: status,
                type: ProtocolConstants.json,
                limit: SyncRequests.greatestProblem
            )
            guard let answer = try? ProtocolJSON.decode(Answer.self, from: bytes) else {
                throw SyncFailure.foreign("its answer is not in the form of this protocol")
            }
            return answer
        }
    }

    /// Sends a request that is answered with 204.
    ///
    /// - Throws: `ReplicaError`.
    func tell(_ method: String, _ path: String) async throws {
        try await carryOut(method, path, nil) { response in
            guard response.status == 204 else {
                try await response.check(status: 204, type: "")
                return
            }
        }
    }

    private func carryOut<Value>(
        _ method: String,
        _ path: String,
        _ body: (any Encodable & Sendable)?,
        _ read: (TransportResponse) async throws -> Value
    ) async throws -> Value {
        var headers = [
            "Accept": ProtocolConstants.json,
            "Authorization": "Bearer \(token)",
            ProtocolConstants.versionHeader: String(ProtocolConstants.version),
        ]
        var bytes: [UInt8] = []
        if let body {
            headers["Content-Type"] = ProtocolConstants.json
            bytes = try ProtocolJSON.encode(body)
        }
        do {
            return try await read(
                transport.send(TransportRequest(method: method, path: path, headers: headers, body: bytes))
            )
        } catch {
            guard let failure = SyncFailure(error) else { throw error }
            throw failure.error(verifiedSize: verifiedSize)
        }
    }
}

extension Replica {
    /// Runs the body with this laptop's token, over HTTP unless there is another transport.
    func asking<Value: Sendable>(
        over transport: (any Transport)?,
        token: String,
        _ body: @Sendable (AgendaRequests) async throws -> Value
    ) async throws -> Value {
        let size = try verifiedSize
        return try await overTransport(transport) { transport in
            try await body(AgendaRequests(transport: transport, token: token, verifiedSize: size))
        }
    }
}
