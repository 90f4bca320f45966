import Foundation
import SyncClient
import SyncTesting
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A socket that gives every connection the same bytes, whatever it asks.
final class CannedServer: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let accepted = Mutex(0)

    /// How many connections there were.
    var connections: Int { accepted.withLock { $0 } }

    /// - Parameters:
    ///   - answer: for every request.
    ///   - drip: sent again and again after it, until the other side has had enough.
    /// - Throws: when there is no socket to be had.
    init(_ answer: String, drip: String? = nil) throws {
        #if canImport(Darwin)
            let stream = SOCK_STREAM
        #else
            let stream = Int32(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, stream, 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        try #require(bound)
        port = UInt16(bigEndian: address.sin_port)
        self.descriptor = descriptor
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                accepted.withLock { $0 += 1 }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                _ = recv(connection, &buffer, buffer.count, 0)
                let bytes = Array(answer.utf8)
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                if let drip = drip.map({ Array($0.utf8) }) {
                    while send(connection, drip, drip.count, Int32(MSG_NOSIGNAL)) > 0 { usleep(5_000) }
                }
                shutdown(connection, Int32(SHUT_RDWR))
                close(connection)
            }
        }
    }

    /// An address on this server, or, with `closed`, one where nobody listens any more.
    func url(closed: Bool = false) -> String {
        if closed { stop() }
        return "http://127.0.0.1:\(port)/agendas/assen"
    }

    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}

struct ClientHTTPTests {
    private func enrol(at url: String) async throws -> ReplicaError? {
        let folder = try TestFolder()
        return await failure {
            try await Replica.enrol(
                url: url,
                into: folder.file("laptop"),
                invite: "a",
                memberName: "b",
                deviceName: "c",
                options: .noRetries
            )
        }
    }

    @Test(
        "What is no Ambit server is said to be none",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>hi</html>",
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\":\"b\"}",
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\nnot",
            "HTTP/1.1 302 Found\r\nLocation: https://login.test/\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 511 Network Authentication Required\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
            "SSH-2.0-OpenSSH_9.6\r\n",
        ]
    )
    func foreign(answer: String) async throws {
        let server = try CannedServer(answer)
        defer { server.stop() }
        let error = try await enrol(at: server.url())
        #expect(error?.code == .notAnAmbitServer, "\(String(describing: error))")
        #expect(error?.nextStep != nil)
    }

    @Test("A proxy or gateway that has no server behind it is said to be unavailable", arguments: [502, 503, 504])
    func gateway(status: Int) async throws {
        let server = try CannedServer("HTTP/1.1 \(status) Down\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")
        defer { server.stop() }
        #expect(try await enrol(at: server.url())?.code == .unavailable)
    }

    @Test("An answer that ends too early is a connection that broke")
    func cut() async throws {
        let server = try CannedServer(
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"device\":"
        )
        defer { server.stop() }
        let error = try await enrol(at: server.url())
        #expect(error?.code == .unreachable, "\(String(describing: error))")
    }

    @Test("A server that is down is said to be unreachable")
    func down() async throws {
        let server = try CannedServer("")
        let error = try await enrol(at: server.url(closed: true))
        #expect(error?.code == .unreachable, "\(String(describing: error))")
        #expect(error?.message.contains("nothing answers") == true)
    }

    @Test("A server without TLS at an https address is not talked to")
    func plain() async throws {
        let server = try CannedServer("HTTP/1.1 200 OK\r\n\r\n")
        defer { server.stop() }
        let error = try await enrol(at: "https://127.0.0.1:\(server.port)/agendas/assen")
        #expect(error?.code == .insecure || error?.code == .unreachable, "\(String(describing: error))")
    }
}
