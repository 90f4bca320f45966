import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import HummingbirdTesting
import LogClient
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncClient
@testable import SyncServer

/// Live streams whose connections misbehave, and servers that stop.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ServerLiveConnectionTests {
    /// A client that asks for a stream and does not read what comes.
    private func openUnread(_ port: Int, by device: TestDevice, after: Int) async throws -> any Channel {
        let request = """
            GET /v1/agendas/assen/events?after=\(after) HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\
            Authorization: Bearer \(device.answer.token)\r\n\r\n
            """
        return try await RawConnection.unread(port, request)
    }

    /// Fills a log with more than all buffers on the way to a client hold.
    private func fillLong(_ server: TestServer, by device: TestDevice) async throws {
        for first in [1, 3001] {
            let lines = (first..<first + 3000).map {
                device.organisation($0, name: String(repeating: "Voorbeeld ", count: 120) + "\($0)")
            }
            #expect(try await server.push(lines, by: device).decode(PushAnswer.self).rejected.isEmpty)
        }
    }

    @Test("A follower that takes nothing is cut off, one that reads is not, and the places are free again")
    func slow() async throws {
        // A busy machine may keep the reader from its own connection for longer than a deadline.
        for deadline in [1, 8] {
            do { return try await cutOff(after: .seconds(deadline)) } catch {}
        }
        try await cutOff(after: .seconds(64))
    }

    private func cutOff(after deadline: Duration) async throws {
        var options = ServerOptions()
        options.deadlines.stream = deadline
        try await TestServer.run(.live, options: options) { server, admin in
            try await fillLong(server, by: admin)
            let port = try #require(server.client.port)
            let unread = try await openUnread(port, by: admin, after: 0)
            try await server.withTransport { transport in
                var live = try await LiveReading(transport, after: 5900, token: admin.answer.token)
                #expect(try await live.entries(upTo: 6002).ids.count == 102)
                while try await !server.send(.get, "/metrics").text.contains("ambit_followers_cut_off_total 1\n") {
                    await Task.yield()
                }
                try await server.waitForFollowers(1)
                try await server.fill(1, by: admin, from: 6001)
                _ = try await live.entries(upTo: 6003)
            }
            try? await unread.close()
        }
    }

    @Test("Withdrawn access ends a stream whose client takes nothing, too")
    func revokedWhileSending() async throws {
        var options = ServerOptions()
        options.deadlines.stream = .seconds(3600)
        try await TestServer.run(.live, options: options) { server, admin in
            try await fillLong(server, by: admin)
            let device = try await server.enrol(code: server.invite(.recorder))
            let unread = try await openUnread(try #require(server.client.port), by: device, after: 0)
            try await server.waitForFollowers(1)
            let path = "/v1/agendas/assen/devices/\(device.id)"
            #expect(try await server.send(.delete, path, by: admin).status == .noContent)
            try await server.waitForFollowers(0)
            try? await unread.close()
        }
    }

    @Test("A client that goes away frees its place before anything would be sent to it", arguments: [true, false])
    func departure(isStream: Bool) async throws {
        var options = ServerOptions()
        options.deadlines.heartbeat = .seconds(3600)
        try await TestServer.run(.live, options: options) { server, admin in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "localhost", port: try #require(server.client.port)).get()
            let accept = isStream ? "text/event-stream" : "application/gzip"
            let request = """
                GET /v1/agendas/assen/events?after=2\(isStream ? "" : "&wait=60") HTTP/1.1\r\nHost: x\r\nAccept: \(accept)\r\n\
                Authorization: Bearer \(admin.answer.token)\r\n\r\n
                """
            try await channel.writeAndFlush(ByteBuffer(string: request))
            try await server.waitForFollowers(1)
            try await channel.close()
            try await server.waitForFollowers(0)
        }
    }

    /// Runs a server as a service, with a follower that has an HTTP client of its own, and stops it in order.
    private func withFollower(
        _ options: ServerOptions = ServerOptions(),
        _ test: @Sendable (LiveReading, HTTPTransport, _ token: String, _ port: Int, ServiceGroup) async throws -> Void
    ) async throws {
        let source = try MemorySource()
        let store = try source.add("assen")
        let expires = Timestamp(millisecondsSince1970: 4_070_908_800_000)
        try store.add(Invite(hash: InviteCode.hash("code"), role: .admin, member: nil, expires: expires))
        let sequencer = try Sequencer(store: store, key: try MemorySource.key("assen"), environment: .system)
        let token = try await sequencer.enrol(
            Enrolment(invite: "code", memberName: "Testpersoon", deviceName: "laptop", key: nil)
        ).token
        await sequencer.shutDown()

        var options = options
        options.port = 0
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = try AmbitServer(source: source, options: options, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await server.port)
            let transport = try HTTPTransport(url: "http://127.0.0.1:\(port)/agendas/assen")
            let result = await Result.running {
                let live = try await LiveReading(transport, after: 0, token: token)
                try await test(live, transport, token, port, group)
            }
            await transport.shutDown()
            await group.triggerGracefulShutdown()
            try result.get()
            try await tasks.waitForAll()
        }
    }

    @Test("A server that stops ends its streams and held pulls in order")
    func stopping() async throws {
        try await withFollower { live, transport, token, port, group in
            var live = live
            _ = try await live.entries(upTo: 2)
            async let held = transport.send(
                TransportRequest(path: "/events?after=2&wait=60", headers: ["Authorization": "Bearer \(token)"])
            )
            while true {
                let request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                if try await RawConnection.exchange(port, request).contains("ambit_followers 2\n") { break }
            }
            await group.triggerGracefulShutdown()
            // Cut off, these would throw.
            #expect(try await live.next() == nil)
            #expect(try await held.status == 200)
        }
    }

    @Test("A quiet stream gets comments, and is not closed as idle")
    func heartbeat() async throws {
        var options = ServerOptions()
        options.deadlines.idle = .seconds(2)
        options.deadlines.heartbeat = .milliseconds(100)
        try await withFollower(options) { live, _, _, _, _ in
            var live = live
            _ = try await live.entries(upTo: 2)
            // One a second at most: longer than a connection may be idle.
            for _ in 1...3 { #expect(try await live.next() == .comment) }
        }
    }

    @Test("What another server of the same data commits reaches followers")
    func otherServer() async throws {
        try await TestServer.run { server, admin in
            async let held = server.get("/events?after=2&wait=60", by: admin)
            try await server.waitForFollowers(1)
            let store = try #require(server.source.store("assen"))
            let other = try Sequencer(store: store, key: try MemorySource.key("assen"), environment: .system)
            let push = try Push(
                source: EventSource(unchecked: admin.answer.device),
                body: Array((admin.organisation(1) + "\n").utf8)
            )
            #expect(try await other.push(push).rejected.isEmpty)
            #expect(try await held.headers[.ambitNext] == "3")
            await other.shutDown()
        }
    }
}
