import AgendaModel
import EventLog
import Foundation
import HTTPTypes
import HummingbirdTesting
import LogClient
import NIOCore
import NIOPosix
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncClient
@testable import SyncServer

@Suite(.serialized, .timeLimit(.minutes(10)))
struct ServerLiveTests {
    static let stream: HTTPFields = [.accept: "text/event-stream"]

    /// Runs a test against a server on a socket, with a transport to its agenda.
    private func overSocket(
        _ options: ServerOptions = ServerOptions(),
        _ test: @Sendable (TestServer, TestDevice, HTTPTransport) async throws -> Void
    ) async throws {
        try await TestServer.run(.live, options: options) { server, admin in
            try await server.withTransport { try await test(server, admin, $0) }
        }
    }

    @Test("A stream gives what there is, then every entry as it is committed, with checkpoints that verify")
    func following() async throws {
        try await overSocket { server, admin, transport in
            try await server.fill(600, by: admin)
            var live = try await LiveReading(transport, token: admin.answer.token)
            #expect(live.response.status == 200)
            #expect(live.response.headers["content-type"] == "text/event-stream")
            #expect(live.response.headers["cache-control"] == "no-store")
            #expect(live.response.headers["x-accel-buffering"] == "no")
            #expect(live.response.headers["content-encoding"] == nil)
            #expect(try await live.next() == .comment)
            guard case .retry(let retry)? = try await live.next() else {
                Issue.record("the stream does not say when to come back")
                return
            }
            #expect((1000...5000).contains(retry))

            let verifier = try MemorySource.key("assen").verifier
            let first = try await live.entries(upTo: 602)
            #expect(first.ids == (1...602).map(String.init))
            let log = try #require(server.source.store("assen"))
            let stored = String(decoding: try log.entries(.init(0)..<(.init(602))), as: UTF8.self)
            #expect(first.entries.map { $0 + "\n" }.joined() == stored)
            #expect(try verifier.verify(first.note).checkpoint.size == LogSize(602))
            #expect(first.note == (try log.head().checkpoint?.note))

            for size in 603...605 {
                try await server.fill(1, by: admin, from: size)
                let next = try await live.entries(upTo: size)
                #expect(next.ids == ["\(size)"])
                #expect(next.note == (try log.head().checkpoint?.note))
            }
        }
    }

    @Test("Last-Event-ID goes before after; a client that is caught up gets the checkpoint at once")
    func resuming() async throws {
        try await overSocket { server, admin, transport in
            try await server.fill(10, by: admin)
            var behind = try await LiveReading(transport, after: 3, lastEventID: "9", token: admin.answer.token)
            #expect(try await behind.entries(upTo: 12).ids == ["10", "11", "12"])
            var caughtUp = try await LiveReading(transport, after: 12, token: admin.answer.token)
            #expect(try await caughtUp.entries(upTo: 12).ids.isEmpty)
        }
    }

