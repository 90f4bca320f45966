internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /healthz`: the process answers.
    func health(_: IncomingRequest) -> Response {
        Response(Array("ok\n".utf8), type: Self.text, cache: .never)
    }

    /// `GET /readyz`: requests can be served.
    ///
    /// An agenda that cannot be opened, or takes no entries, does not keep the others from it, unless no other is left.
    ///
    /// Anybody may ask: all agendas are looked at once for all who ask meanwhile.
    func readiness(_: IncomingRequest) async throws -> Response {
        if isStopping {
            return Response(ProblemDetails(.busy, "The server is stopping."))
        }
        let found = try await findingReadiness.freshValue(for: current.takesPushes) { [self] in
            guard await registry.canList() else { return nil }
            return try await looking.run(for: "readiness") { [self] in findReadiness() }
        }
        guard let found else {
            return Response(ProblemDetails(.unavailable, "The server's data cannot be read."))
        }
        return Response(
            status: found.isReady ? .ok : .serviceUnavailable,
            Array(found.text.utf8),
            type: Self.text,
            cache: .never
        )
    }

    private func findReadiness() -> Readiness {
        let agendas = registry.current
        let incomplete = agendas.open.count { obstacle(of: $0) != nil }
        let isReady = agendas.open.count > incomplete || agendas.failed.count + incomplete == 0
        let text =
            "\(isReady ? "ready" : "not ready")\nagendas open: \(agendas.open.count)\nagendas that take no entries: "
            + "\(incomplete)\nagendas not opened: \(agendas.failed.count)\n"
        return Readiness(isReady: isReady, text: text)
    }

    /// `GET /v1/agendas/<name>/ready`: the agenda can be read, and written to.
    ///
    /// Members are told why it is not. Whoever asks for one that is not open is counted: it has to be looked for.
    func agendaReadiness(_ request: IncomingRequest) async throws -> Response {
        if registry.opened(request.path["agenda"]) == nil { try rates.take(.publicRead, of: request.address) }
        let agenda = try await registry.agenda(request.path["agenda"])
        guard let why = obstacle(of: agenda) else {
            return Response(Array("ready\n".utf8), type: Self.text, cache: .never)
        }
        guard agenda.known(request.sender).identity.caller != nil else {
            throw ProblemDetails(.readOnly, "The agenda takes nothing at the moment; its members are told why.")
        }
        throw ProblemDetails(.readOnly, saying: why)
    }

    /// Why the agenda takes nothing; nil when it does.
    func obstacle(of agenda: HostedAgenda) -> String? {
        agenda.obstacle ?? (current.takesPushes ? nil : Self.restoring)
    }

    /// `GET /v1/openapi.json`: the contract of the parts in JSON.
    func contract(_: IncomingRequest) -> Response {
        Response(contents.contract, type: ProtocolConstants.json)
    }

    /// `GET /v1/openapi.yaml`: the same, as it was written.
    func writtenContract(_: IncomingRequest) -> Response {
        Response(contents.writtenContract, type: "application/yaml")
    }

    /// `GET /problems/<name>`: what a type of problem means.
    func problem(_ request: IncomingRequest) throws(ProblemDetails) -> Response {
        guard let problem = ProblemType(rawValue: request.path["name"]) else {
            throw ProblemDetails(.notFound, "There is no such type of problem.")
        }
        let text = "\(problem.title)\n\n\(problem.nextStep)\n"
        return Response(Array(text.utf8), type: Self.text)
    }

    private static let text = "text/plain; charset=utf-8"
}

/// Whether requests can be served, and in words.
struct Readiness: Sendable {
    var isReady: Bool
    var text: String
}
