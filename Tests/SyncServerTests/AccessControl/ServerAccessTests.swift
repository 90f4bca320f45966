import AgendaModel
import EventLog
import Foundation
import HTTPTypes
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite
struct ServerAccessTests {
    static let readPaths = ["", "/events", "/checkpoint", "/state", "/conflicts", "/progress", "/subjects/theme/x-1"]

    @Test("Without a token that the agenda knows nothing can be read or pushed")
    func tokens() async throws {
        try await TestServer.run { server, admin in
            for path in Self.readPaths + ["/rejections"] {
                let none = try await server.get(path, by: nil)
                try none.expectProblem(.unauthenticated)
                #expect(none.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
                for header in [
                    "Bearer unknown", "Bearer", "Basic YTpi", "Bearer \(String(repeating: "x", count: 600))",
                ] {
                    try await server.get(path, by: nil, [.authorization: header]).expectProblem(.unauthenticated)
                }
            }
            try await server.push([admin.organisation(1)], by: nil).expectProblem(.unauthenticated)
        }
    }

    @Test("The scheme of the Authorization header may be written in any case")
    func scheme() async throws {
        try await TestServer.run { server, admin in
            let header = "bearer \(admin.answer.token)"
            let response = try await server.get("/checkpoint", by: nil, [.authorization: header])
            #expect(response.status == .ok)
        }
    }

    @Test("Enrolling gives a device, a token and what to pin")
    func enrolment() async throws {
        try await TestServer.run { server, _ in
            let device = try await server.enrol(code: server.invite(.recorder)).answer
            #expect(device.role == "recorder")
            #expect(device.device.hasPrefix("device/"))
            #expect(device.member.hasPrefix("member/"))
            #expect(device.origin == "test.example/agendas/assen")
            #expect(device.verifierKey == (try MemorySource.key("assen").verifier.description))
        }
    }

    @Test("An invite works once and only in its time")
    func invites() async throws {
        try await TestServer.run { server, _ in
            let used = try server.invite(.recorder)
            _ = try await server.enrol(code: used)
            let expired = try server.invite(.recorder, expires: 1)
            for code in [used, expired, "unknown", ""] {
                let request = EnrolmentRequest(invite: code, member: "Testpersoon", device: "laptop", key: nil)
                let body = try ProtocolJSON.encode(request)
                let response = try await server.send(.post, "/v1/agendas/assen/devices", body: body)
                let problem = try response.expectProblem(.invalidInvite)
                #expect(code.isEmpty || problem.detail?.contains(code) == false)
            }
        }
    }

    @Test(
        "A body that is no enrolment is refused",
        arguments: [
            "", "{", "[]", "null", #"{"invite":"x"}"#, #"{"invite":1,"member":"m","device":"d"}"#,
            #"{"invite":"x","member":"m","device":"d","key":"AAAA"}"#,
            #"{"invite":"x","member":"m","device":"d","key":"not base64!"}"#,
        ]
    )
    func brokenEnrolment(body: String) async throws {
        try await TestServer.run { server, _ in
            let response = try await server.send(.post, "/v1/agendas/assen/devices", body: Array(body.utf8))
            try response.expectProblem(.badRequest)
        }
    }

    @Test("An enrolment that is too long, or in another form, is refused")
    func oddEnrolment() async throws {
        try await TestServer.run { server, _ in
            let long = [UInt8](repeating: 0x20, count: 20_000)
            try await server.send(.post, "/v1/agendas/assen/devices", body: long).expectProblem(.tooLarge)
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            let response = try await server.send(
                .post,
                "/v1/agendas/assen/devices",
                by: nil,
                form,
                body: Array("a=b".utf8)
            )
            try response.expectProblem(.unsupportedEncoding)
        }
    }

