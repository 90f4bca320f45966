internal import AgendaModel
package import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `POST /agendas/<name>/devices`: redeems an invite.
    ///
    /// The one request on an agenda that needs no token.
    func enrol(_ request: Request, in agenda: HostedAgenda) async throws -> Response {
        let place = try admission.enter(.administration)
        defer { _ = place }
        let wanted = try await request.decode(EnrolmentRequest.self, within: options.deadlines.body)
        var key: [UInt8]?
        if let text = wanted.key {
            guard let bytes = Base64.decode(text), bytes.count == 32 else {
                throw ProblemDetails(.badRequest, "`key` must be the 32 bytes of an Ed25519 public key in base64.")
            }
            key = bytes
        }
        let enrolled = try await agenda.sequencer.enrol(
            Enrolment(invite: wanted.invite, memberName: wanted.member, deviceName: wanted.device, key: key)
        )
        agenda.readModels.logHasGrown()
        let identity = agenda.store.identity
        let answer = EnrolmentAnswer(
            device: enrolled.device,
            token: enrolled.token,
            member: enrolled.member,
            role: enrolled.role.rawValue,
            origin: identity.origin,
            verifierKey: identity.verifierKey.description
        )
        var response = Response(status: .created, json: try ProtocolJSON.encode(answer), cache: .never)
        response.headers[.location] = "/agendas/\(agenda.name)/subjects/\(enrolled.device)"
        return response
    }

    /// `POST /agendas/<name>/invites`: a one-time code that lets somebody enrol.
    func invite(_ request: Request, to agenda: HostedAgenda) async throws -> Response {
        _ = try Visibility.caller(of: request, in: agenda, for: .administer)
        let place = try admission.enter(.administration)
        defer { _ = place }
        let wanted = try await request.decode(InviteRequest.self, within: options.deadlines.body)
        guard let role = Role(rawValue: wanted.role) else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw ProblemDetails(.badRequest, "`role` must be one of \(roles).")
        }
        let days = wanted.expiresInDays ?? InviteCode.usualDays
        guard InviteCode.days.contains(days) else {
            throw ProblemDetails(
                .invalidRange,
                "`expiresInDays` must be from \(InviteCode.days.lowerBound) to \(InviteCode.days.upperBound)."
            )
        }
        if let member = wanted.member {
            guard agenda.sequencer.access.members[member]?.isActive == true else {
                throw ProblemDetails(.badRequest, "The agenda has no active member as `member` names.")
            }
        }
        let expires = environment.now().advanced(byDays: days)
        let code = InviteCode.make(random: environment.random)
        let invite = Invite(hash: InviteCode.hash(code), role: role, member: wanted.member, expires: expires)
        let store = agenda.store
        try await work.run { try store.add(invite) }
        let answer = InviteAnswer(code: code, role: role.rawValue, member: wanted.member, expires: "\(expires)")
        return Response(status: .created, json: try ProtocolJSON.encode(answer), cache: .never)
    }

    /// `DELETE /agendas/<name>/devices/<id>`: withdraws a device's access.
    ///
    /// Doing it again changes nothing.
    func revoke(device id: String, _ request: Request, in agenda: HostedAgenda) async throws -> Response {
        _ = try Visibility.caller(of: request, in: agenda, for: .administer)
        let place = try admission.enter(.administration)
        defer { _ = place }
        let name = "device/\(id)"
        guard let device = agenda.sequencer.access.devices[name] else {
            throw ProblemDetails(.notFound, "The agenda has no device of this name.")
        }
        if !device.isRevoked {
            let outcome = try await agenda.sequencer.record(
                type: "device.revoked",
                subject: name,
                data: #"{"revoked":true}"#
            )
            agenda.readModels.logHasGrown()
            if let refusal = outcome.rejected.first { throw refusal.problem }
        }
        return Response(withoutContent: .noContent)
    }
}

/// The code of an invite: easy to read out and to type, and too long to be guessed.
package enum InviteCode {
    /// How long an invite may be valid, in days.
    package static let days = 1...90
    /// How long an invite is valid when nobody says, in days.
    package static let usualDays = 7

    /// Letters and digits that are not taken for each other.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// 26 characters, 130 random bits, from a source of that many random bytes.
    package static func make(random: (Int) -> [UInt8]) -> String {
        String(decoding: random(26).map { alphabet[Int($0 & 31)] }, as: UTF8.self)
    }

    /// What is kept of a code.
    package static func hash(_ code: String) -> Hash {
        var code = code
        return code.withUTF8 { Hash.sha256($0) }
    }
}

extension Timestamp {
    fileprivate func advanced(byDays days: Int) -> Timestamp {
        Timestamp(millisecondsSince1970: millisecondsSince1970 + days * 24 * 60 * 60 * 1000)
    }
}
