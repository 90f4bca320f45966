internal import Deflate
internal import SyncProtocol

/// The requests of a sync, and what their answers may be.
struct SyncRequests: Sendable {
    let token: String

    /// Answers that are read whole may not be longer.
    static let greatestAnswer = 32 * 1024 * 1024
    static let greatestCheckpoint = 64 * 1024
    static let greatestProblem = 256 * 1024

    func checkpoint() -> TransportRequest {
        TransportRequest(path: "/checkpoint", headers: headers(accept: "text/plain"), pace: .least)
    }

    /// The server's latest checkpoint, as it came.
    ///
    /// - Throws: `SyncFailure`, or what the transport throws.
    func readCheckpoint(over transport: any Transport) async throws -> String {
        let response = try await transport.send(checkpoint())
        let body = try await response.body(status: 200, type: "text/plain", limit: Self.greatestCheckpoint)
        guard let note = String(validating: body, as: UTF8.self) else {
            throw SyncFailure.foreign("its checkpoint is not UTF-8")
        }
        return note
    }

    /// - Parameters:
    ///   - lines: events, each followed by a newline.
    ///   - size: what this replica has verified.
    /// - Returns: the request, compressed when the server can take it so.
    func push(_ lines: [UInt8], size: Int) -> TransportRequest {
        var request = post(lines, to: "/events")
        request.headers[ProtocolConstants.sizeHeader] = String(size)
        return request
    }

    /// Gives back entries: a header and entries, each followed by a newline.
    func heal(_ body: [UInt8]) -> TransportRequest { post(body, to: "/heal") }

    private func post(_ lines: [UInt8], to path: String) -> TransportRequest {
        var headers = headers(accept: ProtocolConstants.json)
        headers["Content-Type"] = ProtocolConstants.ndjson
        var body = Gzip.compress(lines)
        // A server refuses what inflates to much more than it is: such a body goes as it is.
        if lines.count / 2 < body.count * (Limits.standard.inflateRatio / 2) {
            headers["Content-Encoding"] = "gzip"
        } else {
            body = lines
        }
        return TransportRequest(
            method: "POST",
            path: path,
            headers: headers,
            body: body,
            headTimeout: .seconds(120),
            pace: .least
        )
    }

    func pull(after: Int, limit: Int) -> TransportRequest {
        TransportRequest(
            path: "/events?after=\(after)&limit=\(limit)",
            headers: headers(accept: ProtocolConstants.members),
            pace: .least
        )
    }

    /// Entries from a position on as they come.
    func follow(after: Int) -> TransportRequest {
        TransportRequest(
            path: "/events?after=\(after)",
            headers: headers(accept: ProtocolConstants.eventStream),
            idleTimeout: .seconds(120)
        )
    }

    /// Entries from a position on as soon as there are any.
    func await(after: Int, seconds: Int) -> TransportRequest {
        TransportRequest(
            path: "/events?after=\(after)&limit=4096&wait=\(seconds)",
            headers: headers(accept: ProtocolConstants.members),
            headTimeout: .seconds(120),
            idleTimeout: .seconds(120)
        )
    }

    /// - Parameters:
    ///   - body: JSON.
    ///   - token: of the device that goes on as another one; nil for whoever has an invite.
    ///   - size: what this replica has verified.
    /// - Returns: the request.
    static func enrolment(_ body: [UInt8], token: String? = nil, size: Int = 0) -> TransportRequest {
        var headers = headers(accept: ProtocolConstants.json, token: token)
        headers["Content-Type"] = ProtocolConstants.json
        if size > 0 { headers[ProtocolConstants.sizeHeader] = String(size) }
        return TransportRequest(method: "POST", path: "/devices", headers: headers, body: body, pace: .least)
    }

    private func headers(accept: String) -> [String: String] { Self.headers(accept: accept, token: token) }

    private static func headers(accept: String, token: String?) -> [String: String] {
        var headers = ["Accept": accept, ProtocolConstants.versionHeader: String(ProtocolConstants.version)]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        return headers
    }
}

extension TransportResponse {
    /// The answer's body when its status and media type are these.
    ///
    /// - Throws: `SyncFailure` for any other answer, a body over the limit included.
    func body(status: Int, type: String, limit: Int) async throws -> [UInt8] {
        try await check(status: status, type: type)
        return try await read(limit: limit)
    }

    /// Checks status and media type.
    ///
    /// - Throws: `SyncFailure`, with the problem that the body holds.
    func check(status: Int, type: String) async throws {
        let found = mediaType
        guard self.status == status else {
            if (300..<400).contains(self.status) {
                throw SyncFailure.foreign(
                    "it sends on to another address (status \(self.status)), which is not followed"
                )
            }
            let problem = found == ProtocolConstants.problem ? try await readProblem() : nil
            if problem == nil, !Self.mayBeSaidInBetween(self.status) {
                throw SyncFailure.foreign("it answers with status \(self.status) and \(found ?? "no media type")")
            }
            // Only the server knows when it is worth while to come back.
            throw SyncFailure.answer(status: self.status, problem, retryAfter: problem == nil ? nil : retryAfter)
        }
        guard found == type else {
            throw SyncFailure.foreign("it answers with \(found ?? "no media type") instead of \(type)")
        }
        guard headers["content-encoding"] ?? "identity" == "identity" else {
            throw SyncFailure.foreign("it compresses an answer that was asked for as it is")
        }
    }

    /// Whether a status means the same from a proxy in front of the server as from the server itself.
    ///
    /// All others a server explains with problem details. Without them somebody else answers in its place, such as a
    /// network's login page, who does not know what this laptop may do and what agendas there are.
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

    private func readProblem() async throws -> ProblemDetails? {
        let bytes = try await read(limit: SyncRequests.greatestProblem)
        return try? ProtocolJSON.decode(ProblemDetails.self, from: bytes)
    }

    /// The whole body.
    ///
    /// - Throws: `SyncFailure` when it is longer than the limit.
    func read(limit: Int) async throws -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await next() {
            guard body.count + piece.count <= limit else {
                throw SyncFailure.foreign("its answer is longer than \(limit) bytes")
            }
            body += piece
        }
        return body
    }
}

extension SyncFailure {
    /// What an error of the transport or of an answer means.
    ///
    /// - Returns: nil for errors that are of this side.
    init?(_ error: any Error) {
        switch error {
        case let error as SyncFailure: self = error
        case let error as TransportFailure: self = .transport(error)
        case is CancellationError: self = .transport(TransportFailure(.cancelled, "cancelled"))
        default: return nil
        }
    }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
