package import AgendaModel
internal import SyncProtocol

/// Requests to an agenda that are answered at once: everything besides syncing.
package struct AgendaRequests: Sendable {
    private let transport: any Transport
    private let token: String
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - transport: to the agenda.
    ///   - token: of a device of the agenda.
    ///   - now: what this machine takes for the time, which a server holds its own clock against.
    package init(over transport: any Transport, token: String, now: @escaping @Sendable () -> Timestamp) {
        self.transport = transport
        self.token = token
        self.now = now
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
            "Date": HTTPDate.text(of: now()),
            ProtocolConstants.versionHeader: String(ProtocolConstants.version),
        ]
        var bytes: [UInt8] = []
        if let body {
            headers["Content-Type"] = ProtocolConstants.json
            bytes = try ProtocolJSON.encode(body)
        }
        return try await read(
            transport.send(TransportRequest(method: method, path: path, headers: headers, body: bytes))
        )
    }
}
