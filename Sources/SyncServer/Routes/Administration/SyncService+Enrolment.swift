internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `POST /agendas/<name>/devices`: redeems an invite, which needs no token, or goes on as another device.
    func enrol(_ request: NewcomerRequest) async throws -> Response {
        let agenda = request.agenda
        let wanted = try await request.request.decode(EnrolmentRequest.self, within: options.deadlines.body)
        var key: [UInt8]?
        if let text = wanted.key {
            guard let bytes = Base64.decode(text), bytes.count == 32 else {
                throw ProblemDetails(.badRequest, "`key` must be the 32 bytes of an Ed25519 public key in base64.")
            }
            key = bytes
        }
        var proof: [UInt8]?
        if let text = wanted.proof {
            guard let bytes = Base64.decode(text), bytes.count == 64 else {
                throw ProblemDetails(.badRequest, "`proof` must be the 64 bytes of an Ed25519 signature in base64.")
            }
            proof = bytes
        }
        let (right, caller) = try right(wanted, request.identity)
        let client = caller?.client ?? .address(request.incoming.address)
        return try await request.permits(client).withPermit { [key, proof] in
            let verified = try await verifiedSize(of: request.request, in: agenda)
            let enrolment = Enrolment(right, deviceName: wanted.device, key: key, proof: proof, verified: verified)
            let enrolled = try await agenda.sequencer.enrol(
                enrolment,
                by: caller?.authority(.auditor),
                at: request.request.time
            )
            agenda.readModels.logHasGrown()
            let identity = agenda.store.identity
            let answer = EnrolmentAnswer(
                device: enrolled.device.rawValue,
                token: enrolled.token,
                member: enrolled.member.rawValue,
                role: enrolled.role.rawValue,
                origin: identity.origin,
                verifierKey: identity.verifierKey.description
            )
            var response = Response(status: .created, json: try ProtocolJSON.encode(answer), cache: .never)
            response.headers[.location] = "/agendas/\(agenda.name)/subjects/\(enrolled.device)"
            return response
        }
    }

    /// By what right somebody enrols, and who that is if a device of the agenda.
    private func right(
        _ wanted: EnrolmentRequest,
        _ identity: Identity
    ) throws(ProblemDetails) -> (Enrolment.Right, Caller?) {
        guard let invite = wanted.invite, case .anonymous = identity else {
            let caller = try Right.manageDevice.caller(identity, rates: rates)
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
}
