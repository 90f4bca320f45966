internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /agendas`: the agendas that the token opens, and those that are open to everybody.
    func agendas(_ request: Request, by address: String) async throws -> Response {
        _ = try QueryParameters(request.uri.query, known: [])
        let token = try Visibility.tokenHash(of: request)
        let known = token.flatMap { caller(withToken: $0, in: nil) }
        let place = try admission.enter(.read, for: known?.holder ?? .address(address))
        defer { _ = place }
        var items: [AgendaList.Item] = []
        var opened = 0
        for agenda in try await registry.all() {
            if let token, let caller = Visibility.caller(knownBy: agenda, token: token) {
                // One request counts once, however many agendas it lists.
                if opened == 0 { try rates.take(.read, of: caller.device) }
                opened += 1
            } else if !Visibility.isOpen(agenda) {
                continue
            }
            let title = try await agenda.title()
            items.append(.init(name: agenda.name, title: title, size: agenda.sequencer.head.size.rawValue))
        }
        if token != nil, opened == 0 {
            throw ProblemDetails(.unauthenticated, "No agenda of this server knows this token.")
        }
        let json = try ProtocolJSON.encode(AgendaList(agendas: items))
        return .negotiated(json: json, for: request, cache: token == nil ? .shared : .revalidate)
    }

    /// `GET /agendas/<name>`: what a client has to know of an agenda.
    func description(_ request: Request, of agenda: HostedAgenda, by address: String) async throws -> Response {
        let reader = try Visibility.reader(of: request, in: agenda, for: .folded, from: address)
        _ = try QueryParameters(request.uri.query, known: [])
        let place = try admission.enter(.read, for: reader.holder)
        defer { _ = place }
        let identity = agenda.store.identity
        let description = AgendaDescription(
            name: agenda.name,
            title: try await agenda.title(),
            origin: identity.origin,
            verifierKey: identity.verifierKey.description,
            size: agenda.sequencer.head.size.rawValue,
            protocolVersions: ProtocolConstants.versions,
            limits: options.limits
        )
        return .negotiated(json: try ProtocolJSON.encode(description), for: request, cache: reader.cache)
    }

    /// `GET /agendas/<name>/checkpoint`: the signed note of the log as it stands.
    func checkpoint(_ request: Request, of agenda: HostedAgenda, by address: String) async throws -> Response {
        let reader = try Visibility.reader(of: request, in: agenda, for: .log, from: address)
        let query = try QueryParameters(request.uri.query, known: ["cosignatures"])
        let witnesses = options.witnesses.count
        let wanted = try query.integer("cosignatures", in: 0...witnesses) ?? 0
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
        var response = Response(bytes, type: ProtocolConstants.note, cache: reader.cache)
        response.headers[.eTag] = tag.text
        response.headers[.vary] = "Authorization"
        guard tag.matches(request.headers[.ifNoneMatch]) else { return response }
        return Response(withoutContent: .notModified, headers: response.headers)
    }
}
