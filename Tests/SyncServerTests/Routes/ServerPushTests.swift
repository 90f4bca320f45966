import AgendaModel
import Deflate
import EventLog
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite
struct ServerPushTests {
    @Test("A push gets a verdict on every event and the checkpoint of the new size")
    func verdicts() async throws {
        try await TestServer.run { server, admin in
            let before = try await server.fill(3, by: admin).size
            #expect(before == 5)
            let lines = [
                admin.organisation(3),
                admin.organisation(4),
                admin.event(5, "organisation.revised", "organisation/zzzzzz-9", #"{"name":"Zoek"}"#),
                admin.event(6, "no.suchtype", "organisation/zzzzzz-9", "{}"),
                admin.organisation(7),
            ]
            let response = try await server.push(lines, by: admin)
            let answer = try response.decode(PushAnswer.self)
            #expect(answer.size == 7)
            #expect(answer.checkpoint.hasPrefix("test.example/agendas/assen\n7\n"))
            #expect(answer.duplicate == [.init(first: "3", last: "3", position: 4)])
            #expect(answer.accepted.map(\.first) == ["4", "7"])
            #expect(answer.accepted.map(\.position) == [5, 6])
            #expect(answer.rejected.map(\.id) == ["5", "6"])
            #expect(answer.rejected.map(\.line) == [3, 4])
            #expect(answer.rejected.map(\.problem.problem) == [.unknownSubject, .unknownType])
            #expect(response.headers[.cacheControl] == "no-store")
        }
    }

    @Test("Pushing again is answered with the same positions", arguments: ["identity", "gzip"])
    func again(encoding: String) async throws {
        try await TestServer.run { server, admin in
            let body = Array((1...20).map { admin.organisation($0) + "\n" }.joined().utf8)
            let sent = encoding == "gzip" ? Gzip.compress(body) : body
            let headers: HTTPFields = [.contentEncoding: encoding]
            let first = try await server.push(sent, by: admin, headers).decode(PushAnswer.self)
            let second = try await server.push(sent, by: admin, headers).decode(PushAnswer.self)
            #expect(first.accepted == [.init(first: "1", last: "20", position: 2)])
            #expect(second.accepted.isEmpty)
            #expect(second.duplicate == first.accepted)
            #expect(second.size == first.size)
        }
    }

    @Test("A content type may have parameters, but must be NDJSON")
    func contentType() async throws {
        try await TestServer.run { server, admin in
            let good: HTTPFields = [.contentType: "Application/X-NDJSON; charset=utf-8"]
            _ = try await server.push([admin.organisation(1)], by: admin, good).decode(PushAnswer.self)
            for type in ["application/json", "text/plain", ""] {
                let bad: HTTPFields = [.contentType: type]
                try await server.push([admin.organisation(2)], by: admin, bad).expectProblem(.unsupportedEncoding)
            }
        }
    }

    @Test("A body in another encoding is refused", arguments: ["br", "deflate", "gzip, gzip"])
    func encoding(name: String) async throws {
        try await TestServer.run { server, admin in
            let response = try await server.push([admin.organisation(1)], by: admin, [.contentEncoding: name])
            try response.expectProblem(.unsupportedEncoding)
        }
    }

    @Test("A body that cannot be read is refused, and nothing of it is stored")
    func unreadable() async throws {
        try await TestServer.run { server, admin in
            let whole = Gzip.compress(Array((admin.organisation(1) + "\n").utf8))
            let gzip: HTTPFields = [.contentEncoding: "gzip"]
            let bomb = Gzip.compress([UInt8](repeating: 0x20, count: 8 << 20))
            try await server.push(Array(whole.dropLast(5)), by: admin, gzip).expectProblem(.badRequest)
            try await server.push(whole + Array("rest".utf8), by: admin, gzip).expectProblem(.badRequest)
            try await server.push(Array("not gzip".utf8), by: admin, gzip).expectProblem(.badRequest)
            try await server.push([UInt8](), by: admin, gzip).expectProblem(.badRequest)
            try await server.push(bomb, by: admin, gzip).expectProblem(.tooLarge)
            try await server.push(["no json"], by: admin).expectProblem(.badRequest)
            let mixed = [admin.organisation(1), "no json"]
            try await server.push(mixed, by: admin).expectProblem(.badRequest)
            #expect(try await server.get("/checkpoint", by: admin).text.contains("\n2\n"))
        }
    }

    @Test("A body beyond the limit is refused, whether its length is announced or not")
    func oversize() async throws {
        var options = ServerOptions()
        options.limits.pushCompressedBytes = 1000
        try await TestServer.run(options: options) { server, admin in
            let lines = (1...20).map { admin.organisation($0) }
            try await server.push(lines, by: admin).expectProblem(.tooLarge)
            #expect(try await server.get("/checkpoint", by: admin).text.contains("\n2\n"))
        }
    }

    @Test("Events of one push that cannot be accepted leave the others alone")
    func badLines() async throws {
        try await TestServer.run { server, admin in
            var body = Array((admin.organisation(1) + "\n").utf8)
            body += Array(#"{"specversion":"1.0","id":"2","subject":""#.utf8) + [0xFF, 0xFE] + Array("\"}\n".utf8)
            body += Array((admin.organisation(3, name: String(repeating: "a", count: 61_000)) + "\n").utf8)
            body += Array((admin.organisation(4) + "\n").utf8)
            let answer = try await server.push(body, by: admin).decode(PushAnswer.self)
            #expect(answer.accepted.map(\.first) == ["1", "4"])
            #expect(answer.rejected.map(\.line) == [2, 3])
            #expect(answer.rejected.map(\.problem.problem) == [.malformedEvent, .tooLarge])
        }
    }

    @Test("A subject holds no more than its limit, whoever adds to it")
    func heavySubject() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(30, by: admin)
            let project = "project/\(admin.id)-31"
            let start = admin.event(31, "project.started", project, #"{"title":"Warmtenet"}"#)
            _ = try await server.push([start], by: admin).decode(PushAnswer.self)
            // Whoever reads has the state folded.
            _ = try await server.get("/state?limit=1", by: admin)
            let text = String(repeating: "a", count: 50_000)
            let lines = (1...30).map { number in
                let data = #"{"partners":{"organisation/\#(admin.id)-\#(number)":"\#(text)"}}"#
                return admin.event(number + 31, "project.partner-joined", project, data)
            }
            let answer = try await server.push(lines, by: admin).decode(PushAnswer.self)
            #expect(answer.rejected.map(\.problem.problem) == Array(repeating: .tooLarge, count: 15))
            let read = try await server.get("/subjects/\(project)", by: admin)
            #expect(read.bytes.count < 3 * EventLimits.heldBytes)
        }
    }

    @Test("A device cannot push events of another one")
    func wrongDevice() async throws {
        try await TestServer.run { server, admin in
            let other = try await server.enrol(code: server.invite(.recorder))
            try await server.push([admin.organisation(1)], by: other).expectProblem(.notAllowed)
        }
    }

    @Test("A push of somebody whose role is to write nothing fails as a whole, and nothing is stored")
    func auditors() async throws {
        try await TestServer.run { server, admin in
            let auditor = try await server.enrol(code: server.invite(.auditor))
            for lines in [[auditor.organisation(1)], [#"{"specversion":"1.0"}"#], []] {
                try await server.push(lines, by: auditor).expectProblem(.notAllowed)
            }
            let rejections = try await server.get("/rejections", by: auditor).decode(RejectionList.self)
            #expect(rejections.rejections.isEmpty)
        }
    }

    @Test("Who had too much refused is told when to come back")
    func tooMuchRefused() throws {
        let problem = try #require(ProblemDetails(reporting: PushError(.tooMuchRefused(seconds: 77), "enough")))
        let response = Response(problem)
        #expect(response.status.code == 429 && response.headers[.retryAfter] == "77")
        #expect(problem.retryAfter == 77 && problem.detail == "enough")
    }

    @Test("A device that has verified more than the log has is told so, and nothing is stored")
    func ahead() async throws {
        try await TestServer.run { server, admin in
            let response = try await server.push([admin.organisation(1)], by: admin, [.ambitSize: "3"])
            #expect(try response.expectProblem(.aheadOfLog).size == 2)
            let equal = try await server.push([admin.organisation(1)], by: admin, [.ambitSize: "2"])
            #expect(try equal.decode(PushAnswer.self).size == 3)
            try await server.push([admin.organisation(2)], by: admin, [.ambitSize: "x"]).expectProblem(.invalidRange)
        }
    }

    @Test("A replica whose counter the log has with other bytes is refused whole; others get a verdict on each event")
    func identityReused() async throws {
        try await TestServer.run { server, admin in
            _ = try await server.push([admin.organisation(1)], by: admin, [.ambitSize: "2"]).decode(PushAnswer.self)
            let diverging = [admin.organisation(1, name: "Ander"), admin.organisation(2)]
            let problem = try await server.push(diverging, by: admin, [.ambitSize: "2"]).expectProblem(.identityReused)
            #expect(problem.status == 409)
            #expect(problem.detail?.contains("as another device") == true)
            let body = Gzip.compress(Array(diverging.joined(separator: "\n").utf8))
            let gzip: HTTPFields = [.ambitSize: "3", .contentEncoding: "gzip"]
            try await server.push(body, by: admin, gzip).expectProblem(.identityReused)
            #expect(try await server.get("/checkpoint", by: admin).text.contains("\n3\n"))
            let answer = try await server.push(diverging, by: admin).decode(PushAnswer.self)
            #expect(answer.rejected.map(\.problem.problem) == [.identityReused])
            #expect(answer.accepted.map(\.first) == ["2"])
        }
    }

    @Test("Long pushes have few places, and what finds none is told when to come back")
    func longPushes() async throws {
        var options = ServerOptions()
        options.capacity.longPushes = 0
        try await TestServer.run(options: options) { server, admin in
            let long = [UInt8](repeating: 0x20, count: ServerOptions.longPush + 1)
            let response = try await server.push(long, by: admin)
            try response.expectProblem(.busy)
            #expect(response.headers[.retryAfter] == "1")
            try await server.fill(1, by: admin)
        }
    }
}
