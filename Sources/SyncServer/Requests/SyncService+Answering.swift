internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// Answers a request: finds out whether its sender may ask, then has the route's handler do the rest.
    ///
    /// The order counts. Whoever asks too often learns nothing but that. Who may not ask is told so before anything else
    /// of the request is looked at.
    ///
    /// - Parameters:
    ///   - request: its body may not have arrived yet.
    ///   - place: what its path stands for.
    ///   - sender: who sends it, as far as that is known already. That only decides how the request is counted;
    ///     `agenda(of:)` says who may have an answer.
    ///   - connection: that it came over.
    /// - Returns: the answer; parts of it may be made while it is sent.
    /// - Throws: what `ProblemDetails(reporting:)` makes a problem of, or a fault of the server's own.
    func answer(
        _ request: Request,
        at place: RouteTable.Address,
        from sender: RequestSender,
        over connection: Connection
    ) async throws -> Response {
        let route = place.route(for: request.method)
        // A method that the address does not take counts like the first one that it takes.
        let counted = route ?? place.routes[0]
        let incoming = IncomingRequest(request, for: counted, path: place.parameters, from: sender, over: connection)
        let caller = sender.known?.identity.caller
        try count(incoming, for: counted.audience, isOfDevice: caller != nil)
        do {
            if CrossOrigin.isPreflight(request), place.routes.contains(where: \.isForAnybody) {
                return CrossOrigin.preflight
            }
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
            if problem == .unauthenticated || problem == .invalidInvite { try rates.take(.failure, of: sender.address) }
            throw error
        }
    }

    /// The agenda that a request is about, which is opened if it was not, and whom it takes the sender for, by all that
    /// other processes have written too.
    ///
    /// - Parameters:
    ///   - incoming: the request.
    ///   - part: what anybody may read with it where that is open; nil when it takes a token.
    /// - Returns: the agenda, and its sender.
    /// - Throws: what keeps the agenda from being opened.
    private func agenda(
        of incoming: IncomingRequest,
        reading part: AgendaPart? = nil
    ) async throws -> (agenda: HostedAgenda, identity: Identity) {
        let agenda = try await registry.agenda(incoming.path["agenda"])
        let identity = agenda.known(incoming.sender).identity
        switch identity {
        // Another server of the same log may have given the token a moment ago.
        case .refused(let problem) where problem.problem == .unauthenticated:
            await agenda.sequencer.refresh(isUrgent: true)
            return (agenda, agenda.known(incoming.sender).identity)
        case .withoutToken:
            if let part { _ = await agenda.opens(part) }
            return (agenda, identity)
        case .device, .refused: return (agenda, identity)
        }
    }

    /// What the path of a request stands for.
    ///
    /// Whoever asks for what does not exist is counted too.
    ///
    /// - Parameters:
    ///   - request: its body may not have arrived yet.
    ///   - address: by what name the requests of its sender are counted together.
    /// - Returns: the routes there.
    /// - Throws: `not-found`, `bad-request`, or `rate-limited`.
    func place(of request: Request, from address: String) throws(ProblemDetails) -> RouteTable.Address {
        do {
            return try RouteTable.server.address(request.uri.path)
        } catch {
            try rates.take(.unknownPath, of: address)
            throw error
        }
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
        case .operators: try rates.take(.operations, of: address)
        case .everybody: try rates.take(.publicRead, of: address)
        case _ where isOfDevice: break
        case .members: try rates.take(.publicRead, of: address)
        case .visitors, .readers:
            try rates.take(.publicRead, of: address, cost: incoming.takesMuch ? IncomingRequest.costOfMuch : 1)
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
        func permits(_ work: Route.Work?, _ client: ConcurrencyLimiter.Client) -> PermitScope {
            PermitScope(
                limiter: limiter,
                connections: connections,
                client: client,
                connection: incoming.connection,
                work: work
            )
        }
        switch route.audience {
        case .operators(let handler): return try await handler(self)(incoming)
        case .everybody(let handler):
            return try await countingBytes(of: .anybody(from: incoming.address)) { try await handler(self)(incoming) }
        case .visitors(let work, let handler):
            let reader = caller.map(Reader.device) ?? .anybody(from: incoming.address)
            return try await countingBytes(of: reader) {
                try await handler(self)(
                    VisitorRequest(
                        incoming: incoming,
                        query: incoming.query.get(),
                        sender: reader,
                        permits: permits(work, reader.client)
                    )
                )
            }
        case .newcomers(let work, let handler):
            let found = try await agenda(of: incoming)
            try checkStanding(of: found.agenda, for: route)
            let client = found.identity.caller?.client ?? .address(incoming.address)
            return try await handler(self)(
                NewcomerRequest(
                    incoming: incoming,
                    query: incoming.query.get(),
                    agenda: found.agenda,
                    identity: found.identity,
                    permits: permits(work, client)
                )
            )
        case .readers(let part, let work, let handler):
            let found = try await agenda(of: incoming, reading: part)
            let openness = found.agenda.sequencer.access.openness
            let reader = try part.reader(found.identity, from: incoming.address, at: openness, rates: rates)
            note(found.identity.caller, incoming, for: route, in: found.agenda)
            return try await countingBytes(of: reader) {
                try await handler(self)(
                    ReaderRequest(
                        incoming: incoming,
                        query: incoming.query.get(),
                        agenda: found.agenda,
                        sender: reader,
                        permits: permits(work, reader.client)
                    )
                )
            }
        case .members(let right, let work, let handler):
            let found = try await agenda(of: incoming)
            let caller = try right.caller(found.identity, rates: rates)
            note(caller, incoming, for: route, in: found.agenda)
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

    /// Counts the bytes of an answer to somebody without a token, whatever the route: an answer may have megabytes.
    ///
    /// Whoever has had too many is told so before anything is done. Of a stream they are counted as they are sent.
    private func countingBytes(of reader: Reader, _ answer: () async throws -> Response) async throws -> Response {
        guard case .anybody(let address) = reader else { return try await answer() }
        try rates.check(.publicBytes, of: address)
        var response = try await answer()
        if let length = response.body.contentLength {
            rates.charge(.publicBytes, of: address, cost: Double(length))
        } else {
            response.body = .counted(response.body) { [rates] bytes in
                rates.charge(.publicBytes, of: address, cost: Double(bytes))
            }
        }
        return response
    }

    /// Notes what a device shows of itself by asking.
    private func note(
        _ caller: Caller?,
        _ incoming: IncomingRequest,
        for route: Route,
        in agenda: HostedAgenda
    ) {
        guard let caller else { return }
        let after = route.saysSize ? (try? incoming.query.get())?["after"] : nil
        let size = after.flatMap { DecimalNumber.parse($0) }.map { LogSize($0) }
        agenda.devicesSeen.note(caller.device, incoming.request.headers, size: size)
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

    /// Said to whoever writes meanwhile.
    static let restoring = "The server is being put back from a backup and takes nothing new."

    /// While a server is put back from a backup, nobody but who restores it may write.
    private func checkWriting(_ route: Route) throws(ProblemDetails) {
        guard current.takesPushes || route.method == .get || route.restores else {
            throw ProblemDetails(.readOnly, Self.restoring)
        }
    }
}
