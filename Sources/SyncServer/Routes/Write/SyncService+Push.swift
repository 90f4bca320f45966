internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

extension SyncService {
    /// `POST /agendas/<name>/events`: takes a device's events into the log.
    func push(_ request: Request, to agenda: HostedAgenda) async throws -> Response {
        let caller = try Visibility.caller(of: request, in: agenda, for: .push)
        guard request.mediaType == ProtocolConstants.ndjson else {
            throw ProblemDetails(
                .unsupportedEncoding,
                "The Content-Type of a push must be \(ProtocolConstants.ndjson)."
            )
        }
        let coding = try request.contentCoding()
        let verified = try await verifiedSize(of: request, in: agenda)
        let size = agenda.sequencer.head.size
        if let verified, verified > size {
            // It must not go on as if nothing had happened.
            throw ProblemDetails.aheadOfLog(
                "The device has verified \(verified.rawValue) entries, which",
                size: size.rawValue
            )
        }
        let place = try admission.enter(.push, for: caller.holder)
        defer { _ = place }

        let push = try await read(request, coding, for: caller.holder) {
            try Push(device: caller.device, body: $0, isFromReplica: verified != nil)
        }
        let outcome = try await agenda.sequencer.push(push, by: caller.authority(.recorder))
        agenda.readModels.logHasGrown()
        pastStates.forget(agenda.store.identity.origin, but: outcome.head.erasures)
        counters.add(outcome)
        return Response(json: PushAnswer(outcome).encoded(), cache: .never)
    }

    /// How much of the log the device has verified, before which the head is brought up to date where it is behind that;
    /// nil for a device that keeps no log.
    func verifiedSize(of request: Request, in agenda: HostedAgenda) async throws(ProblemDetails) -> LogSize? {
        guard let header = request.headers[.ambitSize] else { return nil }
        guard let size = DecimalNumber.parse(header) else {
            throw ProblemDetails(
                .invalidRange,
                "The header \(ProtocolConstants.sizeHeader) is not a number of entries."
            )
        }
        if size > agenda.sequencer.head.size.rawValue { await agenda.sequencer.refresh(isUrgent: true) }
        return LogSize(size)
    }

    /// Collects, inflates and reads the body.
    ///
    /// Short ones are read where they arrive, long ones on threads of their own.
    func read<Content: Sendable>(
        _ request: Request,
        _ coding: ContentCoding,
        for holder: Admission.Holder,
        _ read: @escaping @Sendable ([UInt8]) throws -> Content
    ) async throws -> Content {
        var long: Admission.Place?
        let body = try await request.body(
            atMost: options.limits.pushCompressedBytes,
            within: options.deadlines.body,
            longLength: ServerOptions.longPush,
            onLong: { long = try admission.enter(.longPush, for: holder) }
        )
        defer { _ = long }
        let limits = options.limits
        if coding == .identity {
            return try await inline(body.readableBytes <= Self.inlineLength) {
                try read(Array(body.readableBytesView))
            }
        }
        return try await inline(body.readableBytes <= Self.inlineLength / 8) { [admission, long] in
            try body.withUnsafeReadableBytes { bytes in
                let compressed = bytes.bindMemory(to: UInt8.self)
                guard long == nil else { return try read(BodyContent.inflate(compressed, limits: limits)) }
                return try read(Self.inflate(compressed, limits, admission, for: holder))
            }
        }
    }

    /// Inflates under the limit of short pushes first, and takes one of the places of long ones only when it must.
    private static func inflate(
        _ compressed: UnsafeBufferPointer<UInt8>,
        _ limits: Limits,
        _ admission: Admission,
        for holder: Admission.Holder
    ) throws -> [UInt8] {
        var short = limits
        short.pushInflatedBytes = min(limits.pushInflatedBytes, ServerOptions.longPushInflated)
        let fits = Result { () throws(ProblemDetails) in try BodyContent.inflate(compressed, limits: short) }
        guard case .failure(let problem) = fits, problem.problem == .tooLarge, short != limits else {
            return try fits.get()
        }
        let place = try admission.enter(.longPush, for: holder)
        defer { _ = place }
        return try BodyContent.inflate(compressed, limits: limits)
    }

    private func inline<Value: Sendable>(
        _ isShort: Bool,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        if isShort { return try body() }
        return try await work.run(body)
    }

    /// Reading so many bytes of events takes well under a millisecond: less than handing them to another thread may.
    private static let inlineLength = 64 * 1024
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
                    id: refusal.counter.map { String($0.rawValue) },
                    line: refusal.line,
                    problem: ProblemDetails(refusal.problem)
                )
            }
        )
    }
}

extension PushAnswer.VerdictRun {
    fileprivate init(_ run: Run) {
        self.init(first: String(run.first.rawValue), last: String(run.last.rawValue), position: run.position.rawValue)
    }
}
