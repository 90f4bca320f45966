internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import SyncProtocol

extension SyncService {
    /// `POST /v1/agendas/<name>/events`: takes a device's events into the log.
    func push(_ request: MemberRequest) async throws -> Response {
        let agenda = request.agenda
        let coding = try request.request.codingOfLines("a push")
        let verified = try await verifiedSize(of: request.request, in: agenda)
        let size = agenda.sequencer.head.size
        if let verified, verified > size {
            // It must not go on as if nothing had happened.
            throw ProblemDetails.aheadOfLog("The device has verified \(verified) entries, which", size: size)
        }
        return try await request.permits.withPermit {
            let caller = request.sender
            let push = try await readLines(of: request, coding) {
                try Push(source: EventSource(caller.device), body: $0, isFromReplica: verified != nil)
            }
            // A request may hold ten thousand events.
            try rates.take(.pushedEvents, of: caller.client.name, cost: Double(push.count))
            try rates.take(.pushedBytes, of: caller.client.name, cost: Double(push.length))
            let outcome = try await agenda.sequencer.push(
                push,
                by: caller.right(.recorder),
                at: request.request.time
            )
            agenda.readModels.logHasGrown()
            forgetPast(of: agenda.store.identity.origin, but: outcome.head.erasureMark)
            counters.add(outcome)
            if push.isAboutAccess, !outcome.accepted.isEmpty {
                log.notice(
                    "access was changed",
                    metadata: ["agenda": "\(agenda.name)", "device": "\(caller.device)"]
                )
            }
            return Response(json: PushAnswer(outcome).encoded(), cache: .never)
        }
    }

    /// How much of the log the device has verified; nil for a device that keeps no log.
    ///
    /// The head is brought up to date first where it is behind that.
    func verifiedSize(of request: Request, in agenda: HostedAgenda) async throws(ProblemDetails) -> LogSize? {
        guard let header = request.headers[.ambitSize] else { return nil }
        guard let size = DecimalNumber.parse(header).map({ LogSize($0) }) else {
            throw ProblemDetails(
                .invalidRange,
                "The header \(ProtocolConstants.sizeHeader) is not a number of entries."
            )
        }
        if size > agenda.sequencer.head.size { await agenda.sequencer.refresh(isUrgent: true) }
        return size
    }
}

extension PushAnswer {
    init(_ outcome: PushOutcome) {
        self.init(
            size: outcome.head.size.rawValue,
            checkpoint: outcome.head.checkpoint?.note ?? "",
            recordedtime: outcome.head.recordedTime?.description ?? "",
            accepted: outcome.accepted.map(VerdictRun.init),
            duplicate: outcome.duplicate.map(VerdictRun.init),
            rejected: outcome.rejected.map { refusal in
                Rejected(
                    id: refusal.counter.map { $0.description },
                    line: refusal.line,
                    problem: ProblemDetails(refusal.problem)
                )
            }
        )
    }
}

extension PushAnswer.VerdictRun {
    fileprivate init(_ run: CounterRun) {
        self.init(first: run.first.description, last: run.last.description, position: run.position.rawValue)
    }
}
