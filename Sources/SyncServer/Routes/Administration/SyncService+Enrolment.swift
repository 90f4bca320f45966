internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `POST /v1/agendas/<name>/devices`: redeems an invite, which needs no token, or goes on as another device.
    func enrol(_ request: NewcomerRequest) async throws -> Response {
        let agenda = request.agenda
        let wanted = try await request.permits.withPermit(for: .body) {
            try await request.request.decode(EnrolmentRequest.self, within: options.deadlines.body)
        }
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
        let limits = try Self.limits(wanted)
        let (right, caller) = try right(wanted, request.identity)
        return try await request.permits.withPermit { [key, proof] in
            let verified = try await verifiedSize(of: request.request, in: agenda)
            var enrolment = Enrolment(
                right,
                deviceName: wanted.device,
                key: key,
                proof: proof,
                verified: verified,
                log: wanted.verifierKey
            )
            enrolment.limits = limits
            let enrolled = try await agenda.sequencer.enrol(
                enrolment,
                by: caller?.right(.auditor),
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
            response.headers[.location] = "/v1/agendas/\(agenda.name)/subjects/\(enrolled.device)"
            return response
        }
    }

    /// What the device is to do without.
    private static func limits(_ wanted: EnrolmentRequest) throws(ProblemDetails) -> AccessLimits {
        guard wanted.reads ?? publicly == publicly else {
            throw ProblemDetails(.badRequest, "`reads` is `\(publicly)`, or missing.")
        }
        return AccessLimits(expires: wanted.expires, readsPublicOnly: wanted.reads != nil)
    }

    private static let publicly = "public"

    /// By what right somebody enrols, and who that is if a device of the agenda.
    private func right(
        _ wanted: EnrolmentRequest,
        _ identity: Identity
    ) throws(ProblemDetails) -> (Enrolment.Right, Caller?) {
        guard let invite = wanted.invite, case .withoutToken = identity else {
            let caller = try Right.manageDevice.caller(identity, rates: rates)
            // Guesses are counted for requests without a token: nobody gets past that by sending any.
            guard wanted.invite == nil else {
                throw ProblemDetails(.badRequest, "An enrolment comes with an invite or with a token, not with both.")
            }
            guard wanted.member == nil else {
                throw ProblemDetails(
                    .badRequest,
                    "`member` goes with an invite: a further device is the same member's."
                )
            }
            guard wanted.expires == nil, wanted.reads == nil else {
                throw ProblemDetails(
                    .badRequest,
                    "`expires` and `reads` go with an invite: a further device has those of the one that it continues."
                )
            }
            return (.continuing(caller.device), caller)
        }
        guard let member = wanted.member else {
            throw ProblemDetails(.badRequest, "`member` is missing: the name of the person who uses the device.")
        }
        return (.invite(invite, memberName: member), nil)
    }
}
