internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

// Errors are told apart by their types and codes; what they say in words may change with the library.
extension LogClientError {
    /// What an error of the HTTP client, or of the layers below it, means.
    init(http error: any Error) {
        switch error {
        case let error as LogClientError: self = error
        case let error as HTTPClientError: self.init(client: error)
        case let error as NIOConnectionError: self.init(connecting: error)
        case let error as IOError: self.init(system: error)
        case is CancellationError: self.init(.cancelled, "the request was cancelled")
        case HTTPParserError.invalidEOFState: self.init(.cut, "the connection ended before the answer did")
        case is HTTPParserError: self.init(.malformed, "its answer is not HTTP")
        case ChannelError.connectTimeout: self = .connectTimeout
        case NIOSSLError.uncleanShutdown: self.init(.cut, "the connection ended before the answer did")
        case NIOSSLError.handshakeFailed:
            self.init(
                .insecure,
                "the TLS handshake failed; the server's certificate may not be trusted, or what answers has no TLS"
            )
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate: self = .untrusted
        case let error as NIOSSLExtraError
        where error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch:
            self = .untrusted
        case is NIOSSLExtraError, BoringSSLError.invalidSNIName, BoringSSLError.failedToSetALPN:
            self.init(.insecure, "a TLS connection failed")
        // The connection was secure before, and a request may have gone over it.
        case is BoringSSLError, NIOSSLError.readInInvalidTLSState, NIOSSLError.shutdownFailed:
            self.init(.cut, "the TLS connection failed before the answer had ended")
        case is NIOSSLError:
            self.init(.insecure, "a TLS connection failed")
        default: self.init(.cut, "the connection failed")
        }
    }

    /// The same of a request that went through a proxy: it may be the proxy's fault.
    ///
    /// - Parameters:
    ///   - proxy: which.
    ///   - isSecure: whether the request was to go over TLS. What a proxy sends together with its consent is lost. So a
    ///     handshake which it spoils is not seen to fail, and ends with the time for connecting.
    /// - Returns: the same, naming the proxy.
    func through(_ proxy: Proxy, isSecure: Bool) -> LogClientError {
        var error = self
        if isSecure, error == .connectTimeout {
            error.message = "no secure connection within the time allowed; what answers may have no TLS"
        }
        error.message += " (through the proxy \(proxy.name))"
        return error
    }

    private static var untrusted: LogClientError {
        LogClientError(.insecure, "the server's certificate is not trusted, or is for another name")
    }

    private static var connectTimeout: LogClientError {
        LogClientError(.timeout, "no connection within the time allowed")
    }

    /// No address of a host could be connected to; the failure that says most counts.
    private init(connecting error: NIOConnectionError) {
        let failures = error.connectionErrors.map { LogClientError(http: $0.error) }
        let telling = [Code.refused, .timeout].lazy.compactMap { code in failures.first { $0.code == code } }.first
        self = telling ?? LogClientError(.noRoute, "its name has no address, or there is no network to it")
    }

    private init(system error: IOError) {
        switch error.errnoCode {
        case ECONNREFUSED: self.init(.refused, "nothing answers at that address and port")
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN: self.init(.noRoute, "there is no network to it")
        case ETIMEDOUT: self.init(.timeout, "the connection timed out")
        default: self.init(.cut, "the connection failed")
        }
    }

    private init(client error: HTTPClientError) {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: self = .connectTimeout
        case .readTimeout, .deadlineExceeded, .writeTimeout:
            self.init(.timeout, "no answer within the time allowed")
        case .tlsHandshakeTimeout:
            self.init(.timeout, "the TLS handshake took too long")
        case .remoteConnectionClosed, .uncleanShutdown, .requestStreamCancelled:
            self.init(.cut, "the connection ended before the answer did")
        case .cancelled:
            self.init(.cancelled, "the request was cancelled")
        case .proxyAuthenticationRequired:
            self.init(.malformed, "the proxy in between asks for a user and a password that it knows")
        case .invalidProxyResponse:
            self.init(.malformed, "the proxy in between does not connect to that host and port")
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            self.init(.timeout, "the proxy in between does not answer")
        default:
            self.init(.malformed, "the HTTP client reports: \(error.shortDescription)")
        }
    }
}
