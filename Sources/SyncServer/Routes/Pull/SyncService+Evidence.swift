internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Projections
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/evidence/<position>`: an entry with what shows that it is in the log.
    ///
    /// Who comes without a token gets entries that can hold nothing personal, unless the log itself is open.
    func evidence(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        guard let position = request.path.position else { throw ProblemDetails(.notFound, "There is no such entry.") }
        if !agenda.sequencer.head.size.contains(position) { await agenda.sequencer.refresh(isUrgent: true) }
        let size = agenda.sequencer.head.size
        guard size.contains(position) else {
            throw ProblemDetails(.notFound, "The log has \(size) entries, and none at position \(position).")
        }
        let showsAll = !request.sender.seesPublicOnly || AgendaPart.log.isOpen(at: agenda.sequencer.access.openness)
        return try await request.permits.withPermitUntilSent {
            let store = agenda.store
            let bytes = try await heavyWork.run(for: request.sender.client) {
                let evidence = try Self.evidence(of: position, in: store)
                guard try showsAll || PersonalFields.allow(evidence.extra ?? []) else {
                    throw ProblemDetails(.unauthenticated, "This entry may hold names or notes. It is for members.")
                }
                return Array(evidence.text.utf8)
            }
            let tag = EntityTag(String(Hash.sha256(bytes).description.prefix(32)))
            var response = Response(bytes, type: ProtocolConstants.note, cache: request.sender.cache)
            response.headers[.eTag] = tag.text
            response.headers[.vary] = "Authorization"
            if tag.matches(request.request.headers[.ifNoneMatch]) {
                return Response(withoutContent: .notModified, headers: response.headers)
            }
            return response
        }
    }

    private static func evidence(of position: Position, in store: any LogStore) throws -> Evidence {
        do {
            return try Evidence(of: position, in: store)
        } catch let error as LogError where error.code == .notFound {
            throw ProblemDetails(.notFound, "Entry \(position) was erased, and nothing is left of it to be shown.")
        }
    }
}

extension PathParameters {
    /// The position that is asked for, of a path that ends with `{position}`; nil when that is none.
    var position: Position? { DecimalNumber.parse(self["position"]).map { Position($0) } }
}
