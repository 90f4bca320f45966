/// Carries requests to an agenda's server.
///
/// The sync engine runs over HTTP, over a server in the same process, and over the simulated network of the tests.
public protocol Transport: Sendable {
    /// Sends a request and gives the answer as soon as its head is there.
    ///
    /// - Throws: `TransportFailure` when there is no answer; the body's sequence throws it too.
    func send(_ request: TransportRequest) async throws -> TransportResponse
}

/// One request.
public struct TransportRequest: Hashable, Sendable {
    /// `GET`, `POST` or `DELETE`.
    public var method: String
    /// Path and query below the agenda's address: empty, or beginning with `/`.
    public var path: String
    /// Names in any case; at most one value each.
    public var headers: [String: String]
    /// Empty for all but `POST`.
    public var body: [UInt8]
    /// How long the head of the answer may take.
    public var headTimeout: Duration
    /// How long the answer's body may pause.
    public var idleTimeout: Duration
    /// The least that the answer's body must bring; nil for answers that may take any time.
    public var pace: TransferPace?

    /// Makes a request.
    public init(
        method: String = "GET",
        path: String,
        headers: [String: String] = [:],
        body: [UInt8] = [],
        headTimeout: Duration = .seconds(60),
        idleTimeout: Duration = .seconds(30),
        pace: TransferPace? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.headTimeout = headTimeout
        self.idleTimeout = idleTimeout
        self.pace = pace
    }
}

/// The head of an answer, and its body as it arrives.
public struct TransportResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// By lowercase name.
    public var headers: [String: String]
    /// The pieces of the body, nil at its end.
    ///
    /// Not to be called from several tasks at once.
    public var next: @Sendable () async throws -> [UInt8]?

    /// Makes an answer.
    public init(status: Int, headers: [String: String], next: @escaping @Sendable () async throws -> [UInt8]?) {
        self.status = status
        self.headers = [:]
        self.next = next
        for (name, value) in headers {
            self.headers[name.lowercased()] = value
        }
    }
}

/// Why there was no answer, or only a part of one.
public struct TransportFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, CaseIterable, Sendable {
        /// The host has no address, or the network no way to it.
        case noRoute
        /// Nobody listens there.
        case refused
        /// The connection ended before the answer did.
        case cut
        /// A deadline passed.
        case timeout
        /// TLS failed, or the certificate is not trusted.
        case insecure
        /// The answer breaks HTTP, or the proxy in between refused.
        case malformed
        /// The task was cancelled.
        case cancelled
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened, without secrets.
    public var detail: String

    /// Makes a failure.
    public init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The detail.
    public var description: String { detail }

    /// Whether the same request may succeed a little later.
    public var mayPass: Bool {
        switch code {
        case .noRoute, .refused, .cut, .timeout: true
        case .insecure, .malformed, .cancelled: false
        }
    }
}
