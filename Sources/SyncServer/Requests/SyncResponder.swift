internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import SyncProtocol

/// Where requests come in and answers go out.
///
/// Makes sure that every error becomes a problem that says what to do.
struct SyncResponder: HTTPResponder {
    typealias Context = ServerContext

    let service: SyncService

    func respond(to request: Request, context: Context) async throws -> Response {
        let start = ContinuousClock.now
        let request = request.asking(over: context.connection)
        var sender = RequestSender(
            credentials: Credentials(request.headers),
            address: service.address(of: request, peer: context.peer)
        )
        var place: RouteTable.Address?
        var problem: ProblemType?
        var response: Response
        var isBrief = false
        do {
            let found = try service.place(of: request, from: sender.address)
            place = found
            sender.known = service.known(sender, at: found)
            let known = sender
            isBrief = Self.isBrief(request, found)
            response =
                if isBrief {
                    try await service.answer(request, at: found, from: known, over: context.connection)
                } else {
                    try await offEventLoop {
                        try await service.answer(request, at: found, from: known, over: context.connection)
                    }
                }
        } catch {
            problem = ProblemDetails(reporting: error)?.problem
            response = self.response(to: error, at: place, context)
        }
        if request.uri.path.hasPrefix("\(ProtocolConstants.base)/") {
            response.headers[.apiVersion] = ProtocolConstants.contractVersion
        }
        if place?.routes.contains(where: \.isForAnybody) == true, request.headers[.authorization] == nil {
            CrossOrigin.open(&response)
        }
        if request.method == .head { response = response.createHeadResponse() }
        // Where there is no socket, nothing is ever full. The answer to a push is short, and nothing is held for it.
        if context.peer != nil, !isBrief { response.body = .paced(response.body, by: context.connection) }
        let duration = start.duration(to: .now)
        service.counters.addRequest(
            .init(route: place?.template ?? "-", status: response.status.code),
            after: duration
        )
        RequestLog(service: service, rate: service.refusals)
            .add(request, at: place, from: sender, response, problem: problem, after: duration, id: context.id)
        return response
    }

    /// Whether it takes next to nothing to answer a request: so it is for what laptops usually push.
    private static func isBrief(_ request: Request, _ place: RouteTable.Address) -> Bool {
        guard case .members(_, .push, _)? = place.route(for: request.method)?.audience,
            let length = request.headers[.contentLength].flatMap({ DecimalNumber.parse($0) })
        else { return false }
        return length <= ServerOptions.briefPush
    }

    private func response(
        to error: any Error,
        at place: RouteTable.Address?,
        _ context: Context
    ) -> Response {
        if let problem = ProblemDetails(reporting: error) {
            if problem.status ?? 500 >= 500, !(error is ProblemDetails) {
                context.logger.error("Data cannot be used", metadata: ["error": "\(error)"])
            }
            return Response(problem, allowing: place?.methods ?? [])
        }
        context.logger.error("A request failed", metadata: ["error": "\(error)"])
        return Response(.internalError(request: context.id))
    }
}
