import Foundation
import SyncClient
import SyncTesting
import Testing

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
