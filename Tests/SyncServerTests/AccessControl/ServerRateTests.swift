import AgendaModel
import EventLog
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

@Suite("Rates")
struct ServerRateTests {
    private let clock = ServerClock()

    private func run(
        _ rates: [RateClass: Rate],
        _ test: @Sendable (TestServer, TestDevice) async throws -> Void
    ) async throws {
        var options = ServerOptions()
        options.rates = Rates(rates)
        try await TestServer.run(options: options, environment: clock.environment, test)
    }

    private func expectLimited(_ response: TestResponse, seconds: Int, _ location: SourceLocation = #_sourceLocation)
        throws
    {
        let problem = try response.expectProblem(.rateLimited, location)
        #expect(response.headers[.retryAfter] == String(seconds), sourceLocation: location)
        #expect(problem.retryAfter == seconds, sourceLocation: location)
    }

    @Test("A device that asks too often waits as long as it is told, and no other one does")
    func device() async throws {
        try await run([.read: Rate(perSecond: 0.5, burst: 3)]) { server, admin in
            let other = try await server.enrol(code: server.invite(.recorder))
            for _ in 1...3 { #expect(try await server.get("/progress", by: admin).status == .ok) }
            for _ in 1...20 { try expectLimited(await server.get("/progress", by: admin), seconds: 2) }
            for _ in 1...3 { #expect(try await server.get("/progress", by: other).status == .ok) }
            try await server.fill(1, by: admin)
            clock.advance(seconds: 1.9)
            try expectLimited(await server.get("/progress", by: admin), seconds: 1)
            clock.advance(seconds: 0.1)
            #expect(try await server.get("/progress", by: admin).status == .ok)
            try expectLimited(await server.get("/progress", by: admin), seconds: 2)
        }
    }

    @Test("Each class of requests has a rate of its own")
    func classes() async throws {
        let one = Rate(perSecond: 1, burst: 1)
        try await run([.push: one, .read: one, .administration: one]) { server, admin in
            let invite = try ProtocolJSON.encode(InviteRequest(role: "recorder"))
            try await server.fill(1, by: admin)
            try expectLimited(await server.push([admin.organisation(2)], by: admin), seconds: 1)
            #expect(try await server.get("/events", by: admin).status == .ok)
            try expectLimited(await server.get("", by: admin), seconds: 1)
            try expectLimited(await server.send(.get, "/v1/agendas", by: admin), seconds: 1)
            #expect(
                try await server.send(.post, "/v1/agendas/assen/invites", by: admin, body: invite).status == .created
            )
            try expectLimited(await server.send(.post, "/v1/agendas/assen/token", by: admin), seconds: 1)
            #expect(try await server.send(.get, "/healthz").status == .ok)
        }
    }

    @Test(
        "What is in pushes is counted, of all of a member's devices",
        arguments: [RateClass.pushedEvents, .pushedBytes]
    )
    func content(sort: RateClass) async throws {
        // Eight events have more than half of this, and less than all.
        let rate = sort == .pushedEvents ? Rate(perSecond: 1, burst: 10) : Rate(perSecond: 500, burst: 5_000)
        try await run([sort: rate]) { server, admin in
            let other = try await server.enrol(code: server.invite(.recorder))
            func lines(_ counters: ClosedRange<Int>, _ device: TestDevice) -> [String] {
                counters.map { device.organisation($0, name: String(repeating: "x", count: 150)) }
            }
            #expect(try await server.push(lines(1...8, admin), by: admin).status == .ok)
            let size = try await server.push([other.organisation(1)], by: other).decode(PushAnswer.self).size
            let refused = try await server.push(lines(9...16, admin), by: admin)
            #expect(try refused.expectProblem(.rateLimited).retryAfter ?? 0 > 1)
            #expect(try await server.push([other.organisation(2)], by: other).decode(PushAnswer.self).size == size + 1)
            clock.advance(seconds: 10)
            #expect(try await server.push(lines(9...16, admin), by: admin).status == .ok)
        }
    }

    @Test("Bytes that are read without a token are counted, and those of devices are not")
    func publicBytes() async throws {
        try await run([.publicBytes: Rate(perSecond: 1, burst: 100)]) { server, admin in
            try await server.fill(300, by: admin)
            try server.source.store("assen")?.open(to: .publicLog)
            clock.advance(seconds: 2)
            let bundle = "/tile/entries/000"
            #expect(try await server.get(bundle, by: nil).status == .ok)
            try await server.get(bundle, by: nil).expectProblem(.rateLimited)
            #expect(try await server.get(bundle, by: admin).status == .ok)
            #expect(try await server.get(bundle, by: admin).status == .ok)
        }
    }

    @Test(
        "Whatever is read without a token is counted as bytes, also where its length is not known before",
        arguments: [
            "/v1/agendas/assen/state", "/v1/agendas/assen/changes?since=0", "/v1/agendas/assen/progress",
            "/v1/agendas/assen/state?kind=theme", "/v1/agendas/assen/events", "/v1/agendas/assen/evidence/1",
            "/v1/agendas/assen/tile/0/000", "/agendas/assen", "/agendas/assen/history",
            "/agendas/assen/assets/style.css", "/v1/openapi.json",
        ]
    )
    func publicBytes(of path: String) async throws {
        try await run([.publicBytes: Rate(perSecond: 1, burst: 1)]) { server, admin in
            try await server.fill(300, by: admin)
            try server.source.store("assen")?.open(to: .publicLog)
            clock.advance(seconds: 2)
            _ = try await server.send(.get, path)
            // It owes as much as it may ever have at once.
            try expectLimited(await server.send(.get, path), seconds: 2)
            #expect(try await server.send(.head, path).status == .tooManyRequests)
            if path.hasPrefix("/v1/agendas/") { #expect(try await server.send(.get, path, by: admin).status == .ok) }
            clock.advance(seconds: 2)
            #expect(try await server.send(.get, path).status != .tooManyRequests)
        }
    }

    @Test("What was refused for its rate has had no effect")
    func noEffect() async throws {
        try await run([.push: Rate(perSecond: 1, burst: 1)]) { server, admin in
            try await server.fill(1, by: admin)
            try expectLimited(await server.push([admin.organisation(2)], by: admin), seconds: 1)
            clock.advance(seconds: 1)
            let answer = try await server.push([admin.organisation(2)], by: admin).decode(PushAnswer.self)
            #expect(answer.accepted.count == 1)
        }
    }

    @Test("Guessing invites ends soon, also for who guesses right then, and not for those who have a token")
    func guessing() async throws {
        try await run([.failure: Rate(perSecond: 0.1, burst: 5)]) { server, admin in
            let code = try server.invite(.recorder)
            func enrol(_ code: String) async throws -> TestResponse {
                let request = EnrolmentRequest(invite: code, member: "Testpersoon", device: "x", key: nil)
                return try await server.send(.post, "/v1/agendas/assen/devices", body: try ProtocolJSON.encode(request))
            }
            for guess in 1...5 { try await enrol("guess \(guess)").expectProblem(.invalidInvite) }
            for guess in [code, "guess 6"] { try expectLimited(await enrol(guess), seconds: 10) }
            let unknown: HTTPFields = [.authorization: "Bearer unknown"]
            try expectLimited(await server.get("/events", by: nil, unknown), seconds: 10)
            #expect(try await server.get("/events", by: admin).status == .ok)
            let body = Array(#"{"device":"laptop 2"}"#.utf8)
            #expect(try await server.send(.post, "/v1/agendas/assen/devices", by: admin, body: body).status == .created)
            clock.advance(seconds: 10)
            #expect(try await enrol(code).status == .created)
        }
    }

    @Test("Enrolments of one address are limited")
    func enrolments() async throws {
        try await run([.enrolment: Rate(perSecond: 1, burst: 2)]) { server, _ in
            _ = try await server.enrol(code: server.invite(.recorder))
            let request = EnrolmentRequest(invite: "x", member: "Testpersoon", device: "x", key: nil)
            let body = try ProtocolJSON.encode(request)
            try expectLimited(await server.send(.post, "/v1/agendas/assen/devices", body: body), seconds: 1)
        }
    }

    @Test("A token that is not good, or not any more, counts for the address like none")
    func badTokens() async throws {
        let rates: [RateClass: Rate] = [
            .publicRead: Rate(perSecond: 1, burst: 3), .enrolment: Rate(perSecond: 1, burst: 3),
        ]
        try await run(rates) { server, admin in
            let revoked = try await server.enrol(code: server.invite(.recorder))
            _ = try await server.send(.delete, "/v1/agendas/assen/devices/\(revoked.id)", by: admin)
            clock.advance(seconds: 10)
            for path in ["/checkpoint", "/events", "/state"] {
                try await server.get(path, by: revoked).expectProblem(.deviceRevoked)
            }
            try expectLimited(await server.get("/checkpoint", by: revoked), seconds: 1)
            try expectLimited(await server.send(.get, "/v1/agendas", by: revoked), seconds: 1)
            try expectLimited(await server.push([revoked.organisation(1)], by: revoked), seconds: 1)
            let unknown: HTTPFields = [.authorization: "Bearer unknown"]
            let devices = "/v1/agendas/assen/devices"
            let body = Array(#"{"device":"laptop"}"#.utf8)
            for _ in 1...3 {
                try await server.send(.post, devices, by: nil, unknown, body: body).expectProblem(.unauthenticated)
            }
            try expectLimited(await server.send(.post, devices, by: nil, unknown, body: body), seconds: 1)
            try expectLimited(await server.send(.post, devices, by: revoked, body: body), seconds: 1)
            #expect(try await server.send(.post, devices, by: admin, body: body).status == .created)
            #expect(try await server.get("/checkpoint", by: admin).status == .ok)
        }
    }

    @Test("Reading without a token is limited by address, and states of the past cost more")
    func publicReads() async throws {
        try await run([.publicRead: Rate(perSecond: 1, burst: 25)]) { server, admin in
            try #require(server.source.store("assen")).open(to: .public)
            clock.advance(seconds: 2)
            for path in ["/state?at=1", "/state?limit=9&%61t=1"] {
                #expect(try await server.get(path, by: nil).status == .ok)
            }
            try expectLimited(await server.get("/state?a%74=1", by: nil), seconds: 5)
            try expectLimited(await server.get("/subjects/agenda/assen?at=1", by: nil), seconds: 5)
            try expectLimited(await server.get("/state?at=1", by: nil), seconds: 5)
            for _ in 1...5 { #expect(try await server.get("/progress", by: nil).status == .ok) }
            for path in ["/v1/agendas/assen/progress", "/v1/agendas", "/v1/openapi.yaml", "/v1/agendas/nowhere"] {
                try expectLimited(await server.send(.get, path), seconds: 1)
            }
            let unknown: HTTPFields = [.authorization: "Bearer unknown"]
            try expectLimited(await server.send(.get, "/v1/agendas/nowhere", by: nil, unknown), seconds: 1)
            #expect(try await server.get("/progress", by: admin).status == .ok)
        }
    }

    @Test(
        "What takes reading all of an agenda costs more without a token, whoever may ask for it",
        arguments: [
            "/agendas/assen?at=1", "/agendas/assen/all/project?at=1", "/agendas/assen/find?q=x",
            "/v1/agendas/assen/changes?since=0",
        ]
    )
    func heavyReads(path: String) async throws {
        try await run([.publicRead: Rate(perSecond: 1, burst: 15)]) { server, admin in
            try #require(server.source.store("assen")).open(to: .public)
            clock.advance(seconds: 2)
            #expect(try await server.send(.get, path).status == .ok)
            try expectLimited(await server.send(.get, path), seconds: 5)
            for path in ["/agendas/assen?at=", "/agendas/assen/find", "/agendas/assen/all/project"] {
                #expect(try await server.send(.get, path).status == .ok)
            }
            if path.hasPrefix("/v1/") { #expect(try await server.send(.get, path, by: admin).status == .ok) }
        }
    }

    @Test(
        "What an answer reads of an agenda counts as more requests, and what is read for all of them does not",
        arguments: [
            ("/agendas/assen/all/organisation", 1...5), ("/v1/agendas/assen/state?limit=10000", 1...5),
            ("/agendas/assen/find?q=organisatie", 1...1), ("/agendas/assen", 10...10),
            ("/agendas/assen/all/organisation?page=100", 10...10), ("/v1/agendas/assen/state?limit=10", 10...10),
        ]
    )
    func reading(path: String, expected: ClosedRange<Int>) async throws {
        let rate = Rate(perSecond: 1, burst: 10)
        try await run([.publicRead: rate, .read: rate]) { server, admin in
            try #require(server.source.store("assen")).open(to: .public)
            clock.advance(seconds: 60)
            func count(by device: TestDevice?) async throws -> Int {
                var count = 0
                while count < 20, try await server.send(.get, path, by: device).status != .tooManyRequests {
                    count += 1
                }
                clock.advance(seconds: 60)
                return count
            }
            let isSearch = path.contains("find")
            #expect(try await count(by: nil) == (isSearch ? 1 : 10))
            try await server.fill(2_100, by: admin)
            #expect(expected.contains(try await count(by: nil)))
            // A device has its own rate, which a search counts for once.
            #expect((isSearch ? 1...5 : expected).contains(try await count(by: admin)))
        }
    }

    @Test("A file of a snapshot that has to be made counts like a state of the past, and one that is there does not")
    func files() async throws {
        try await run([.publicRead: Rate(perSecond: 1, burst: 25)]) { server, admin in
            try await server.fill(5, by: admin)
            try #require(server.source.store("assen")).open(to: .public)
            clock.advance(seconds: 60)
            func file(_ size: Int, by device: TestDevice? = nil) async throws -> TestResponse {
                try await server.get("/snapshots/\(size)/public/state.json", by: device)
            }
            for size in 3...4 { #expect(try await file(size).status == .ok) }
            try expectLimited(await file(5), seconds: 5)
            for _ in 1...4 { #expect(try await file(3).status == .ok) }
            try expectLimited(await file(3), seconds: 1)
            #expect(try await file(5, by: admin).status == .ok)
            clock.advance(seconds: 1)
            #expect(try await file(5).status == .ok)
        }
    }

    @Test("What whoever runs the server asks, and what does not exist, counts for the address, each by itself")
    func operationsAndUnknownPaths() async throws {
        let two = Rate(perSecond: 1, burst: 2)
        try await run([.operations: two, .unknownPath: two]) { server, admin in
            for path in ["/healthz", "/readyz"] { #expect(try await server.send(.get, path).status == .ok) }
            for path in ["/healthz", "/readyz", "/metrics", "/v1/agendas/assen/ready"] {
                try expectLimited(await server.send(.get, path), seconds: 1)
            }
            for path in ["/nothing", "/v1/nothing"] { #expect(try await server.send(.get, path).status == .notFound) }
            for path in ["/nothing", "/x"] { try expectLimited(await server.send(.get, path), seconds: 1) }
            #expect(try await server.send(.get, "/v1/openapi.yaml").status == .ok)
            #expect(try await server.get("/progress", by: admin).status == .ok)
            clock.advance(seconds: 1)
            #expect(try await server.send(.get, "/healthz").status == .ok)
            #expect(try await server.send(.get, "/x").status == .notFound)
        }
    }

    @Test("Without rates nothing is limited")
    func unlimited() async throws {
        try await run([:]) { server, admin in
            for _ in 1...2000 {
                let response = try await server.get("/checkpoint", by: admin)
                #expect(response.status == .ok)
            }
        }
    }

    @Test("The buckets are forgotten when they are full, and there is an end to their number")
    func memory() throws {
        let limiter = RateLimiter(Rates([.publicRead: Rate(perSecond: 1, burst: 2)]), now: clock.environment.elapsed)
        for key in 0..<(RateLimiter.maximumCount + 5) { try? limiter.take(.publicRead, of: "\(key)") }
        #expect(limiter.count(of: .publicRead) == RateLimiter.maximumCount)
        #expect(throws: ProblemDetails.self, "those for whom there is no room share one bucket") {
            try limiter.take(.publicRead, of: "another")
        }
        try limiter.take(.publicRead, of: "7")
        #expect(throws: ProblemDetails.self, "who has a bucket keeps it") { try limiter.take(.publicRead, of: "7") }
        clock.advance(seconds: 2)
        try limiter.take(.publicRead, of: "another")
        try limiter.take(.publicRead, of: "one more")
        #expect(limiter.count(of: .publicRead) < 5)
    }

    @Test("A clock that is set neither gives nor takes anything", arguments: [-3600.0, 3600])
    func clockIsSet(seconds: Double) async throws {
        try await run([.read: Rate(perSecond: 0.5, burst: 2)]) { server, admin in
            for _ in 1...2 { #expect(try await server.get("/progress", by: admin).status == .ok) }
            clock.set(by: seconds)
            try expectLimited(await server.get("/progress", by: admin), seconds: 2)
            clock.advance(seconds: 2)
            #expect(try await server.get("/progress", by: admin).status == .ok)
        }
    }

    @Test(
        "A rate is read as it is written",
        arguments: ["20/200", "0.5/1", "x", "1", "0/5", "1/0", "-1/5", "1/2/3", "1/", "0x10/5", "5/0x1p4", "inf/5"]
    )
    func reading(text: String) {
        let expected = ["20/200": Rate(perSecond: 20, burst: 200), "0.5/1": Rate(perSecond: 0.5, burst: 1)]
        #expect(Rate(text) == expected[text])
    }

    @Test("Every answer that says to come back later says when", arguments: ProblemType.allCases)
    func retryAfter(type: ProblemType) {
        let response = Response(ProblemDetails(type, "x"))
        #expect((response.headers[.retryAfter] != nil) == [429, 503, 507].contains(type.status))
    }

    @Test("Where a request comes from is what a trusted proxy says, and nobody else")
    func proxies() throws {
        func key(_ peer: String?, _ forwarded: [String], trusting proxies: [String] = []) throws -> String {
            var headers = HTTPFields()
            for line in forwarded { headers.append(HTTPField(name: .xForwardedFor, value: line)) }
            return RemoteAddress.key(
                peer: try peer.map { try SocketAddress(ipAddress: $0, port: 1234) },
                headers,
                trusting: Set(proxies.compactMap(RemoteAddress.address).map(RemoteAddress.text))
            )
        }
        #expect(try key("192.0.2.1", ["198.51.100.7"]) == "192.0.2.1")
        #expect(try key("192.0.2.1", ["198.51.100.7"], trusting: ["192.0.2.2"]) == "192.0.2.1")
        let proxies = ["192.0.2.1", "2001:db8::1"]
        #expect(try key("192.0.2.1", [], trusting: proxies) == "192.0.2.1")
        #expect(try key("192.0.2.1", ["198.51.100.7"], trusting: proxies) == "198.51.100.7")
        #expect(try key("::ffff:192.0.2.1", ["198.51.100.7"], trusting: proxies) == "198.51.100.7")
        #expect(try key("192.0.2.1", ["203.0.113.9, 198.51.100.7"], trusting: proxies) == "198.51.100.7")
        #expect(
            try key("192.0.2.1", ["203.0.113.9", "198.51.100.7, 2001:db8::1"], trusting: proxies) == "198.51.100.7"
        )
        #expect(try key("192.0.2.1", ["nonsense, 198.51.100.7"], trusting: proxies) == "198.51.100.7")
        #expect(try key("192.0.2.1", ["198.51.100.7, nonsense"], trusting: proxies) == "192.0.2.1")
        for text in ["198.51.100.7:443", " 198.51.100.7:1 ", "[::ffff:198.51.100.7]:65535"] {
            #expect(try key("192.0.2.1", [text], trusting: proxies) == "198.51.100.7")
        }
        let six = try key("2001:db8:1:2:3::4", [])
        for text in ["[2001:db8:1:2::5]:443", "[2001:db8:1:2::5]", "2001:db8:1:2::5", "2001:db8:1:2::5:443"] {
            #expect(try key("192.0.2.1", [text], trusting: proxies) == six)
        }
        for text in ["198.51.100.7:", "198.51.100.7:x", "198.51.100.7:65536", "[198.51.100.7", ":443", "unknown"] {
            #expect(try key("192.0.2.1", [text], trusting: proxies) == "192.0.2.1")
        }
        let one = try key("2001:db8:1:2:3::4", [])
        #expect(try key("2001:db8:1:2:ffff::9", []) == one)
        #expect(try key("2001:db8:1:3::4", []) != one)
        #expect(try key(nil, ["198.51.100.7"], trusting: proxies) == "-")
    }

    @Test("What a trusted proxy says and nobody can read is reported once")
    func unreadableProxy() throws {
        let lines = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in LineLog { event in lines.withLock { $0.append("\(event.message)") } }
        }
        var options = ServerOptions()
        options.trustedProxies = ["192.0.2.1"]
        let service = SyncService(
            source: try MemorySource(),
            options: options,
            environment: clock.environment,
            logger: logger
        )
        func ask(_ forwarded: String, from peer: String) throws -> String {
            let headers: HTTPFields = [.xForwardedFor: forwarded]
            let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/", headerFields: headers)
            let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
            return service.address(of: request, peer: try SocketAddress(ipAddress: peer, port: 1))
        }
        #expect(try ask("nonsense", from: "192.0.2.9") == "192.0.2.9")
        #expect(try ask("198.51.100.7:1", from: "192.0.2.1") == "198.51.100.7")
        #expect(lines.withLock { $0 }.isEmpty)
        for _ in 1...3 { #expect(try ask("nonsense", from: "192.0.2.1") == "192.0.2.1") }
        #expect(lines.withLock { $0 }.count == 1)
        #expect(lines.withLock { $0 }.first?.contains("X-Forwarded-For") == true)
    }
}
