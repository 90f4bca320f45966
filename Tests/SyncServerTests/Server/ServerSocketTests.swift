import AgendaModel
import EventLog
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite(.serialized, .timeLimit(.minutes(10)))
struct ServerSocketTests {
    /// Runs a server on a free port, and stops it in order.
    private func withServer(_ options: ServerOptions, _ test: (Int) async throws -> Void) async throws {
        let source = try MemorySource()
        try source.add("assen")
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var options = options
        options.port = 0
        let server = try AmbitServer(source: source, options: options, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await test(try #require(await server.port))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("A server says its port, serves, and stops in order")
    func lifecycle() async throws {
        try await withServer(ServerOptions()) { port in
            #expect(port > 0)
            let request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answer = try await RawConnection.exchange(port, request)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test("Requests that come together are all answered, in their order", arguments: [1, 100, 2_000])
    func together(count: Int) async throws {
        try await TestServer.run(.live) { server, _ in
            let port = try #require(server.client.port)
            let requests = (0..<count).map { "\($0 % 3 == 1 ? "PUT" : "GET") /healthz HTTP/1.1\r\nHost: x\r\n\r\n" }
            let last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answer = try await RawConnection.exchange(port, requests.joined() + last)
            let statuses = answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            let expected = (0..<count).map { $0 % 3 == 1 ? "405" : "200" } + ["200"]
            #expect(statuses.map(String.init) == expected)
        }
    }

    @Test(
        "What is no request is answered with a problem",
        arguments: [
            ("NONSENSE\r\n\r\n", 400),
            ("GET /healthz HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
            ("GET /healthz HTTP/1.1\r\nHost: a b/c@d\r\n\r\n", 400),
            ("GET /healthz HTTP/1.1\r\nBad Header: x\r\n\r\n", 400),
        ]
    )
    func unreadable(bytes: String, status: Int) async throws {
        try await TestServer.run(.live) { server, _ in
            let port = try #require(server.client.port)
            let answer = try await RawConnection.exchange(port, bytes)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.contains("application/problem+json"))
            let body = try #require(answer.components(separatedBy: "\r\n\r\n").last)
            #expect(try JSONDecoder().decode(ProblemDetails.self, from: Data(body.utf8)).status == status)
        }
    }

    @Test(
        "Bytes that break a request get one answer with it, and none when it has been answered",
        arguments: [
            // This waits for its body, the others do not.
            ("POST /v1/agendas/assen/devices", 400), ("POST /v1/agendas/assen/events", 401), ("GET /healthz", 200),
        ]
    )
    func broken(request: String, status: Int) async throws {
        try await TestServer.run(.live) { server, _ in
            let port = try #require(server.client.port)
            let begun = "\(request) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"
            var answers = [try await RawConnection.exchange(port, begun + "zz\r\n")]
            if status != 400 { answers.append(try await RawConnection.exchange(port, begun, then: "zz\r\n")) }
            for answer in answers {
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
                #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
                #expect(status == 200 || answer.contains("application/problem+json"))
            }
        }
    }

    @Test("A client that waits for it is asked for its body, unless the answer needs none")
    func expectation() async throws {
        try await TestServer.run(.live) { server, _ in
            let port = try #require(server.client.port)
            let headers = "Host: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
            let enrolment = "POST /v1/agendas/assen/devices HTTP/1.1\r\n\(headers)"
            let asked = try await RawConnection.exchange(port, enrolment, then: "{}")
            #expect(asked.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 "), "\(asked)")
            let push = "POST /v1/agendas/assen/events HTTP/1.1\r\n\(headers)"
            let refused = try await RawConnection.exchange(port, push, then: "{}")
            #expect(refused.hasPrefix("HTTP/1.1 401 "), "\(refused)")
        }
    }

    @Test("What follows an answer and is no request ends the connection without another one")
    func strayBytes() async throws {
        try await TestServer.run(.live) { server, _ in
            let port = try #require(server.client.port)
            let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
            for answer in [
                try await RawConnection.exchange(port, request + "NONSENSE\r\n\r\n"),
                try await RawConnection.exchange(port, request, then: "NONSENSE\r\n\r\n"),
            ] {
                #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(answer)")
                #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answer)")
            }
        }
    }

    @Test("A long pull over a socket is the same as the log")
    func stream() async throws {
        try await TestServer.run(.live) { server, admin in
            for first in stride(from: 1, through: 9001, by: 3000) {
                try await server.fill(3000, by: admin, from: first)
            }
            let store = try #require(server.source.store("assen"))
            let expected = try store.entries(.init(0)..<(.init(12_002)))
            for headers in [[:], ServerPullTests.gzip, ServerPullTests.members] as [HTTPFields] {
                let response = try await server.get("/events", by: admin, headers)
                let bytes = headers == [:] ? response.bytes : try inflated(response.bytes)
                #expect(bytes == expected)
            }
        }
    }

    @Test("A request whose body does not arrive ends the connection")
    func slowBody() async throws {
        var options = ServerOptions()
        options.deadlines.idle = .milliseconds(50)
        try await withServer(options) { port in
            let head = "POST /v1/agendas/assen/devices HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
            for text in [head, "GET /hea"] {
                let answer = try await RawConnection.exchange(port, text)
                #expect(answer.isEmpty)
            }
        }
    }

    @Test("Certificates and keys that cannot be read are named", arguments: ["missing.pem", #filePath])
    func unusableFiles(path: String) throws {
        var options = ServerOptions()
        options.tls = .init(certificate: path, key: path)
        let error = try #require(throws: ServerError.self) {
            try AmbitServer(source: MemorySource(), options: options, logger: Logger(label: "test"))
        }
        #expect(error.message.contains(path))
    }
}

/// A connection for bytes that no HTTP client would send.
enum RawConnection {
    /// Sends the text and reads nothing of what comes back.
    static func unread(_ port: Int, _ text: String) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.so_rcvbuf), value: 4096)
            .connect(host: "localhost", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: text))
        return channel
    }

    /// Sends the text, and more when something has come back; gives everything that comes back until the other side
    /// closes.
    static func exchange(_ port: Int, _ text: String, then more: String? = nil) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "localhost", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            // The other side may have closed by now: what it said before is all that counts.
            try? await outbound.write(ByteBuffer(string: text))
            var received = ByteBuffer()
            var more = more
            for try await var piece in inbound {
                received.writeBuffer(&piece)
                if let rest = more.take() { try? await outbound.write(ByteBuffer(string: rest)) }
            }
            return String(buffer: received)
        }
    }
}
