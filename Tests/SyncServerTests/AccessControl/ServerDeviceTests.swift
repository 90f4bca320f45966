import AgendaModel
import EventLog
import HTTPTypes
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Devices and tokens over HTTP")
struct ServerDeviceTests {
    private static let devices = "/v1/agendas/assen/devices"
    private static let token = "/v1/agendas/assen/token"

    @Test("A device goes on as another one with its own token")
    func goingOn() async throws {
        try await TestServer.run { server, _ in
            let first = try await server.enrol(code: server.invite(.recorder))
            let response = try await server.send(
                .post,
                Self.devices,
                by: first,
                body: Array(#"{"device":"laptop 2"}"#.utf8)
            )
            #expect(response.status == .created)
            #expect(response.headers[.cacheControl] == "no-store")
            let second = TestDevice(answer: try response.decode(EnrolmentAnswer.self))
            #expect(second.answer.member == first.answer.member && second.answer.role == "recorder")
            #expect(second.answer.verifierKey == first.answer.verifierKey)
            for device in [first, second] { try await server.fill(1, by: device) }
            let subject = try await server.get("/subjects/\(second.answer.device)", by: first).text
            #expect(subject.contains(#""continues":"\#(first.answer.device)""#))
        }
    }

    @Test("An enrolment without an invite takes a token that is good")
    func withoutInvite() async throws {
        try await TestServer.run { server, admin in
            let body = Array(#"{"device":"laptop"}"#.utf8)
            try await server.send(.post, Self.devices, body: body).expectProblem(.unauthenticated)
            let bearer: HTTPFields = [.authorization: "Bearer unknown"]
            try await server.send(.post, Self.devices, by: nil, bearer, body: body).expectProblem(.unauthenticated)
            for wrong in ["{}", #"{"device":""}"#, #"{"device":"a\nb"}"#, #"{"device":"x","key":"AAAA"}"#] {
                try await server.send(.post, Self.devices, by: admin, body: Array(wrong.utf8)).expectProblem(
                    .badRequest
                )
            }
            let both = Array(#"{"invite":"x","member":"y","device":"z"}"#.utf8)
            try await server.send(.post, Self.devices, by: admin, body: both).expectProblem(.badRequest)
            try await server.send(.post, Self.devices, by: nil, bearer, body: both).expectProblem(.unauthenticated)
            let nameless = Array(#"{"invite":"x","device":"y"}"#.utf8)
            try await server.send(.post, Self.devices, body: nameless).expectProblem(.badRequest)
            let device = try await server.enrol(code: server.invite(.recorder))
            _ = try await server.send(.delete, "\(Self.devices)/\(device.id)", by: admin)
            try await server.send(.post, Self.devices, by: device, body: body).expectProblem(.deviceRevoked)
        }
    }

    @Test("A laptop that has verified more than the log has is not enrolled, and its invite stays good")
    func aheadOfLog() async throws {
        try await TestServer.run { server, admin in
            let size = try await server.get("", by: admin).decode(AgendaDescription.self).size
            let code = try server.invite(.recorder)
            func enrol(_ code: String, verified: String) async throws -> TestResponse {
                let request = EnrolmentRequest(invite: code, member: "Testpersoon", device: "laptop", key: nil)
                return try await server.send(
                    .post,
                    Self.devices,
                    by: nil,
                    [.ambitSize: verified],
                    body: try ProtocolJSON.encode(request)
                )
            }
            let ahead = try await enrol(code, verified: "\(size + 1)").expectProblem(.aheadOfLog)
            #expect(ahead.size == size)
            try await enrol(code, verified: "-1").expectProblem(.invalidRange)
            // Who may not enrol is not told how large the log is.
            #expect(try await enrol("unknown", verified: "\(size + 1)").expectProblem(.invalidInvite).size == nil)
            let body = Array(#"{"device":"laptop 2"}"#.utf8)
            try await server.send(.post, Self.devices, by: admin, [.ambitSize: "\(size + 1)"], body: body)
                .expectProblem(.aheadOfLog)
            #expect(try await server.get("", by: admin).decode(AgendaDescription.self).size == size)
            #expect(try await enrol(code, verified: "\(size)").status == .created)
        }
    }

    @Test("A laptop with another log is not enrolled, however much it has verified, and its invite stays good")
    func otherLog() async throws {
        try await TestServer.run { server, admin in
            let size = try await server.get("", by: admin).decode(AgendaDescription.self).size
            let code = try server.invite(.recorder)
            let own = admin.answer.verifierKey
            func enrol(_ code: String, _ verifierKey: String?, verified: Int) async throws -> TestResponse {
                let request = EnrolmentRequest(
                    invite: code,
                    member: "Testpersoon",
                    device: "laptop",
                    key: nil,
                    verifierKey: verifierKey
                )
                let body = try ProtocolJSON.encode(request)
                return try await server.send(.post, Self.devices, by: nil, [.ambitSize: "\(verified)"], body: body)
            }
            for verified in [0, size, size + 1] {
                for key in ["", own + "x", "\(own.dropLast())"] {
                    try await enrol(code, key, verified: verified).expectProblem(.otherLog)
                }
            }
            try await enrol("unknown", "x", verified: size).expectProblem(.invalidInvite)
            var body = Array(#"{"device":"laptop 2","verifierKey":"x"}"#.utf8)
            try await server.send(.post, Self.devices, by: admin, body: body).expectProblem(.otherLog)
            #expect(try await server.get("", by: admin).decode(AgendaDescription.self).size == size)
            #expect(try await enrol(code, own, verified: size).status == .created)
            body = try ProtocolJSON.encode(
                EnrolmentRequest(invite: nil, member: nil, device: "laptop 2", key: nil, verifierKey: own)
            )
            #expect(try await server.send(.post, Self.devices, by: admin, body: body).status == .created)
        }
    }

    @Test("A stolen token makes a bounded number of devices, and revoking its device ends them all")
    func stolen() async throws {
        try await TestServer.run { server, admin in
            let first = try await server.enrol(code: server.invite(.recorder))
            let body = Array(#"{"device":"laptop"}"#.utf8)
            var made: [TestDevice] = []
            for _ in 0..<Access.maximumContinuations {
                let response = try await server.send(.post, Self.devices, by: made.last ?? first, body: body)
                made.append(TestDevice(answer: try response.decode(EnrolmentAnswer.self)))
            }
            let problem = try await server.send(.post, Self.devices, by: first, body: body).expectProblem(.notAllowed)
            #expect(problem.detail?.contains("64") == true)
            let size = try await server.get("", by: admin).decode(AgendaDescription.self).size
            #expect(try await server.send(.delete, "\(Self.devices)/\(first.id)", by: admin).status == .noContent)
            for device in [first] + made {
                try await server.get("/checkpoint", by: device).expectProblem(.deviceRevoked)
            }
            #expect(try await server.get("", by: admin).decode(AgendaDescription.self).size == size + made.count + 1)
        }
    }

    @Test("The last admin's last device is not revoked, nor the one that it continues, and the answer says why")
    func lastAdmin() async throws {
        try await TestServer.run { server, admin in
            func revoke(_ device: TestDevice) async throws -> TestResponse {
                try await server.send(.delete, "\(Self.devices)/\(device.id)", by: admin)
            }
            let size = try await server.get("", by: admin).decode(AgendaDescription.self).size
            let problem = try await revoke(admin).expectProblem(.notAllowed)
            #expect(problem.detail?.contains("only admin") == true)
            #expect(try await server.get("", by: admin).decode(AgendaDescription.self).size == size)
            let body = Array(#"{"device":"laptop 2"}"#.utf8)
            let response = try await server.send(.post, Self.devices, by: admin, body: body)
            let next = TestDevice(answer: try response.decode(EnrolmentAnswer.self))
            try await revoke(admin).expectProblem(.notAllowed)
            for device in [admin, next] { #expect(try await server.get("/checkpoint", by: device).status == .ok) }
            _ = try await server.enrol(code: server.invite(.admin))
            #expect(try await revoke(admin).status == .noContent)
            try await server.get("/checkpoint", by: next).expectProblem(.deviceRevoked)
        }
    }

    @Test("The server's own event that is refused is told with its status", arguments: EventProblem.Code.allCases)
    func refusedEvents(code: EventProblem.Code) {
        let problem = ProblemDetails(refused: EventProblem(code, "what was found, and what to do next"))
        #expect(problem.problem?.rawValue == code.rawValue)
        #expect(problem.status == problem.problem?.status && (400..<500).contains(problem.status ?? 0))
        #expect(problem.detail == "what was found, and what to do next")
    }

    @Test("A token is replaced in two steps, and between them both are good")
    func tokens() async throws {
        try await TestServer.run { server, admin in
            let old = try await server.enrol(code: server.invite(.recorder))
            let response = try await server.send(.post, Self.token, by: old)
            #expect(response.status == .created && response.headers[.cacheControl] == "no-store")
            var answer = old.answer
            answer.token = try response.decode(TokenAnswer.self).token
            let new = TestDevice(answer: answer)
            #expect(answer.token != old.answer.token && answer.token.utf8.count == 43)
            for device in [old, new] { #expect(try await server.get("/checkpoint", by: device).status == .ok) }
            for _ in 1...2 { #expect(try await server.send(.delete, Self.token, by: new).status == .noContent) }
            try await server.get("/checkpoint", by: old).expectProblem(.unauthenticated)
            try await server.send(.post, Self.token, by: old).expectProblem(.unauthenticated)
            #expect(try await server.get("/checkpoint", by: new).status == .ok)
            let log = try await server.get("/events", by: admin).text
            #expect(!log.contains(answer.token) && !log.contains(old.answer.token))
            try await server.send(.get, Self.token, by: new).expectProblem(.methodNotAllowed)
            for method in [HTTPRequest.Method.post, .delete] {
                try await server.send(method, Self.token).expectProblem(.unauthenticated)
            }
        }
    }

    @Test("Open invites are listed without their codes, and can be taken back; for admins")
    func invites() async throws {
        try await TestServer.run { server, admin in
            let path = "/v1/agendas/assen/invites"
            func make(_ role: String, _ days: Int) async throws -> InviteAnswer {
                let body = try ProtocolJSON.encode(InviteRequest(role: role, expiresInDays: days))
                return try await server.send(.post, path, by: admin, body: body).decode(InviteAnswer.self)
            }
            func list() async throws -> InviteList {
                try await server.send(.get, path, by: admin).decode(InviteList.self)
            }
            #expect(try await list().invites.isEmpty)
            let late = try await make("editor", 9)
            let soon = try await make("recorder", 2)
            let found = try await list().invites
            #expect(found.map(\.role) == ["recorder", "editor"])
            #expect(found.map(\.expires) == [soon.expires, late.expires])
            let text = try await server.send(.get, path, by: admin).text
            #expect(!text.contains(late.code) && !text.contains(soon.code))
            #expect(found.allSatisfy { $0.id.count == 16 && $0.device == admin.answer.device && $0.void == nil })

            let device = try await server.enrol(code: late.code)
            #expect(try await list().invites == [found[0]])
            try await server.send(.delete, "\(path)/\(found[1].id)", by: admin).expectProblem(.notFound)
            for method in [HTTPRequest.Method.get, .post] {
                let body = try ProtocolJSON.encode(InviteRequest(role: "admin"))
                let response = try await server.send(method, path, by: device, body: method == .post ? body : nil)
                try response.expectProblem(.notAllowed)
            }
            try await server.send(.delete, "\(path)/\(found[0].id)", by: device).expectProblem(.notAllowed)
            #expect(try await server.send(.delete, "\(path)/\(found[0].id)", by: admin).status == .noContent)
            try await server.send(.delete, "\(path)/\(found[0].id)", by: admin).expectProblem(.notFound)
            #expect(try await list().invites.isEmpty)
            let request = EnrolmentRequest(invite: soon.code, member: "Testpersoon", device: "x", key: nil)
            let refused = try await server.send(.post, Self.devices, body: try ProtocolJSON.encode(request))
            try refused.expectProblem(.invalidInvite)
        }
    }

    @Test(
        "An invite is good only while the device that made it is an admin's",
        arguments: ["revoked", "left", "demoted"]
    )
    func makersOfInvites(end: String) async throws {
        try await TestServer.run { server, admin in
            let other = try await server.enrol(code: server.invite(.admin))
            let body = try ProtocolJSON.encode(InviteRequest(role: "admin"))
            let path = "/v1/agendas/assen/invites"
            let code = try await server.send(.post, path, by: other, body: body).decode(InviteAnswer.self).code
            let onServer = try server.invite(.recorder)
            switch end {
            case "revoked":
                _ = try await server.send(.delete, "\(Self.devices)/\(other.id)", by: admin)
            case "left":
                let line = admin.event(1, "member.left", other.answer.member, #"{"active":false}"#, basis: 4)
                #expect(try await server.push([line], by: admin).decode(PushAnswer.self).rejected.isEmpty)
            default:
                let line = admin.event(1, "member.granted", other.answer.member, #"{"role":"editor"}"#, basis: 4)
                #expect(try await server.push([line], by: admin).decode(PushAnswer.self).rejected.isEmpty)
            }
            let request = EnrolmentRequest(invite: code, member: "Testpersoon", device: "x", key: nil)
            let refused = try await server.send(.post, Self.devices, body: try ProtocolJSON.encode(request))
            try refused.expectProblem(.invalidInvite)
            let listed = try await server.send(.get, path, by: admin).decode(InviteList.self).invites
            #expect(Set(listed.map(\.device)) == [other.answer.device, nil])
            // Who lists them sees which one lets nobody in.
            #expect(listed.allSatisfy { ($0.void == true) == ($0.device != nil) })
            _ = try await server.enrol(code: onServer)
        }
    }
}
