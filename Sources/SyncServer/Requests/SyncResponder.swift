internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import SyncProtocol

/// What a request comes with: the connection that it came over, and from where.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let connection: Connection
    /// nil where there is no socket.
    let peer: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = Connection(source.channel)
        peer = source.channel.remoteAddress
    }
}

/// Answers requests: finds what they are about, and makes sure that every error is a problem that says what to do.
struct SyncResponder: HTTPResponder {
    typealias Context = ServerContext

    let service: SyncService

    func respond(to request: Request, context: Context) async throws -> Response {
        let start = ContinuousClock.now
        let request = request.asking(over: context.connection)
        var route: Route?
        var response: Response
        do {
            let found = try Route(request.uri.path)
            route = found
            response = try await counted(found, request, context)
        } catch {
            response = problemResponse(error, route, context)
        }
        if request.method == .head { response = response.createHeadResponse() }
        // Where there is no socket, nothing is ever full.
        if context.peer != nil { response.body = .paced(response.body, by: context.connection) }
        service.counters.addRequest(status: response.status.code)
        log(request, route, response.status, start.duration(to: .now), context)
        return response
    }

    /// Answers a request that its address may still make.
    ///
    /// The requests of devices are counted where their tokens are looked up: others behind the same address have no
    /// part in them. A token that is not good, or belongs to nobody any more, makes nobody a device.
    private func counted(_ route: Route, _ request: Request, _ context: Context) async throws -> Response {
        let address = service.address(of: request, peer: context.peer)
        if route.isEnrolment, !hasGoodToken(route, request) {
            try service.rates.take(.enrolment, of: address)
            // Before the invite is looked at: a guess that comes too often must not be told whether it was right.
            try service.rates.check(.failure, of: address)
        } else if isPublic(route, request) {
            try service.rates.take(.publicRead, of: address, cost: isAboutThePast(route, request) ? 10 : 1)
        }
        do {
            return try await answer(route, request, context, by: address)
        } catch {
            let problem = ProblemDetails(reporting: error)?.problem
            if problem == .unauthenticated || problem == .invalidInvite {
                try service.rates.take(.failure, of: address)
            }
            throw error
        }
    }

    /// Whether the request is one that needs no token, comes without a good one, or costs work before its token can be
    /// looked up.
    private func isPublic(_ route: Route, _ request: Request) -> Bool {
        switch route {
        case .health, .readiness, .metrics: false
        case .contract, .problem: true
        default: !hasGoodToken(route, request)
        }
    }

    /// Whether the request is of a device that will be counted as one.
    private func hasGoodToken(_ route: Route, _ request: Request) -> Bool {
        guard let token = try? Visibility.tokenHash(of: request) else { return false }
        return service.caller(withToken: token, in: route.agenda) != nil
    }

    /// Whether the answer may take folding the log once more.
    private func isAboutThePast(_ route: Route, _ request: Request) -> Bool {
        // As the route reads them: there is more than one way to write a name.
        switch route {
        case .state, .subject:
            (try? QueryParameters(request.uri.query, known: SyncService.stateParameters))?["at"] != nil
        default: false
        }
    }