    @Test("An admin invites, and the code that is shown once can be redeemed")
    func inviting() async throws {
        try await TestServer.run { server, admin in
            let body = try ProtocolJSON.encode(InviteRequest(role: "auditor", expiresInDays: 2))
            let response = try await server.send(.post, "/v1/agendas/assen/invites", by: admin, body: body)
            #expect(response.status == .created)
            #expect(response.headers[.cacheControl] == "no-store")
            let invite = try response.decode(InviteAnswer.self)
            let auditor = try await server.enrol(code: invite.code)
            #expect(auditor.answer.role == "auditor")
            #expect(Timestamp(invite.expires) != nil)

            let more = InviteRequest(role: "recorder", member: auditor.answer.member)
            let another = try await server.send(
                .post,
                "/v1/agendas/assen/invites",
                by: admin,
                body: try ProtocolJSON.encode(more)
            ).decode(InviteAnswer.self)
            #expect(try await server.enrol(code: another.code).answer.member == auditor.answer.member)
        }
    }

    @Test("An invite needs a role, a time and a member that there are")
    func brokenInvites() async throws {
        try await TestServer.run { server, admin in
            for (request, problem) in [
                (InviteRequest(role: "king"), ProblemType.badRequest),
                (InviteRequest(role: "admin", member: "member/zzzzzz"), .notFound),
                (InviteRequest(role: "admin", member: "zzzzzz"), .badRequest),
                (InviteRequest(role: "admin", member: "member/Jansje Voorbeeld"), .badRequest),
                (InviteRequest(role: "admin", expiresInDays: 0), .invalidRange),
                (InviteRequest(role: "admin", expiresInDays: 91), .invalidRange),
            ] {
                let body = try ProtocolJSON.encode(request)
                try await server.send(.post, "/v1/agendas/assen/invites", by: admin, body: body).expectProblem(problem)
            }
        }
    }

    @Test("Only admins invite and withdraw access; only auditors and admins read what was refused")
    func roles() async throws {
        try await TestServer.run { server, admin in
            for role in [Role.auditor, .recorder, .editor] {
                let device = try await server.enrol(code: server.invite(role))
                let body = try ProtocolJSON.encode(InviteRequest(role: "admin"))
                let invite = try await server.send(.post, "/v1/agendas/assen/invites", by: device, body: body)
                try invite.expectProblem(.notAllowed)
                let revoke = try await server.send(.delete, "/v1/agendas/assen/devices/\(admin.id)", by: device)
                try revoke.expectProblem(.notAllowed)
                let rejections = try await server.get("/rejections", by: device)
                if role == .auditor {
                    #expect(rejections.status == .ok)
                } else {
                    try rejections.expectProblem(.notAllowed)
                }
            }
        }
    }

    @Test("A device whose access is withdrawn gets nothing from its next request on")
    func revoking() async throws {
        try await TestServer.run { server, admin in
            let device = try await server.enrol(code: server.invite(.recorder))
            let path = "/v1/agendas/assen/devices/\(device.id)"
            for _ in 1...2 {
                #expect(try await server.send(.delete, path, by: admin).status == .noContent)
            }
            for path in Self.readPaths { try await server.get(path, by: device).expectProblem(.deviceRevoked) }
            try await server.push([device.organisation(1)], by: device).expectProblem(.deviceRevoked)
            let log = try await server.get("/events", by: admin).text
            #expect(log.components(separatedBy: "device.revoked").count == 2)
            for id in ["zzzzzz", "ZZZZZZ", "z", "device%20"] {
                try await server.send(.delete, "/v1/agendas/assen/devices/\(id)", by: admin).expectProblem(.notFound)
            }
        }
    }

    @Test("The list of agendas holds those that know the token")
    func list() async throws {
        try await TestServer.run { server, admin in
            try server.source.add("elders")
            let list = try await server.send(.get, "/v1/agendas", by: admin).decode(AgendaList.self)
            #expect(list.agendas.map(\.name) == ["assen"])
            #expect(list.agendas.map(\.size) == [2])
            #expect(try await server.send(.get, "/v1/agendas").decode(AgendaList.self).agendas.isEmpty)
            let unknown: HTTPFields = [.authorization: "Bearer unknown"]
            try await server.send(.get, "/v1/agendas", by: nil, unknown).expectProblem(.unauthenticated)
        }
    }

    @Test("An agenda's token is not known to another agenda")
    func stranger() async throws {
        try await TestServer.run { server, admin in
            try server.source.add("elders")
            try await server.send(.get, "/v1/agendas/elders", by: admin).expectProblem(.unauthenticated)
        }
    }
}
