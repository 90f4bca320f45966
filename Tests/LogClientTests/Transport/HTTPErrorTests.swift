import AsyncHTTPClient
import NIOCore
import NIOSSL
import Testing

@testable import LogClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What errors of the HTTP client mean, told by their types and codes.
struct HTTPErrorTests {
    @Test(
        "Errors of the system are told apart by their number",
        arguments: [
            (ECONNREFUSED, .refused), (ENETUNREACH, .noRoute), (EHOSTUNREACH, .noRoute), (ETIMEDOUT, .timeout),
            (ECONNRESET, .cut), (EPIPE, .cut),
        ] as [(Int32, LogClientError.Code)]
    )
    func system(number: Int32, code: LogClientError.Code) {
        // The words say something else on purpose.
        let error = IOError(errnoCode: number, reason: "refused, timed out, certificate")
        #expect(LogClientError(http: error).code == code)
    }

    @Test("Deadlines, broken connections, TLS and nonsense are different things")
    func others() {
        let expected: [(any Error, LogClientError.Code)] = [
            (HTTPClientError.connectTimeout, .timeout), (HTTPClientError.readTimeout, .timeout),
            (HTTPClientError.deadlineExceeded, .timeout), (HTTPClientError.tlsHandshakeTimeout, .timeout),
            (HTTPClientError.remoteConnectionClosed, .cut), (HTTPClientError.cancelled, .cancelled),
            (HTTPClientError.invalidProxyResponse, .malformed), (ChannelError.connectTimeout(.seconds(1)), .timeout),
            (ChannelError.eof, .cut), (NIOSSLError.uncleanShutdown, .cut),
            (NIOSSLError.unableToValidateCertificate, .insecure),
            (NIOSSLError.handshakeFailed(.zeroReturn), .insecure),
            (NIOSSLExtraError.failedToValidateHostname, .insecure),
            // Once a connection was secure, a request may have arrived.
            (BoringSSLError.sslError([]), .cut), (BoringSSLError.zeroReturn, .cut),
            (NIOSSLError.readInInvalidTLSState, .cut), (NIOSSLError.shutdownFailed(.zeroReturn), .cut),
            (CancellationError(), .cancelled), (LogClientError(.damaged, "as it was"), .damaged),
        ]
        for (error, code) in expected { #expect(LogClientError(http: error).code == code, "\(error)") }
    }

    @Test("A proxy that leads to something without TLS is told of as that")
    func proxies() throws {
        let variables = ["HTTPS_PROXY": "http://127.0.0.1:3128"]
        let address = try AgendaAddress("https://agenda.example/agendas/assen").log
        let proxy = try #require(try ProxySettings(variables).proxy(for: address))
        let failure = LogClientError(http: HTTPClientError.connectTimeout)
        let secure = failure.through(proxy, isSecure: true)
        #expect(secure.code == .timeout && secure.message.contains("TLS") && secure.message.contains("127.0.0.1:3128"))
        #expect(!failure.through(proxy, isSecure: false).message.contains("TLS"))
        let later = LogClientError(http: HTTPClientError.readTimeout).through(proxy, isSecure: true)
        #expect(!later.message.contains("TLS"))
    }
}
