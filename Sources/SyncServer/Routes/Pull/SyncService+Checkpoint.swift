internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/checkpoint`: the signed note of the log as it stands.
    func checkpoint(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        let witnesses = options.witnesses.count
        let wanted = try request.query.integer("cosignatures", in: 0...Self.maximumCosignatures) ?? 0
        // Who reads it compares it with what another server of the same data may have shown.
        await agenda.sequencer.refresh(isUrgent: true)
        guard let checkpoint = agenda.sequencer.head.checkpoint else {
            throw ProblemDetails(.notFound, "The log is empty, so it has no checkpoint yet.")
        }
        let latest = agenda.cosignatures.note(of: checkpoint)
        guard let note = wanted == 0 ? latest : agenda.cosignatures.note(cosignedBy: wanted) else {
            throw ProblemDetails(
                .notFound,
                "No checkpoint has \(wanted) cosignatures; the server has \(witnesses) witnesses."
            )
        }
        let bytes = Array(note.utf8)
        let tag = EntityTag(String(Hash.sha256(bytes).description.prefix(32)))
        var response = Response(bytes, type: ProtocolConstants.note, cache: request.sender.cache)
        response.headers[.eTag] = tag.text
        response.headers[.vary] = "Authorization"
        guard tag.matches(request.request.headers[.ifNoneMatch]) else { return response }
        return Response(withoutContent: .notModified, headers: response.headers)
    }

    /// Of a checkpoint; which server has how many witnesses may change.
    private static let maximumCosignatures = 64

    /// `POST /v1/agendas/<name>/checkpoint`: whether the log goes on from a checkpoint that somebody holds.
    ///
    /// It is signed by the log's own key, so who brings it does not matter. A server that has gone back with all that it knew
    /// does not know those who came in since: of more than the log has, anybody may bring it. All others read the log.
    func compareCheckpoint(_ request: NewcomerRequest) async throws -> Response {
        let agenda = request.agenda
        var refusal: ProblemDetails?
        var isByMember = false
        do throws(ProblemDetails) {
            let openness = agenda.sequencer.access.openness
            let address = request.incoming.address
            let reader = try AgendaPart.log.reader(request.identity, from: address, at: openness, rates: rates)
            isByMember = !reader.isAnybody
        } catch {
            refusal = error
        }
        let body = try await request.permits.withPermit(for: .body) {
            try await request.request.body(atMost: ServerOptions.note, within: options.deadlines.body)
        }
        let checkpoint: Checkpoint
        do {
            let note = String(decoding: body.readableBytesView, as: UTF8.self)
            checkpoint = try agenda.store.identity.verifierKey.verify(note).checkpoint
        } catch {
            throw refusal
                ?? ProblemDetails(.invalidProof, "The body is no checkpoint that this log's own key has signed.")
        }
        if let refusal, checkpoint.size <= agenda.sequencer.head.size { throw refusal }
        return try await request.permits.withPermitUntilSent {
            // Where the log goes on from it, nobody who writes has to wait for that to be seen.
            if checkpoint.size <= agenda.sequencer.head.size {
                let store = agenda.store
                let root = try? await heavyWork.run(for: request.permits.client) {
                    try LogTree(of: store).root(of: 0..<checkpoint.size.rawValue)
                }
                if root == checkpoint.root { return Response(withoutContent: .noContent) }
            }
            await agenda.sequencer.take(.checkpoint(checkpoint, isByMember: isByMember))
            return Response(withoutContent: .noContent)
        }
    }
}
