internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Projections
internal import SyncProtocol
internal import Wording

extension SyncService {
    /// `GET /v1/agendas/<name>/subjects/<kind>/<id>/blame`: who set each field, now or earlier.
    func blame(_ request: MemberRequest) async throws -> Response {
        let (agenda, subject) = (request.agenda, request.path.subject)
        let size = try await size("at", request.query, of: agenda)
        let isPast = size.map { $0 < agenda.sequencer.head.size } ?? false
        return try await request.permits.withPermitUntilSent {
            let store = agenda.store
            let client = request.permits.client
            let coding = request.incoming.acceptedCoding
            let content: CodedContent?
            if isPast, let size {
                content = try await request.permits.withPermit(for: .historicalRead) {
                    let state = try await pastStates.state(of: store, at: size, for: client).state
                    return try await heavyWork.run(for: client) { () -> CodedContent? in
                        guard state.contains(subject) else { return nil }
                        let blame = try Blame(of: subject, state.registers(of: subject), in: store, Naming(state))
                        return CodedContent(Self.json(of: blame, subject: subject, size: size), coding)
                    }
                }
            } else {
                let file = try await agenda.stateFile()
                content = try await heavyWork.run(for: client) {
                    try file.read { view -> CodedContent? in
                        guard try view.exists(subject) else { return nil }
                        let blame = try Blame(of: subject, view.registers(of: subject), in: store, view.naming)
                        return CodedContent(Self.json(of: blame, subject: subject, size: view.size), coding)
                    }
                }
            }
            guard let content else { throw ProblemDetails(.notFound, "The agenda has no subject of this name.") }
            return Response(content)
        }
    }

    private static func json(of blame: Blame, subject: String, size: LogSize) -> [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        json.member("subject", subject)
        json.member("size", size)
        json.fields(blame)
        json.endObject()
        return json.bytes
    }
}
