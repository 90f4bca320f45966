public import AgendaModel
internal import AsyncHTTPClient
public import EventLog
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Carries requests over HTTP or HTTPS.
///
/// ```swift
/// let transport = try HTTPTransport(url: url)
/// let answer = try await transport.send(TransportRequest(path: "/ready"))
/// var body: [UInt8] = []
/// while let piece = try await answer.next() { body += piece }
/// print(answer.status, String(decoding: body, as: UTF8.self))
/// await transport.shutDown()
/// ```
///
/// Follows no redirects, so that the token only goes to the address that was given; checks certificates. Goes through the
/// proxy that the environment names.
public final class HTTPTransport: Transport {
    private let url: String
    /// nil when the address is reached without one.
    private let proxy: Proxy?
    private let client: HTTPClient
    /// For answers that may pause for longer.
    private let pausing: HTTPClient

    /// - Parameters:
    ///   - url: the agenda's address: `https://host[:port]/agendas/<name>`.
    ///   - environment: names the certificates that are trusted, and the proxies.
    /// - Throws: `LogClientError` with code `invalidAddress`, also for a variable that names no proxy, or `badCertificates` when
    ///   the file that is named holds none.
    public convenience init(url: String, environment: RuntimeEnvironment = .system) throws(LogClientError) {
        try self.init(log: AgendaAddress(url).log, environment: environment)
    }

    /// The same for a log that need not be an agenda's.
    package init(log address: LogAddress, environment: RuntimeEnvironment) throws(LogClientError) {
        url = address.text
        proxy = try ProxySettings(environment.variables).proxy(for: address)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(30)
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Whoever sends has a retry policy.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        configuration.proxy = proxy.map(HTTPClient.Configuration.Proxy.init)
        if let trustedCertificates = environment.trustedCertificates, address.isSecure {
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
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: "\(Software.name)/\(Software.version)")
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        do {
            let client = request.idleTimeout > .seconds(30) ? pausing : client
            let response = try await client.execute(outgoing, timeout: TimeAmount(request.headTimeout))
            var headers: [String: String] = [:]
            for (name, value) in response.headers { headers[name.lowercased()] = value }
            let body = BodyPieces(response.body, request.pace)
            return TransportResponse(status: Int(response.status.code), headers: headers) { try await body.next() }
        } catch {
            let failure = LogClientError(http: error)
            throw proxy.map { failure.through($0, isSecure: url.hasPrefix("https:")) } ?? failure
        }
    }
}

extension HTTPClient.Configuration.Proxy {
    /// Everything goes through a tunnel (`CONNECT`, RFC 9110 section 9.3.6), so that a proxy sees no more than where to.
    fileprivate init(_ proxy: Proxy) {
        switch proxy.kind {
        case .http:
            let authorization = proxy.credentials.map {
                HTTPClient.Authorization.basic(username: $0.user, password: $0.password)
            }
            self = .server(host: proxy.host, port: proxy.port, authorization: authorization)
        case .socks: self = .socksServer(host: proxy.host, port: proxy.port)
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