    @Test("Followers that begin at different places come to get the same")
    func many() async throws {
        try await TestServer.run(.live) { server, admin in
            try await server.fill(300, by: admin)
            let token = admin.answer.token
            try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 0..<20 {
                    group.addTask {
                        // A client of its own: one alone opens no more than eight connections.
                        try await server.withTransport { transport in
                            var live = try await LiveReading(transport, after: number * 15, token: token)
                            return try await live.entries(upTo: 322).entries.suffix(20)
                        }
                    }
                }
                for counter in 301...320 { try await server.fill(1, by: admin, from: counter) }
                let all = try await group.reduce(into: Set<[String]>()) { $0.insert($1) }
                #expect(all.count == 1)
            }
        }
    }

    @Test("Asking for more than there is, or in another way, is a problem and no stream")
    func refusals() async throws {
        try await TestServer.run { server, admin in
            let ahead = try await server.get("/events?after=3", by: admin, Self.stream)
            #expect(try ahead.expectProblem(.aheadOfLog).size == 2)
            var headers = Self.stream
            headers[HTTPField.Name("Last-Event-ID")!] = "3"
            try await server.get("/events?after=0", by: admin, headers).expectProblem(.aheadOfLog)
            headers[HTTPField.Name("Last-Event-ID")!] = "x"
            try await server.get("/events", by: admin, headers).expectProblem(.invalidRange)
            try await server.get("/events?wait=3", by: admin, Self.stream).expectProblem(.badRequest)
            try await server.get("/events", by: nil, Self.stream).expectProblem(.unauthenticated)
        }
    }

    @Test("HEAD gives the headers of a stream and takes no place")
    func head() async throws {
        var options = ServerOptions()
        options.capacity.followers = 0
        try await TestServer.run(options: options) { server, admin in
            let head = try await server.send(.head, "/v1/agendas/assen/events", by: admin, Self.stream)
            #expect(head.status == .ok)
            #expect(head.headers[.contentType] == "text/event-stream")
            #expect(head.bytes.isEmpty)
            for path in ["/events", "/events?after=2"] {
                let busy = try await server.get(path, by: admin, Self.stream)
                try busy.expectProblem(.busy)
                #expect(busy.headers[.retryAfter] != nil)
            }
        }
    }

    @Test("Withdrawn access ends a stream and a held pull at once; those of others go on", arguments: [true, false])
    func revocation(ofMember: Bool) async throws {
        try await overSocket { server, admin, transport in
            let device = try await server.enrol(code: server.invite(.recorder))
            let token = device.answer.token
            var stream = try await LiveReading(transport, after: 0, token: token)
            _ = try await stream.entries(upTo: 4)
            var other = try await LiveReading(transport, after: 4, token: admin.answer.token)
            async let held = transport.send(
                TransportRequest(path: "/events?after=4&wait=60", headers: ["Authorization": "Bearer \(token)"])
            )
            try await server.waitForFollowers(3)
            if ofMember {
                let left = admin.event(1, "member.left", device.answer.member, #"{"active":false}"#, basis: 4)
                #expect(try await server.push([left], by: admin).decode(PushAnswer.self).rejected.isEmpty)
            } else {
                let path = "/v1/agendas/assen/devices/\(device.id)"
                #expect(try await server.send(.delete, path, by: admin).status == .noContent)
            }
            // What withdrew the access may still arrive; then the stream ends in order.
            while try await stream.next() != nil {}
            #expect(try await held.status == 403)
            try await server.fill(1, by: admin, from: 2)
            #expect(try await other.entries(upTo: 6).ids.last == "6")
            try await server.waitForFollowers(1)
        }
    }

    @Test("A change of role ends nothing")
    func role() async throws {
        try await overSocket { server, admin, transport in
            let device = try await server.enrol(code: server.invite(.recorder))
            var live = try await LiveReading(transport, after: 4, token: device.answer.token)
            _ = try await live.entries(upTo: 4)
            let granted = admin.event(1, "member.granted", device.answer.member, #"{"role":"editor"}"#, basis: 4)
            #expect(try await server.push([granted], by: admin).decode(PushAnswer.self).rejected.isEmpty)
            try await server.fill(1, by: admin, from: 2)
            _ = try await live.entries(upTo: 6)
        }
    }
}

extension TestServer {
    /// Runs the body with an HTTP client of the agenda.
    func withTransport<Value>(_ body: (HTTPTransport) async throws -> Value) async throws -> Value {
        let transport = try HTTPTransport(url: "http://127.0.0.1:\(try #require(client.port))/agendas/assen")
        let result = await Result.running { try await body(transport) }
        await transport.shutDown()
        return try result.get()
    }

    /// Returns when the server counts so many followers.
    func waitForFollowers(_ count: Int) async throws {
        while try await !send(.get, "/metrics").text.contains("ambit_followers \(count)\n") { await Task.yield() }
    }
}
