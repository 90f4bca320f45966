internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `POST /v1/agendas/<name>/invites`: a one-time code that lets somebody enrol.
    func invite(_ request: MemberRequest) async throws -> Response {
        let wanted = try await request.permits.withPermit(for: .body) {
            try await request.request.decode(InviteRequest.self, within: options.deadlines.body)
        }
        return try await request.permits.withPermit {
            guard let role = Role(rawValue: wanted.role) else {
                let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw ProblemDetails(.badRequest, "`role` must be one of \(roles).")
            }
            let days = wanted.expiresInDays ?? InviteCode.usualDays
            let member = wanted.member.flatMap { MemberID(rawValue: $0) }
            guard member != nil || wanted.member == nil else {
                throw ProblemDetails(.badRequest, "`member` must be a member's name, `member/<id>`.")
            }
            let made = try await administration(request).invite(role, member: member, days: days)
            let answer = try ProtocolJSON.encode(InviteAnswer(made))
            return Response(status: .created, json: answer, cache: .never)
        }
    }

    /// `GET /v1/agendas/<name>/invites`: those that are neither used nor expired.
    func invites(_ request: MemberRequest) async throws -> Response {
        try await request.permits.withPermit {
            let administration = administration(request)
            let list = try await work.run { try InviteList(of: administration) }
            return Response(json: try ProtocolJSON.encode(list), cache: .never)
        }
    }

    /// `DELETE /v1/agendas/<name>/invites/<id>`: takes an invite back.
    func withdrawInvite(_ request: MemberRequest) async throws -> Response {
        try await request.permits.withPermit {
            let administration = administration(request)
            let id = request.path["id"]
            try await work.run { try administration.withdrawInvite(id) }
            return Response(withoutContent: .noContent)
        }
    }

    /// `GET /v1/agendas/<name>/devices`: what was last seen of each device.
    func devicesSeen(_ request: MemberRequest) async throws -> Response {
        try await request.permits.withPermit {
            let seen = DeviceSightings(devices: request.agenda.devicesSeen.items)
            return Response(json: try ProtocolJSON.encode(seen), cache: .never)
        }
    }

    /// `DELETE /v1/agendas/<name>/devices/<id>`: withdraws a device's access.
    ///
    /// Doing it again changes nothing.
    func revokeDevice(_ request: MemberRequest) async throws -> Response {
        try await request.permits.withPermit {
            guard let device = DeviceID(rawValue: DeviceID.prefix + request.path["id"]) else {
                throw AdministrationError(.unknownDevice, "no device can be called that")
            }
            do {
                try await administration(request).revoke(device)
            } catch let problem as EventProblem {
                // Here alone: elsewhere it is about an entry that is stored, which is nothing that the sender did.
                throw ProblemDetails(refused: problem)
            }
            request.agenda.readModels.logHasGrown()
            return Response(withoutContent: .noContent)
        }
    }

    private func administration(_ request: MemberRequest) -> Administration {
        let (agenda, caller) = (request.agenda, request.sender)
        let admin = Administration.Admin.device(
            caller.device,
            caller.right(.admin),
            over: agenda.sequencer,
            at: request.request.time
        )
        return Administration(of: agenda.store, by: admin, environment: environment)
    }
}
