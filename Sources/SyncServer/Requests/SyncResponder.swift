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
        var place: RouteTable.Address?
        var response: Response
        do {
            let found = try RouteTable.server.address(request.uri.path)
            place = found
            let address = service.address(of: request, peer: context.peer)
            response = try await service.answer(request, at: found, from: address, over: context.connection)
        } catch {
            response = self.response(to: error, at: place, context)
        }
        if request.method == .head { response = response.createHeadResponse() }
        // Where there is no socket, nothing is ever full.
        if context.peer != nil { response.body = .paced(response.body, by: context.connection) }
        service.counters.addRequest(status: response.status.code)
        log(request, at: place, response.status, after: start.duration(to: .now), to: context.logger)
        return response
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

    private func log(
        _ request: Request,
        at place: RouteTable.Address?,
        _ status: HTTPResponse.Status,
        after duration: Duration,
        to logger: Logger
    ) {
        let level: Logger.Level = status.code >= 500 ? .warning : .debug
        logger.log(
            level: level,
            "request",
            metadata: [
                "method": "\(place == nil ? "-" : request.method.rawValue)",
                "route": "\(place?.template ?? "-")",
                "status": "\(status.code)",
                "milliseconds": "\(duration.milliseconds)",
            ]
        )
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
