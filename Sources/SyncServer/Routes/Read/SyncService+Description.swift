internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>`: what a client has to know of an agenda.
    func description(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        return try await request.permits.withPermitUntilSent {
            let identity = agenda.store.identity
            let description = AgendaDescription(
                name: agenda.name.rawValue,
                title: try await agenda.title(),
                origin: identity.origin,
                verifierKey: identity.verifierKey.description,
                size: agenda.sequencer.head.size.rawValue,
                protocolVersions: ProtocolConstants.versions,
                limits: options.limits
            )
            let content = CodedContent(try ProtocolJSON.encode(description), request.incoming.acceptedCoding)
            return Response(content, cache: request.sender.cache)
        }
    }
}
