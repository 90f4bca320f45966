internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Carries requests over HTTP or HTTPS.
///
/// Follows no redirects, so that the token only goes to the address that was given; checks certificates.
public final class HTTPTransport: Transport {
    private let url: String
    private let client: HTTPClient
    /// For answers that may pause for longer.
    private let patient: HTTPClient

    /// - Parameters:
    ///   - url: the agenda's address: `https://host[:port]/agendas/<name>`.
    ///   - trustedCertificates: a PEM file with the certificates that the server's may rest on; nil = the system's.
    /// - Throws: `ReplicaError` with code `invalidAddress`, or `insecure` when the file holds no certificates.
    public convenience init(url: String, trustedCertificates: String? = nil) throws(ReplicaError) {
        try self.init(address: AgendaAddress(url).text, trustedCertificates)
    }

    /// The same for a log that need not be an agenda's.
    package convenience init(log: LogAddress, trustedCertificates: String?) throws(ReplicaError) {
        try self.init(address: log.text, trustedCertificates)
    }

    private init(address: String, _ trustedCertificates: String?) throws(ReplicaError) {
        url = address
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(30)
        configuration.connectionPool.idleTimeout = .seconds(30)
        // The sync has its own patience.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        if let trustedCertificates, url.lowercased().hasPrefix("https:") {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try Self.certificates(in: trustedCertificates))
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.timeout.read = .seconds(120)
        patient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func certificates(in path: String) throws(ReplicaError) -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
            throw ReplicaError(
                .insecure,
                "the file of trusted certificates cannot be read, or holds none in PEM: \(path)",
                nextStep: "check SSL_CERT_FILE, or unset it to trust what the system trusts"
            )
        }
        return found
    }

    /// Closes the connections.
    ///
    /// Must be called when the transport is not used any more.
    public func shutDown() async {
        try? await client.shutdown()
        try? await patient.shutdown()
    }

    /// Sends a request; see `Transport`.
    public func send(_ request: TransportRequest) async throws -> TransportResponse {
        var outgoing = HTTPClientRequest(url: url + request.path)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: "ambit")
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        do {
            let client = request.idleTimeout > .seconds(30) ? patient : client
            let response = try await client.execute(outgoing, timeout: TimeAmount(request.headTimeout))
            var headers: [String: String] = [:]
            for (name, value) in response.headers { headers[name.lowercased()] = value }
            let body = BodyPieces(response.body, request.pace)
            return TransportResponse(status: Int(response.status.code), headers: headers) { try await body.next() }
        } catch {
            throw TransportFailure(error)
        }
    }
}

/// The pieces of an answer, one at a time.
///
/// Unchecked because iterator and meter are mutable; sound because only one call at a time gets past `isReading`.
private final class BodyPieces: @unchecked Sendable {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private var meter: PaceMeter?
    private let isReading = Mutex(false)

    init(_ body: HTTPClientResponse.Body, _ pace: TransferPace?) {
        iterator = body.makeAsyncIterator()
        meter = pace.map(PaceMeter.init)
    }

    func next() async throws -> [UInt8]? {
        let isFirst = isReading.withLock { isReading in
            defer { isReading = true }
            return !isReading
        }
        precondition(isFirst, "an answer's body is read by one task at a time")
        defer { isReading.withLock { $0 = false } }
        do {
            let start = ContinuousClock.now
            guard let piece = try await iterator.next() else { return nil }
            try meter?.took(piece.readableBytes, after: start.duration(to: .now))
            return Array(piece.readableBytesView)
        } catch {
            throw TransportFailure(error)
        }
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        self = .nanoseconds(
            duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
        )
    }
}

extension TransportFailure {
    /// What an error of the HTTP client means.
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as TransportFailure: self = error
        case let error as HTTPClientError: self.init(error)
        case is CancellationError: self.init(.cancelled, "the request was cancelled")
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED: self.init(.refused, "nothing answers at that address and port")
            case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN: self.init(.noRoute, "there is no network to it")
            case ETIMEDOUT: self.init(.timeout, "the connection timed out")
            default: self.init(.cut, "the connection failed")
            }
        case HTTPParserError.invalidEOFState: self.init(.cut, "the connection ended before the answer did")
        case is HTTPParserError: self.init(.malformed, "its answer is not HTTP")
        case is ChannelError: self.init(.cut, "the connection failed")
        default: self.init(named: String(reflecting: type(of: error)), error)
        }
    }

    /// Errors whose types belong to modules below the HTTP client.
    private init(named name: String, _ error: any Error) {
        if name.hasPrefix("NIOSSL") || name.contains("TLS") {
            let text = String(describing: error).lowercased()
            let isCertificate = text.contains("certificate") || text.contains("hostname")
            self.init(
                .insecure,
                isCertificate
                    ? "the server's certificate is not trusted, or is for another name" : "a TLS connection failed"
            )
        } else if name.hasSuffix("NIOConnectionError") {
            let text = String(describing: error)
            if text.contains("ECONNREFUSED") || text.contains("refused") {
                self.init(.refused, "nothing answers at that address and port")
            } else if text.contains("timed out") || text.contains("connectTimeout") {
                self.init(.timeout, "no connection within the time allowed")
            } else {
                self.init(.noRoute, "its name has no address, or there is no network to it")
            }
        } else {
            self.init(.cut, "the connection failed")
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout:
            self.init(.timeout, "no connection within the time allowed")
        case .readTimeout, .deadlineExceeded, .writeTimeout:
            self.init(.timeout, "no answer within the time allowed")
        case .tlsHandshakeTimeout:
            self.init(.timeout, "the TLS handshake took too long")
        case .remoteConnectionClosed, .uncleanShutdown, .requestStreamCancelled:
            self.init(.cut, "the connection ended before the answer did")
        case .cancelled:
            self.init(.cancelled, "the request was cancelled")
        case .proxyAuthenticationRequired, .invalidProxyResponse, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            self.init(.malformed, "the proxy in between refused (\(error.shortDescription))")
        default:
            self.init(.malformed, "the HTTP client reports: \(error.shortDescription)")
        }
    }
}
