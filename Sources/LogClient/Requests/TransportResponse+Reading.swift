internal import SyncProtocol

extension TransportResponse {
    /// The answer's body when its status and media type are these.
    ///
    /// - Throws: `LogClientError` for any other answer, a body over the limit included.
    package func body(status: Int, type: String, limit: Int) async throws -> [UInt8] {
        try await check(status: status, type: type)
        return try await read(limit: limit)
    }

    /// Checks status and media type.
    ///
    /// - Throws: `LogClientError`, with the problem that the body holds.
    package func check(status: Int, type: String) async throws {
        let found = mediaType
        guard self.status == status else {
            if (300..<400).contains(self.status) {
                throw LogClientError.foreign(
                    "it sends on to another address (status \(self.status)), which is not followed",
                    status: self.status
                )
            }
            let problem = found == ProtocolConstants.problem ? try await readProblem() : nil
            if problem == nil, !Self.mayBeSaidInBetween(self.status) {
                throw LogClientError.foreign(
                    "it answers with status \(self.status) and \(found ?? "no media type")",
                    status: self.status
                )
            }
            // Only the server knows when it is worth while to come back.
            throw LogClientError.answer(status: self.status, problem, retryAfter: problem == nil ? nil : retryAfter)
        }
        guard found == type else {
            throw LogClientError.foreign(
                "it answers with \(found ?? "no media type") instead of \(type)",
                status: self.status
            )
        }
        guard headers["content-encoding"] ?? "identity" == "identity" else {
            throw LogClientError.foreign("it compresses an answer that was asked for as it is", status: self.status)
        }
    }

    /// Whether a status means the same from a proxy in front of the server as from the server itself.
    ///
    /// All others a server explains with problem details. Without them somebody else answers in its place, such as a
    /// network's login page. That does not know what this laptop may do and what agendas there are.
    private static func mayBeSaidInBetween(_ status: Int) -> Bool {
        [408, 413, 425, 429].contains(status) || (status >= 500 && status != 511)
    }

    /// Without parameters.
    private var mediaType: String? {
        headers["content-type"]?.split(separator: ";").first?.lowercased().trimmingSpaces
    }

    private var retryAfter: Duration? {
        guard let seconds = headers["retry-after"].flatMap({ Int($0) }), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 86_400))
    }

    /// nil where it is somebody else's: gateways use the same form (RFC 9457) with types of their own.
    private func readProblem() async throws -> ProblemDetails? {
        let bytes = try await read(limit: SyncRequests.maximumProblem)
        guard let problem = try? ProtocolJSON.decode(ProblemDetails.self, from: bytes),
            problem.type.hasPrefix(ProblemType.pathPrefix)
        else { return nil }
        return problem
    }

    /// The whole body.
    ///
    /// - Throws: `LogClientError` when it is longer than the limit.
    package func read(limit: Int) async throws -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await next() {
            guard body.count + piece.count <= limit else {
                throw LogClientError.foreign("its answer is longer than \(limit) bytes")
            }
            body += piece
        }
        return body
    }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
