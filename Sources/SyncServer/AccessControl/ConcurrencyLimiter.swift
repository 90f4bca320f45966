internal import AgendaModel
internal import SyncProtocol
internal import Synchronization

/// Counts what is being worked on, and refuses what would be too much.
final class ConcurrencyLimiter: Sendable {
    /// A class of work that has a limit of its own; `ServerOptions.Capacity` says how much each takes.
    enum Work: CaseIterable, Sendable {
        case body, push, longPush, pull, follower, read, historicalRead, publicHistoricalRead, enrolment,
            administration, repair
    }

    /// Whose requests are counted together, so that they may not take all permits.
    enum Client: Hashable, Sendable {
        /// All devices of a member: there may be many.
        case member(MemberID, of: AgendaName)
        /// Whoever comes without a token from this address.
        case address(String)

        /// The name of whose turn it is, in work for which clients take turns.
        var name: String {
            switch self {
            case .member(let member, let agenda): "\(agenda) \(member)"
            case .address(let address): address
            }
        }

        var agenda: AgendaName? {
            if case .member(_, let agenda) = self { agenda } else { nil }
        }

        var isWithoutToken: Bool {
            if case .address = self { true } else { false }
        }
    }

    /// One request that uses a permit, or would.
    struct PermitUse {
        var client: Client
        /// What the request waits for; nil where it waits for nobody.
        var connection: Connection?
    }

    /// The permits that are out, by number.
    typealias PermitUses = [Int: PermitUse]

    let capacity: ServerOptions.Capacity
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let present: Mutex<Present>

    /// - Parameters:
    ///   - capacity: how many permits there are.
    ///   - now: the time since some moment, which never goes back.
    ///   - sleep: lets so much time pass.
    init(
        _ capacity: ServerOptions.Capacity,
        now: @escaping @Sendable () -> Duration = RuntimeEnvironment.sinceStart,
        sleeping sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.capacity = capacity
        self.now = now
        self.sleep = sleep
        present = Mutex(Present(capacity))
    }

    /// Gives a permit for this work.
    ///
    /// When there is none left, a request gives way that waits for its own client: its connection is closed. That is one of a
    /// client that has more permits than the one who asks, or that has been waited for too long lately.
    ///
    /// - Parameters:
    ///   - work: what it is for.
    ///   - client: who asks: the answer to one may be sent slowly or never read.
    ///   - connection: what the request came over; nil for one that never gives way.
    /// - Returns: the permit, which lasts until it is released or dropped.
    /// - Throws: `busy` when all permits are out, or those that there are for this client or its agenda.
    func permit(
        for work: Work,
        of client: Client,
        over connection: Connection? = nil
    ) throws(ProblemDetails) -> Permit {
        let (limit, now) = (limit(of: work), now())
        let use = PermitUse(client: client, connection: connection)
        let (number, others) = present.withLock { present in
            let number = present.takeNumber()
            return (number, present.add(use, as: number, to: work, within: limit, at: now))
        }
        guard let others else { throw Self.busy }
        for other in others { other.connection?.close() }
        return permit(number, for: work)
    }

    /// The same; where the work itself takes long, and nobody is waited for, this waits for a permit for a while.
    ///
    /// Clients take turns: each has one request in the queue at most, and its next one comes behind those of all others.
    ///
    /// - Throws: `busy` when the queue is full, or the time is up; or `CancellationError`.
    func turn(for work: Work, of client: Client, over connection: Connection? = nil) async throws -> Permit {
        guard let queue = Self.queue(of: work) else { return try permit(for: work, of: client, over: connection) }
        let number = present.withLock { $0.takeNumber() }
        let timer = Task { [self, sleep] in
            try await sleep(Self.maximumTurn)
            leave(number, of: work, throwing: Self.busy)
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiting = Waiting(
                    use: PermitUse(client: client, connection: connection),
                    continuation: continuation
                )
                enter(waiting, as: number, of: work, queue)
                if Task.isCancelled { leave(number, of: work, throwing: CancellationError()) }
            }
        } onCancel: {
            leave(number, of: work, throwing: CancellationError())
        }
    }

    private func enter(_ waiting: Waiting, as number: Int, of work: Work, _ queue: Limit) {
        let (limit, now) = (limit(of: work), now())
        let (others, isWaiting) = present.withLock { present in
            let others = present.add(waiting.use, as: number, to: work, within: limit, at: now)
            return (others, others == nil && present.enqueue(waiting, as: number, of: work, within: queue))
        }
        for other in others ?? [] { other.connection?.close() }
        if others != nil {
            waiting.continuation.resume(returning: permit(number, for: work))
        } else if !isWaiting {
            waiting.continuation.resume(throwing: Self.busy)
        }
    }

    private func leave(_ number: Int, of work: Work, throwing error: any Error) {
        let waiting = present.withLock { $0.queues[work]?.removeValue(forKey: number) }
        waiting?.continuation.resume(throwing: error)
    }

    private func permit(_ number: Int, for work: Work) -> Permit {
        Permit(
            rest: { [self] in rest(number, of: work) },
            resume: { [self] in try resume(number, of: work) },
            end: { [self] in release(number, of: work) }
        )
    }

    private func rest(_ number: Int, of work: Work) {
        let limit = limit(of: work)
        let next = present.withLock { present in
            present.rest(number, of: work)
            return present.takeNext(of: work, within: limit)
        }
        give(next, for: work)
    }

    private func resume(_ number: Int, of work: Work) throws(ProblemDetails) {
        let (limit, now) = (limit(of: work), now())
        let others = present.withLock { $0.resume(number, of: work, within: limit, at: now) }
        guard let others else { throw Self.busy }
        for other in others { other.connection?.close() }
    }

    private func release(_ number: Int, of work: Work) {
        let (limit, now) = (limit(of: work), now())
        let next = present.withLock { present in
            present.remove(number, of: work, at: now)
            return present.takeNext(of: work, within: limit)
        }
        give(next, for: work)
    }

    private func give(_ next: [(number: Int, waiting: Waiting)], for work: Work) {
        for (number, waiting) in next { waiting.continuation.resume(returning: permit(number, for: work)) }
    }

    /// How many wait for their turn.
    func waitingCount(of work: Work) -> Int { present.withLock { $0.queues[work]?.count ?? 0 } }

    /// How many permits are out that do not rest.
    func count(of work: Work) -> Int { present.withLock { $0.uses[work]?.count ?? 0 } }

    /// How many permits rest.
    func restingCount(of work: Work) -> Int { present.withLock { $0.resting[work]?.count ?? 0 } }

    private static let busy = ProblemDetails(
        .busy,
        "The server is working on as many requests of this sort as it takes at once, of everybody or of one."
    )
}
