internal import AgendaModel
package import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `POST /agendas/<name>/invites`: a one-time code that lets somebody enrol.
    func invite(_ request: Request, to agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .administer)
        let wanted = try await request.decode(InviteRequest.self, within: options.deadlines.body)
        let place = try admission.enter(.administration, for: caller.holder)
        defer { _ = place }
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
        let invite = Invite(
            hash: InviteCode.hash(code),
            role: role,
            member: wanted.member,
            expires: expires,
            device: caller.device
        )
        try await agenda.sequencer.add(invite, by: caller.authority(.admin))
        let answer = InviteAnswer(code: code, role: role.rawValue, member: wanted.member, expires: "\(expires)")
        return Response(status: .created, json: try ProtocolJSON.encode(answer), cache: .never)
    }

    /// `GET /agendas/<name>/invites`: those that are neither used nor expired.
    func invites(_ request: Request, of agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .administer)
        _ = try QueryParameters(request.uri.query, known: [])
        let place = try admission.enter(.administration, for: caller.holder)
        defer { _ = place }
        let store = agenda.store
        let now = environment.now()
        let items = try await work.run { try store.invites(usableAt: now) }.map { invite in
            InviteList.Item(
                id: invite.id,
                role: invite.role.rawValue,
                member: invite.member,
                expires: "\(invite.expires)",
                device: invite.device
            )
        }
        return Response(json: try ProtocolJSON.encode(InviteList(invites: items)), cache: .never)
    }

    /// `DELETE /agendas/<name>/invites/<id>`: takes an invite back.
    func withdraw(invite id: String, _ request: Request, of agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .administer)
        let place = try admission.enter(.administration, for: caller.holder)
        defer { _ = place }
        let store = agenda.store
        let now = environment.now()
        let isWithdrawn = try await work.run {
            guard let invite = try store.invites(usableAt: now).first(where: { $0.id == id }) else { return false }
            return try store.withdrawInvite(hash: invite.hash)
        }
        guard isWithdrawn else { throw ProblemDetails(.notFound, "The agenda has no open invite of this name.") }
        return Response(withoutContent: .noContent)
    }

    /// `DELETE /agendas/<name>/devices/<id>`: withdraws a device's access.
    ///
    /// Doing it again changes nothing.
    func revoke(device id: String, _ request: Request, in agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .administer)
        let place = try admission.enter(.administration, for: caller.holder)
        defer { _ = place }
        let name = "device/\(id)"
        guard let device = agenda.sequencer.access.devices[name] else {
            throw ProblemDetails(.notFound, "The agenda has no device of this name.")
        }
        if !device.isRevoked {
            let outcome = try await agenda.sequencer.record(
                type: "device.revoked",
                subject: name,
                data: #"{"revoked":true}"#,
                by: caller.authority(.admin)
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
