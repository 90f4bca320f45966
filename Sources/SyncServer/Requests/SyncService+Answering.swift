internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// Answers a request: finds out once who asks and whether they may, then has the route's handler do the rest.
    ///
    /// The order counts. Whoever asks too often learns nothing but that. Who may not ask is told so before anything else
    /// of the request is looked at.
    ///
    /// - Parameters:
    ///   - request: its body may not have arrived yet.
    ///   - place: what its path stands for.
    ///   - address: by what name the requests of its sender are counted together.
    ///   - connection: that it came over.
    /// - Returns: the answer; parts of it may be made while it is sent.
    /// - Throws: what `ProblemDetails(reporting:)` makes a problem of, or a fault of the server's own.
    func answer(
        _ request: Request,
        at place: RouteTable.Address,
        from address: String,
        over connection: Connection
    ) async throws -> Response {
        let route = place.route(for: request.method)
        // A method that the address does not take counts like the first one that it takes.
        let counted = route ?? place.routes[0]
        let incoming = IncomingRequest(request, for: counted, path: place.parameters, from: address, over: connection)
        let caller = knownCaller(of: incoming)
        try count(incoming, for: counted.audience, isOfDevice: caller != nil)
        do {
            guard let route else {
                throw ProblemDetails(.methodNotAllowed, "This address does not take the method of the request.")
            }
            try checkProtocol(request)
            try checkWriting(route)
            var response = try await answer(incoming, for: route, caller)
            // Of an agenda that could be asked; who may not ask it learns nothing.
            let standing = incoming.path.agenda.flatMap(registry.opened)?.sequencer.standing ?? .complete
            if !standing.takesEntries { response.headers[.ambitStanding] = standing.word }
            return response
        } catch {
            let problem = ProblemDetails(reporting: error)?.problem
            if problem == .unauthenticated || problem == .invalidInvite { try rates.take(.failure, of: address) }
            throw error
        }
    }

    /// The device that a request comes from, as far as that is known already; any agenda's, where the request is about the
    /// server as a whole.
    ///
    /// Costs nothing: opens no agenda, and asks no writer whether another process has changed who has access. So it only
    /// decides how the request is counted; `agenda(of:)` says who may have an answer.
    private func knownCaller(of incoming: IncomingRequest) -> Caller? {
        guard let name = incoming.path.agenda else { return caller(incoming.credentials) }
        guard let agenda = registry.opened(name) else { return nil }
        return Identity(incoming.credentials, in: agenda.sequencer.access).caller
    }

    /// The agenda that a request is about, which is opened if it was not, and whom it takes the sender for, by all that
    /// other processes have written too.
    private func agenda(of incoming: IncomingRequest) async throws -> (agenda: HostedAgenda, identity: Identity) {
        let agenda = try await registry.agenda(incoming.path["agenda"])
        return (agenda, Identity(incoming.credentials, in: agenda.sequencer.access))
    }

    /// Counts a request for its address.
    ///
    /// The requests of devices are counted by `Right.caller`: others behind the same address have no part in them. A token
    /// that is not good, or belongs to nobody any more, makes nobody a device; nor does one that costs work before it can
    /// be looked up.
    private func count(
        _ incoming: IncomingRequest,
        for audience: Route.Audience,
        isOfDevice: Bool
    ) throws(ProblemDetails) {
        let address = incoming.address
        switch audience {
        case .operators: break
        case .everybody: try rates.take(.publicRead, of: address)
        case _ where isOfDevice: break
        case .visitors, .members: try rates.take(.publicRead, of: address)
        case .readers: try rates.take(.publicRead, of: address, cost: incoming.isAboutThePast ? 10 : 1)
        case .newcomers:
            try rates.take(.enrolment, of: address)
            // Before the invite is looked at: a guess that comes too often must not be told whether it was right.
            try rates.check(.failure, of: address)
        }
    }

    private func answer(
        _ incoming: IncomingRequest,
        for route: Route,
        _ caller: Caller?
    ) async throws -> Response {
        @Sendable func permits(_ work: Route.Work?, _ client: ConcurrencyLimiter.Client) -> PermitScope {
            PermitScope(limiter: limiter, client: client, work: work)
        }
        switch route.audience {
        case .operators(let handler), .everybody(let handler): return try await handler(self)(incoming)
        case .visitors(let work, let handler):
            let client = caller?.client ?? .address(incoming.address)
            return try await handler(self)(
                VisitorRequest(incoming: incoming, query: incoming.query.get(), permits: permits(work, client))
            )
        case .newcomers(let work, let handler):
            let found = try await agenda(of: incoming)
            try checkStanding(of: found.agenda, for: route)
            return try await handler(self)(
                NewcomerRequest(incoming: incoming, agenda: found.agenda, identity: found.identity) {
                    permits(work, $0)
                }
            )
        case .readers(let part, let work, let handler):
            let found = try await agenda(of: incoming)
            let openness = found.agenda.sequencer.access.openness
            let reader = try part.reader(found.identity, from: incoming.address, at: openness, rates: rates)
            return try await handler(self)(
                ReaderRequest(
                    incoming: incoming,
                    query: incoming.query.get(),
                    agenda: found.agenda,
                    sender: reader,
                    permits: permits(work, reader.client)
                )
            )
        case .members(let right, let work, let handler):
            let found = try await agenda(of: incoming)
            let caller = try right.caller(found.identity, rates: rates)
            try checkStanding(of: found.agenda, for: route)
            return try await handler(self)(
                MemberRequest(
                    incoming: incoming,
                    query: incoming.query.get(),
                    agenda: found.agenda,
                    sender: caller,
                    permits: permits(work, caller.client)
                )
            )
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

    /// To a log that does not hold all that has been shown of it, nobody may write but who gives that back.
    private func checkStanding(of agenda: HostedAgenda, for route: Route) throws(ProblemDetails) {
        let sequencer = agenda.sequencer
        guard route.method != .get, !route.restores, let why = sequencer.standing.explanation(at: sequencer.head.size)
        else { return }
        throw ProblemDetails(.readOnly, saying: why)
    }

    /// While a server is put back from a backup, nobody but who restores it may write.
    private func checkWriting(_ route: Route) throws(ProblemDetails) {
        guard options.takesPushes || route.method == .get || route.restores else {
            throw ProblemDetails(.readOnly, "The server is being put back from a backup and takes nothing new.")
        }
    }
}
