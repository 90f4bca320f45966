internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import SyncProtocol

/// The server's log of requests: who tried to get in, who changed access, who took the log along.
///
/// Each line says from which device or address, never with which token, and nothing of what was sent.
struct RequestLog: Sendable {
    let service: SyncService
    let rate: RefusalLogRate

    /// Logs an answered request: at notice what is about security and what cannot be had now, at warning the server's own faults,
    /// else at debug.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - place: what its path stands for; nil when for nothing.
    ///   - asking: who sent it, as far as that was known when it came.
    ///   - response: its answer.
    ///   - problem: what the answer says went wrong; nil when nothing did.
    ///   - duration: how long the answer took to begin.
    ///   - id: the request's own.
    func add(
        _ request: Request,
        at place: RouteTable.Address?,
        from asking: RequestSender,
        _ response: Response,
        problem: ProblemType?,
        after duration: Duration,
        id: String
    ) {
        let status = response.status.code
        var level = Logger.Level.debug
        var message: Logger.Message = "request"
        var more = 0
        // Looked up for what is logged alone.
        lazy var sender = name(of: asking, at: place)
        // The server's log is for whoever runs it: who is refused must not be able to fill it, nor who asks for what fails.
        if status >= 500 || [401, 403, 429].contains(status) {
            let sort = problem?.rawValue ?? "\(status)"
            let isFault = status >= 500 && status != 503
            let who = isFault ? place?.template ?? "-" : sender.value
            if let held = rate.take("\(sort) \(who)") { (level, more) = (isFault ? .warning : .notice, held) }
            if status < 500 { message = "refused" }
        } else if status < 300, let note = note(of: request, at: place, from: asking, response) {
            message = "\(note)"
            // Whoever asks again and again, or for a thousand parts, gets a line now and then, as whoever is refused.
            let held = request.method == .get ? rate.take("\(request.uri.path) \(sender.value)") : 0
            if let held { (level, more) = (.notice, held) }
        }
        guard level >= service.log.logLevel else { return }
        var metadata: Logger.Metadata = [
            "method": "\(place == nil ? "-" : request.method.rawValue)",
            "route": "\(place?.template ?? "-")",
            "status": "\(status)",
            "milliseconds": "\(duration.milliseconds)",
            "request": "\(id)",
        ]
        metadata[sender.name] = "\(sender.value)"
        metadata["agenda"] = place?.parameters.agenda.flatMap(AgendaName.init(rawValue:)).map { "\($0)" }
        if message != "request", let parameters = place?.parameters {
            metadata["file"] = parameters.file.map { "\($0)" }
            metadata["size"] = parameters.size.map { "\($0)" }
            // Of a device, or of an invite: too little of its code to stand for it.
            metadata["id"] = parameters.id.map { "\($0)" }
            metadata["made"] = Self.made(response).map { "\($0)" }
        }
        metadata["problem"] = problem.map { "\($0.rawValue)" }
        metadata["trace"] = TraceParent(request.headers)?.trace.map { "\($0)" }
        if more > 0 { metadata["more"] = "\(more)" }
        service.log.log(level: level, message, metadata: metadata)
    }

    /// The device that an enrolment made, by the address that its answer gives.
    private static func made(_ response: Response) -> String? {
        guard let address = response.headers[.location],
            let place = address.firstRange(of: "/\(DeviceID.prefix)")
        else { return nil }
        return String(address[place.lowerBound...].dropFirst())
    }

    /// What there is to say of what was done; nil for what is of no interest.
    ///
    /// What anybody may have without a token, and questions that are answered without contents, are not.
    private func note(
        of request: Request,
        at place: RouteTable.Address?,
        from asking: RequestSender,
        _ response: Response
    ) -> String? {
        guard let route = place?.route(for: request.method) else { return nil }
        guard route.method == .get else { return route.note }
        guard request.method == .get, asking.credentials != .none else { return nil }
        return route.note ?? (response.headers[.contentType] == TableForm.csv.mediaType ? "a table was taken" : nil)
    }

    /// The device that a token belongs to, whether it has access or not; else the address.
    private func name(of sender: RequestSender, at place: RouteTable.Address?) -> (name: String, value: String) {
        let device = service.known(sender, at: place)?.device
        return device.map { ("device", "\($0)") } ?? ("address", sender.address)
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