    private func answer(
        _ route: Route,
        _ request: Request,
        _ context: Context,
        by address: String
    ) async throws -> Response {
        guard route.methods.contains(request.method) else {
            throw ProblemDetails(.methodNotAllowed, "This address does not take the method of the request.")
        }
        try checkProtocol(request)
        try checkWriting(request, route)
        let service = service
        switch route {
        case .agendas: return try await service.agendas(request, by: address)
        case .health: return service.health()
        case .readiness: return await service.readiness()
        case .metrics: return service.metrics()
        case .contract: return service.contract()
        case .problem(let name): return try service.problem(name)
        case .agenda(let name):
            return try await service.description(request, of: service.registry.agenda(name), by: address)
        case .events(let name):
            let agenda = try await service.registry.agenda(name)
            if request.method == .post { return try await service.push(request, to: agenda) }
            return PullForm.isLive(request.headers[.accept])
                ? try await service.live(request, from: agenda, over: context.connection, by: address)
                : try await service.pull(request, from: agenda, over: context.connection, by: address)
        case .heal(let name): return try await service.heal(request, service.registry.agenda(name))
        case .checkpoint(let name):
            return try await service.checkpoint(request, of: service.registry.agenda(name), by: address)
        case .tile(let name, let tile):
            return try await service.tile(tile, request, of: service.registry.agenda(name), by: address)
        case .state(let name):
            return try await service.state(request, of: service.registry.agenda(name), by: address)
        case .subject(let name, let subject):
            return try await service.subject(subject, request, of: service.registry.agenda(name), by: address)
        case .history(let name, let subject):
            return try await service.history(of: subject, request, in: service.registry.agenda(name))
        case .blame(let name, let subject):
            return try await service.blame(subject, request, in: service.registry.agenda(name))
        case .diff(let name): return try await service.diff(request, of: service.registry.agenda(name))
        case .conflicts(let name): return try await service.conflicts(request, of: service.registry.agenda(name))
        case .progress(let name):
            return try await service.progress(request, of: service.registry.agenda(name), by: address)
        case .rejections(let name): return try await service.rejections(request, of: service.registry.agenda(name))
        case .devices(let name): return try await service.enrol(request, in: service.registry.agenda(name), by: address)
        case .device(let name, let id):
            return try await service.revoke(device: id, request, in: service.registry.agenda(name))
        case .invites(let name):
            let agenda = try await service.registry.agenda(name)
            return request.method == .post
                ? try await service.invite(request, to: agenda) : try await service.invites(request, of: agenda)
        case .invite(let name, let id):
            return try await service.withdraw(invite: id, request, of: service.registry.agenda(name))
        case .token(let name):
            let agenda = try await service.registry.agenda(name)
            return request.method == .post
                ? try await service.renewToken(request, in: agenda)
                : try await service.endOtherTokens(request, in: agenda)
        }
    }

    private func checkProtocol(_ request: Request) throws(ProblemDetails) {
        guard let version = request.headers[.ambitProtocol] else { return }
        guard let number = DecimalNumber.parse(version), ProtocolConstants.versions.contains(number) else {
            let spoken = ProtocolConstants.versions.map(String.init).joined(separator: ", ")
            var problem = ProblemDetails(.unsupportedProtocol, "This server speaks version \(spoken) of the protocol.")
            problem.protocolVersions = ProtocolConstants.versions
            throw problem
        }
    }

    /// While a server is put back from a backup, nobody but who heals it may write.
    private func checkWriting(_ request: Request, _ route: Route) throws(ProblemDetails) {
        if service.options.takesPushes || request.method == .get || request.method == .head { return }
        if case .heal = route { return }
        throw ProblemDetails(.readOnly, "The server is being put back from a backup and takes nothing new.")
    }

    private func problemResponse(_ error: any Error, _ route: Route?, _ context: Context) -> Response {
        if let problem = ProblemDetails(reporting: error) {
            if problem.status ?? 500 >= 500, !(error is ProblemDetails) {
                context.logger.error("Data cannot be used", metadata: ["error": "\(error)"])
            }
            return Response(problem, allowing: route?.methods ?? [])
        }
        context.logger.error("A request failed", metadata: ["error": "\(error)"])
        return Response(.internalError(request: context.id))
    }

    private func log(
        _ request: Request,
        _ route: Route?,
        _ status: HTTPResponse.Status,
        _ duration: Duration,
        _ context: Context
    ) {
        let level: Logger.Level = status.code >= 500 ? .warning : .debug
        context.logger.log(
            level: level,
            "request",
            metadata: [
                "method": "\(route == nil ? "-" : request.method.rawValue)",
                "route": "\(route?.template ?? "-")",
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
