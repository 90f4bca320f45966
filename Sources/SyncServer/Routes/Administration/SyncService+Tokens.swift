internal import EventLog
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `POST /v1/agendas/<name>/token`: another token for the device that asks.
    func renewToken(_ request: MemberRequest) async throws -> Response {
        try await request.permits.withPermit {
            let token = try await request.agenda.sequencer.renewToken(request.sender.token)
            let answer = TokenAnswer(token: token)
            return Response(status: .created, json: try ProtocolJSON.encode(answer), cache: .never)
        }
    }

    /// `DELETE /v1/agendas/<name>/token`: ends all tokens of the device but the one that the request came with.
    func endOtherTokens(_ request: MemberRequest) async throws -> Response {
        try await request.permits.withPermit {
            try await request.agenda.sequencer.endTokens(except: request.sender.token)
            return Response(withoutContent: .noContent)
        }
    }
}
