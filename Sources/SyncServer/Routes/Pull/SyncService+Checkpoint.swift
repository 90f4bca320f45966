internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /agendas/<name>/checkpoint`: the signed note of the log as it stands.
    func checkpoint(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        let witnesses = options.witnesses.count
        let wanted = try request.query.integer("cosignatures", in: 0...witnesses) ?? 0
        // Who reads it compares it with what another server of the same data may have shown.
        await agenda.sequencer.refresh(isUrgent: true)
        guard let checkpoint = agenda.sequencer.head.checkpoint else {
            throw ProblemDetails(.notFound, "The log is empty, so it has no checkpoint yet.")
        }
        let latest = agenda.cosignatures.note(of: checkpoint)
        guard let note = wanted == 0 ? latest : agenda.cosignatures.note(cosignedBy: wanted) else {
            throw ProblemDetails(.notFound, "No checkpoint has \(wanted) of \(witnesses) cosignatures yet.")
        }
        let bytes = Array(note.utf8)
        let tag = EntityTag(String(Hash.sha256(bytes).description.prefix(32)))
        var response = Response(bytes, type: ProtocolConstants.note, cache: request.sender.cache)
        response.headers[.eTag] = tag.text
        response.headers[.vary] = "Authorization"
        guard tag.matches(request.request.headers[.ifNoneMatch]) else { return response }
        return Response(withoutContent: .notModified, headers: response.headers)
    }
}
