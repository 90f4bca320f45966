internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Carries requests over HTTP or HTTPS.
///
/// Follows no redirects, so that the token only goes to the address that was given; checks certificates.
public final class HTTPTransport: Transport {
    private let url: String
    private let client: HTTPClient
    /// For answers that may pause for longer.
    private let pausing: HTTPClient

    /// - Parameters:
    ///   - url: the agenda's address: `https://host[:port]/agendas/<name>`.
    ///   - trustedCertificates: a PEM file with the certificates that the server's may rest on; nil = the system's.
    /// - Throws: `LogClientError` with code `invalidAddress`, or `badCertificates` when the file holds none.
    public convenience init(url: String, trustedCertificates: String? = nil) throws(LogClientError) {
        try self.init(address: AgendaAddress(url).text, trustedCertificates: trustedCertificates)
    }

    /// The same for a log that need not be an agenda's.
    package convenience init(log: LogAddress, trustedCertificates: String?) throws(LogClientError) {
        try self.init(address: log.text, trustedCertificates: trustedCertificates)
    }

    private init(address: String, trustedCertificates: String?) throws(LogClientError) {
        url = address
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(30)
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Whoever sends has a retry policy.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        if let trustedCertificates, url.lowercased().hasPrefix("https:") {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try Self.certificates(in: trustedCertificates))
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.timeout.read = .seconds(120)
        pausing = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func certificates(in path: String) throws(LogClientError) -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
            throw LogClientError(
                .badCertificates,
                "the file of trusted certificates cannot be read, or holds none in PEM: \(path)",
                nextStep: "check SSL_CERT_FILE, or unset it to trust what the system trusts"
            )
        }
        return found
    }

    /// Runs the body, and closes the connections when it ends.
    package func shuttingDown<Value>(after body: () async throws -> Value) async throws -> Value {
        let result = await Result.running(body)
        await shutDown()
        return try result.get()
    }

    /// Closes the connections.
    ///
    /// Must be called when the transport is not used any more.
    public func shutDown() async {
        try? await client.shutdown()
        try? await pausing.shutdown()
    }

    /// Sends a request; see `Transport`.
    public func send(_ request: TransportRequest) async throws -> TransportResponse {
        var outgoing = HTTPClientRequest(url: url + request.path)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: "ambit")
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        do {
            let client = request.idleTimeout > .seconds(30) ? pausing : client
            let response = try await client.execute(outgoing, timeout: TimeAmount(request.headTimeout))
            var headers: [String: String] = [:]
            for (name, value) in response.headers { headers[name.lowercased()] = value }
            let body = BodyPieces(response.body, request.pace)
            return TransportResponse(status: Int(response.status.code), headers: headers) { try await body.next() }
        } catch {
            throw LogClientError(http: error)
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
