import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

/// What is withdrawn while a request arrives counts for nothing when it has arrived.
@Suite("Access that is withdrawn during a request")
struct ServerRevocationTests {
    private let rig: ServiceRig
    private let admin: Enrolled
    private let thief: Enrolled
    private var agenda: HostedAgenda { rig.agenda }

    init() async throws {
        rig = try await ServiceRig()
        admin = try await rig.enrol(.admin)
        thief = try await rig.enrol(.admin)
    }

    enum Withdrawal: CaseIterable, Sendable {
        case revoked, demoted, left, tokenEnded
    }

    private func withdraw(_ withdrawal: Withdrawal) async throws {
        let sequencer = agenda.sequencer
        switch withdrawal {
        case .revoked:
            let data = #"{"revoked":true}"#
            _ = try await sequencer.record(type: "device.revoked", subject: thief.device.rawValue, data: data)
        case .demoted:
            let data = #"{"role":"recorder"}"#
            _ = try await sequencer.record(type: "member.granted", subject: thief.member.rawValue, data: data)
        case .left:
            let data = #"{"active":false}"#
            _ = try await sequencer.record(type: "member.left", subject: thief.member.rawValue, data: data)
        case .tokenEnded:
            let new = try await sequencer.renewToken(Hash.sha256(Array(thief.token.utf8)))
            try await sequencer.endTokens(except: Hash.sha256(Array(new.utf8)))
        }
    }

    /// A request of the thief that has begun when the access is withdrawn.
    private func request(
        _ path: String,
        type: String,
        _ body: String,
        _ withdrawal: Withdrawal
    ) -> Request {
        rig.request(path, by: thief, type: type, body) { try await withdraw(withdrawal) }
    }

    private func expectRefused(
        _ withdrawal: Withdrawal,
        _ body: () async throws -> Response,
        _ location: SourceLocation = #_sourceLocation
    ) async {
        let size = agenda.sequencer.head.size.rawValue
        do {
            _ = try await body()
            Issue.record("a request was answered whose access had been withdrawn", sourceLocation: location)
        } catch {
            let problem = ProblemDetails(reporting: error)?.problem
            let expected: [ProblemType] =
                withdrawal == .demoted ? [.notAllowed] : [.deviceRevoked, .unauthenticated]
            #expect(problem.map(expected.contains) == true, "\(error)", sourceLocation: location)
        }
        #expect(
            agenda.sequencer.head.size.rawValue <= size + 1,
            "more than the withdrawal is in the log",
            sourceLocation: location
        )
    }

    @Test(
        "Who was known when the request came is looked up again where the access is another",
        arguments: Withdrawal.allCases
    )
    func known(withdrawal: Withdrawal) async throws {
        let request = rig.request("/checkpoint", .get, by: thief)
        let sender = rig.sender(of: request, at: try RouteTable.server.address(request.uri.path))
        let before = try #require(sender.known)
        #expect(before.identity.caller?.role == .admin)
        #expect(agenda.known(sender).accessVersion == before.accessVersion)
        try await withdraw(withdrawal)
        let after = agenda.known(sender)
        #expect(after.accessVersion > before.accessVersion)
        let role: Role? = withdrawal == .demoted ? .recorder : nil
        #expect(after.identity.caller?.role == role)
        // Who is refused is still named in the server's log, by a token that has not ended.
        let device: DeviceID? = withdrawal == .tokenEnded ? nil : thief.device
        #expect(after.device == device)
    }

    @Test("It makes no invite", arguments: Withdrawal.allCases)
    func invite(withdrawal: Withdrawal) async throws {
        let request = request("/invites", type: ProtocolConstants.json, #"{"role":"admin"}"#, withdrawal)
        await expectRefused(withdrawal) { try await rig.answer(request) }
        #expect(try agenda.store.invites(usableAt: Timestamp(millisecondsSince1970: 0)).isEmpty)
    }

    @Test("It makes no further device", arguments: [Withdrawal.revoked, .left, .tokenEnded])
    func device(withdrawal: Withdrawal) async throws {
        let request = request("/devices", type: ProtocolConstants.json, #"{"device":"x"}"#, withdrawal)
        await expectRefused(withdrawal) { try await rig.answer(request) }
    }

    @Test("It pushes nothing", arguments: [Withdrawal.revoked, .left, .tokenEnded])
    func push(withdrawal: Withdrawal) async throws {
        let line =
            #"{"specversion":"1.0","id":"1","source":"\#(thief.device)","type":"organisation.registered","#
            + #""subject":"organisation/\#(thief.device.id)-1","time":"2026-11-12T10:11:12.123Z","basis":0,"#
            + #""data":{"name":"Organisatie","sort":"company"}}"#
        let request = request("/events", type: ProtocolConstants.ndjson, line, withdrawal)
        await expectRefused(withdrawal) { try await rig.answer(request) }
    }

    @Test("It heals nothing", arguments: Withdrawal.allCases)
    func heal(withdrawal: Withdrawal) async throws {
        let size = agenda.sequencer.head.size
        let note = try #require(agenda.sequencer.head.checkpoint).note
        let header = try ProtocolJSON.encode(RepairHeader(after: 0, checkpoint: note, proof: nil))
        let entries = try agenda.store.entries(Position(0)..<size.next)
        let body = String(decoding: header + [0x0A] + entries, as: UTF8.self)
        let request = request("/heal", type: ProtocolConstants.ndjson, body, withdrawal)
        await expectRefused(withdrawal) { try await rig.answer(request) }
    }

    @Test("Nor is anything stored of a request that waits for the writer when access is withdrawn")
    func atTheWriter() async throws {
        let right = WriteRight(token: Hash.sha256(Array(thief.token.utf8)), role: .admin)
        let invite = Invite(hash: InviteCode.hash("x"), role: .admin, member: nil, expires: ServiceRig.never)
        try await agenda.sequencer.add(invite, by: right)
        #expect(try agenda.store.invite(hash: invite.hash) == invite)
        try await withdraw(.revoked)
        let other = Invite(hash: InviteCode.hash("y"), role: .admin, member: nil, expires: ServiceRig.never)
        await #expect(throws: PushError.self) { try await agenda.sequencer.add(other, by: right) }
        await #expect(throws: PushError.self) {
            let data = #"{"revoked":true}"#
            _ = try await agenda.sequencer.record(
                type: "device.revoked",
                subject: admin.device.rawValue,
                data: data,
                by: right
            )
        }
        #expect(try agenda.store.invite(hash: other.hash) == nil)
        #expect(agenda.sequencer.access.role(ofDevice: admin.device) == .admin)
    }
}
