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

    /// `POST /agendas/<name>/checkpoint`: whether the log goes on from a checkpoint that somebody holds.
    ///
    /// It is signed by the log's own key, so who brings it does not matter.
    func compareCheckpoint(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        let body = try await request.request.body(atMost: ServerOptions.note, within: options.deadlines.body)
        let checkpoint: Checkpoint
        do {
            let note = String(decoding: body.readableBytesView, as: UTF8.self)
            checkpoint = try agenda.store.identity.verifierKey.verify(note).checkpoint
        } catch {
            throw ProblemDetails(.invalidProof, "The body is no checkpoint that this log's own key has signed.")
        }
        await agenda.sequencer.take(.checkpoint(checkpoint))
        return Response(withoutContent: .noContent)
    }
}
