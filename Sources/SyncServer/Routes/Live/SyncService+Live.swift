internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/events` with `Accept: text/event-stream`: entries from a position on, then every one as soon
    /// as it is committed.
    func live(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        guard request.query["limit"] == nil, request.query["wait"] == nil else {
            throw ProblemDetails(.badRequest, "The query of a live stream has a parameter other than `after`.")
        }
        let asked = LogSize(try request.query.integer("after", in: 0...DecimalNumber.maximum) ?? 0)
        let after = try Self.lastEventID(of: request.request) ?? asked
        if after > agenda.sequencer.head.size { await agenda.sequencer.refresh(isUrgent: true) }
        let size = agenda.sequencer.head.size
        guard after <= size else { throw ProblemDetails.aheadOfLog("The position asked for (\(after))", size: size) }

        var headers = HTTPFields()
        headers[.contentType] = ProtocolConstants.eventStream
        headers[.cacheControl] = CachePolicy.never.rawValue
        headers[.xAccelBuffering] = "no"
        if request.request.method == .head { return Response(status: .ok, headers: headers) }
        return try await request.permits.withPermitUntilSent(for: .follower) { [headers] in
            let retry = Self.retry(environment.random(2))
            let connection = request.incoming.connection
            let body = ResponseBody { [self] writer in
                let follower = Self.follower(request.sender, resting: options.deadlines.heartbeat)
                join(agenda, follower, isStream: true, over: connection)
                defer { agenda.followers.leave(follower, isStream: true) }
                try await stream(
                    agenda,
                    from: after,
                    retry: retry,
                    for: request.sender,
                    to: follower,
                    over: connection,
                    &writer
                )
                // Whose access has gone, and who reads nothing, is not waited for.
                connection.closeIfFull()
                try await writer.finish(nil)
            }
            return Response(status: .ok, headers: headers, body: body)
        }
    }

    /// Returns when the log is longer than it was, the time is up, or the client has gone.
    ///
    /// - Throws: `busy`, or why the reader would not be let in any more.
    func waitForGrowth(beyond size: LogSize, for time: Duration, _ request: ReaderRequest) async throws {
        let agenda = request.agenda
        try await request.permits.withPermit(for: .follower) {
            let follower = Self.follower(request.sender, resting: time)
            join(agenda, follower, isStream: false, over: request.incoming.connection)
            defer { agenda.followers.leave(follower, isStream: false) }
            while agenda.sequencer.head.size == size, await follower.wait() == .news {}
        }
        let access = agenda.sequencer.access
        let now = environment.now()
        guard !request.sender.mayStillRead(.log, access) || request.sender.hasExpired(at: now) else { return }
        // Asking once more says why; it does not get to counting the request once more.
        let identity = Identity(request.incoming.credentials, in: access, of: agenda.name, at: now)
        let address = request.incoming.address
        _ = try AgendaPart.log.reader(identity, from: address, at: access.openness, rates: rates)
    }

    private static func follower(_ reader: Reader, resting time: Duration) -> Follower {
        Follower(resting: time) { reader.mayStillRead(.log, $0) }
    }

    /// Counts the follower in: from now on it ends when the server stops, the client goes, or access is withdrawn.
    private func join(_ agenda: HostedAgenda, _ follower: Follower, isStream: Bool, over connection: Connection) {
        agenda.followers.join(follower, isStream: isStream)
        if isStopping { follower.end() }
        connection.onDeparture { [weak follower] in follower?.end() }
    }

    @concurrent private func stream(
        _ agenda: HostedAgenda,
        from after: LogSize,
        retry: Int,
        for reader: Reader,
        to follower: Follower,
        over connection: Connection,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var sent = after
        var opening = LiveEncoding.opening(retry: retry)
        let head = agenda.followers.head
        if head.size == after, let checkpoint = head.checkpoint {
            LiveEncoding.write(checkpoint, to: &opening)
        }
        var output = [opening]
        while follower.willSend(abort: { connection.close() }) {
            try await writer.write(contentsOf: output)
            follower.hasSent(resting: options.deadlines.heartbeat)
            if reader.hasExpired(at: environment.now()) { break }
            output = try await next(of: agenda, after: &sent, for: follower)
            // Who has had so much goes on with another request, which says when.
            guard case .anybody(let address) = reader else { continue }
            guard (try? rates.check(.publicBytes, of: address)) != nil else { break }
        }
    }

    /// What a follower is sent next: entries as soon as there are any, a comment when its time is up.
    private func next(
        of agenda: HostedAgenda,
        after sent: inout LogSize,
        for follower: Follower
    ) async throws -> [ByteBuffer] {
        while agenda.followers.head.size == sent {
            switch await follower.wait() {
            case .ended: return []
            case .due: return [LiveEncoding.comment]
            case .news: continue
            }
        }
        let head = agenda.followers.head
        guard head.size > sent else {
            // The log has lost entries; the next request says so.
            follower.end()
            return []
        }
        let pieces = try await agenda.followers.pieces.next(from: sent.next, to: head)
        counters.addPulled(bytes: pieces.reduce(0) { $0 + $1.bytes.readableBytes })
        sent = pieces.last?.end ?? sent
        return pieces.map(\.bytes)
    }

    static func lastEventID(of request: Request) throws(ProblemDetails) -> LogSize? {
        guard let header = request.headers[.lastEventID] else { return nil }
        guard let id = DecimalNumber.parse(header) else {
            throw ProblemDetails(.invalidRange, "The header Last-Event-ID is not a number of entries.")
        }
        return LogSize(id)
    }

    /// Milliseconds, 1000 to 5000: those who lose their streams together do not come back together.
    private static func retry(_ random: [UInt8]) -> Int {
        1000 + random.reduce(0) { $0 << 8 | Int($1) } % 4001
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = Self.checked("Last-Event-ID")
    fileprivate static let xAccelBuffering = Self.checked("X-Accel-Buffering")
}
