internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension LogClientError {
    /// What an error of the HTTP client means.
    init(http error: any Error) {
        switch error {
        case let error as LogClientError: self = error
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
