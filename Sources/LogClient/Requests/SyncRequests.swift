package import AgendaModel
internal import Deflate
internal import SyncProtocol

/// The requests of a sync, and what their answers may be.
package struct SyncRequests: Sendable {
    package let token: String
    /// What this machine takes for the time, which a server holds its own clock against; nil to say nothing.
    private let now: (@Sendable () -> Timestamp)?

    package init(token: String, now: (@Sendable () -> Timestamp)? = nil) {
        self.token = token
        self.now = now
    }

    /// Answers that are read whole may not be longer.
    package static let maximumAnswer = 32 * 1024 * 1024
    /// How long the head of an answer may take where nothing is sent: no longer than a connection may be silent.
    ///
    /// Whoever says again and again that the answer is yet to come (1xx) is silent as well.
    private static let headTimeout: Duration = .seconds(30)
    package static let maximumCheckpoint = 64 * 1024
    package static let maximumProblem = 256 * 1024

    /// Asks for the latest checkpoint.
    ///
    /// - Parameter name: something that nobody has asked for, so that no cache can answer.
    /// - Returns: the request.
    package func checkpoint(fresh name: String) -> TransportRequest {
        TransportRequest(
            path: "/checkpoint?fresh=\(name)",
            headers: headers(accept: "text/plain"),
            headTimeout: Self.headTimeout,
            pace: .least
        )
    }

    /// A name for a request of which no cache has an answer, from random bytes.
    package static func freshName(_ random: (Int) -> [UInt8]) -> String {
        random(8).map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }

    /// The server's latest checkpoint, as it came.
    ///
    /// Past caches: an old one would be taken for all that there is.
    ///
    /// - Parameters:
    ///   - transport: to the server.
    ///   - random: gives so many random bytes.
    /// - Returns: the note, not verified.
    /// - Throws: `LogClientError`, or what the transport throws.
    package func readCheckpoint(over transport: any Transport, random: (Int) -> [UInt8]) async throws -> String {
        let response = try await transport.send(checkpoint(fresh: Self.freshName(random)))
        let body = try await response.body(status: 200, type: "text/plain", limit: Self.maximumCheckpoint)
        guard let note = String(validating: body, as: UTF8.self) else {
            throw LogClientError.foreign("its checkpoint is not UTF-8")
        }
        return note
    }

    /// - Parameters:
    ///   - lines: events, each followed by a newline.
    ///   - size: what this replica has verified.
    /// - Returns: the request, compressed when the server can take it so.
    package func push(_ lines: [UInt8], size: LogSize) -> TransportRequest {
        var request = post(lines, to: "/events")
        request.headers[ProtocolConstants.sizeHeader] = size.description
        return request
    }

    /// Gives back entries: a header and entries, each followed by a newline.
    package func heal(_ body: [UInt8]) -> TransportRequest { post(body, to: "/heal") }

    private func post(_ lines: [UInt8], to path: String) -> TransportRequest {
        var headers = headers(accept: ProtocolConstants.json)
        if let now { headers["Date"] = HTTPDate.text(of: now()) }
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

    package func pull(after: LogSize, limit: Int) -> TransportRequest {
        TransportRequest(
            path: "/events?after=\(after)&limit=\(limit)",
            headers: headers(accept: ProtocolConstants.members),
            headTimeout: Self.headTimeout,
            pace: .least
        )
    }

    /// Entries from a position on as they come.
    package func follow(after: LogSize) -> TransportRequest {
        TransportRequest(
            path: "/events?after=\(after)",
            headers: headers(accept: ProtocolConstants.eventStream),
            idleTimeout: .seconds(120)
        )
    }

    /// Entries from a position on as soon as there are any.
    package func await(after: LogSize, seconds: Int) -> TransportRequest {
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
    ///   - time: what this machine takes for the time.
    /// - Returns: the request.
    package static func enrolment(
        _ body: [UInt8],
        token: String? = nil,
        size: LogSize = .zero,
        at time: Timestamp? = nil
    ) -> TransportRequest {
        var headers = headers(accept: ProtocolConstants.json, token: token)
        if let time { headers["Date"] = HTTPDate.text(of: time) }
        headers["Content-Type"] = ProtocolConstants.json
        if size > .zero { headers[ProtocolConstants.sizeHeader] = size.description }
        return TransportRequest(method: "POST", path: "/devices", headers: headers, body: body, pace: .least)
    }

    private func headers(accept: String) -> [String: String] { Self.headers(accept: accept, token: token) }

    private static func headers(accept: String, token: String?) -> [String: String] {
        var headers = ["Accept": accept, ProtocolConstants.versionHeader: String(ProtocolConstants.version)]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        return headers
    }
}
