internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas`: the agendas that the token opens, and those that are open to everybody.
    func agendas(_ request: VisitorRequest) async throws -> Response {
        let credentials = request.incoming.credentials
        if case .unreadable = credentials { throw ProblemDetails.unreadableToken }
        return try await request.permits.withPermitUntilSent {
            var items: [AgendaList.Item] = []
            var opened = 0
            for agenda in try await registry.all() {
                if let caller = agenda.known(request.incoming.sender).identity.caller {
                    // One request counts once, however many agendas it lists.
                    if opened == 0 { try rates.take(.read, of: caller.name) }
                    opened += 1
                } else if !agenda.isOpen {
                    continue
                }
                let title = try await agenda.title()
                items.append(.init(name: agenda.name.rawValue, title: title, size: agenda.sequencer.head.size.rawValue))
            }
            if credentials != .none, opened == 0 {
                throw ProblemDetails(.unauthenticated, "No agenda of this server knows this token.")
            }
            let (list, coding) = (AgendaList(agendas: items), request.incoming.acceptedCoding)
            let content = try await heavyWork.run(for: request.permits.client) {
                CodedContent(try ProtocolJSON.encode(list), coding)
            }
            return Response(content, cache: credentials == .none ? .shared : .revalidate)
        }
    }
}
