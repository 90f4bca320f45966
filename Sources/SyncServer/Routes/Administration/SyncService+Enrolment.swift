internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `POST /agendas/<name>/devices`: redeems an invite, which needs no token, or goes on as another device.
    func enrol(_ request: Request, in agenda: HostedAgenda, by address: String) async throws -> Response {
        // Whoever sends slowly, or never, must not take a place from anybody.
        let wanted = try await request.decode(EnrolmentRequest.self, within: options.deadlines.body)
        var key: [UInt8]?
        if let text = wanted.key {
            guard let bytes = Base64.decode(text), bytes.count == 32 else {
                throw ProblemDetails(.badRequest, "`key` must be the 32 bytes of an Ed25519 public key in base64.")
            }
            key = bytes
        }
        let (right, caller) = try right(wanted, request, in: agenda)
        let place = try admission.enter(.enrolment, for: caller?.holder ?? .address(address))
        defer { _ = place }
        let verified = try await verifiedSize(of: request, in: agenda)
        let enrolment = Enrolment(right, deviceName: wanted.device, key: key, verified: verified)
        let enrolled = try await agenda.sequencer.enrol(enrolment, by: caller?.authority(.auditor))
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

    private func right(
        _ wanted: EnrolmentRequest,
        _ request: Request,
        in agenda: HostedAgenda
    ) throws(ProblemDetails) -> (Enrolment.Right, Caller?) {
        guard let invite = wanted.invite, request.headers[.authorization] == nil else {
            let caller = try Visibility.caller(of: request, in: agenda, for: .manageDevice)
            // Guesses are counted for requests without a token: nobody gets past that by sending any.
            guard wanted.invite == nil else {
                throw ProblemDetails(.badRequest, "An enrolment comes with an invite or with a token, not with both.")
            }
            return (.continuing(caller.device), caller)
        }
        guard let member = wanted.member else {
            throw ProblemDetails(.badRequest, "`member` is missing: the name of the person who uses the device.")
        }
        return (.invite(invite, memberName: member), nil)
    }

    /// `POST /agendas/<name>/token`: another token for the device that asks.
    func renewToken(_ request: Request, in agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .manageDevice)
        let place = try admission.enter(.administration, for: caller.holder)
        defer { _ = place }
        let answer = TokenAnswer(token: try await agenda.sequencer.renewToken(caller.token))
        return Response(status: .created, json: try ProtocolJSON.encode(answer), cache: .never)
    }

    /// `DELETE /agendas/<name>/token`: ends all tokens of the device but the one that the request came with.
    func endOtherTokens(_ request: Request, in agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .manageDevice)
        let place = try admission.enter(.administration, for: caller.holder)
        defer { _ = place }
        try await agenda.sequencer.endTokens(except: caller.token)
        return Response(withoutContent: .noContent)
    }
}
