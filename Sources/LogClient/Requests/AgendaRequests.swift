package import AgendaModel
internal import SyncProtocol

/// Requests to an agenda that are answered at once: everything besides syncing.
///
/// What is read is of now, whatever a cache in between has kept.
package struct AgendaRequests: Sendable {
    private let transport: any Transport
    private let token: String
    private let environment: RuntimeEnvironment

    /// - Parameters:
    ///   - transport: to the agenda.
    ///   - token: of a device of the agenda.
    ///   - environment: what this machine takes for the time, which a server holds its own clock against; and names that no
    ///     cache knows.
    package init(over transport: any Transport, token: String, environment: RuntimeEnvironment) {
        self.transport = transport
        self.token = token
        self.environment = environment
    }

    /// Sends a request and decodes the answer.
    ///
    /// - Throws: `LogClientError`.
    package func ask<Answer: Decodable>(
        _ method: String = "GET",
        _ path: String,
        sending body: (any Encodable & Sendable)? = nil,
        status: Int = 200,
        for type: Answer.Type = Answer.self
    ) async throws -> Answer {
        try await carryOut(method, path, sending: body) { response in
            let bytes = try await response.body(
                status: status,
                type: ProtocolConstants.json,
                limit: SyncRequests.maximumProblem
            )
            guard let answer = try? ProtocolJSON.decode(Answer.self, from: bytes) else {
                throw LogClientError.foreign("its answer is not in the form of this protocol")
            }
            return answer
        }
    }

    /// Sends a request that is answered with 204.
    ///
    /// - Throws: `LogClientError`.
    package func send(_ method: String, _ path: String) async throws {
        try await carryOut(method, path, sending: nil) { response in
            guard response.status == 204 else {
                try await response.check(status: 204, type: "")
                return
            }
        }
    }

    private func carryOut<Value>(
        _ method: String,
        _ path: String,
        sending body: (any Encodable & Sendable)?,
        read: (TransportResponse) async throws -> Value
    ) async throws -> Value {
        var headers = [
            "Accept": ProtocolConstants.json,
            "Authorization": "Bearer \(token)",
            "Date": HTTPDate.text(of: environment.now()),
            ProtocolConstants.versionHeader: String(ProtocolConstants.version),
        ]
        var bytes: [UInt8] = []
        if let body {
            headers["Content-Type"] = ProtocolConstants.json
            bytes = try ProtocolJSON.encode(body)
        }
        let path = method == "GET" ? "\(path)?fresh=\(SyncRequests.freshName(environment.random))" : path
        return try await read(
            transport.send(TransportRequest(method: method, path: path, headers: headers, body: bytes))
        )
    }
}
