package import AgendaModel
internal import Dispatch
internal import Synchronization

/// The one writer of an agenda's log in this process.
///
/// It gathers what callers want to have recorded, and commits it in groups. Members take turns: as much of what waits as can
/// be worked out in a moment goes into the next group. Rules and the store are the matter of its `LogWriter`, which works on a
/// serial queue. What a push has to be held against is looked up before, by others than the writer.
///
/// Any task may call it. Answers are given after the commit, and after the new head has been published.
package final class Sequencer: Sendable {
    // What is to be done. Guarded by the lock `waiting`.
    struct Waiting: ~Copyable {
        // Jobs that no group has taken; those of nobody in particular are one owner's.
        var jobs = Turns<MemberID?, WriterJob>()
        // Whether `drain` is on the queue, or at work.
        var isScheduled = false
        var isStopping = false
        // Jobs that have been taken out and not answered.
        var taken = 0
        // Pushes that wait for an earlier one of the same source, by source, where there is one.
        var successors: [EventSource: [CheckedContinuation<Void, Never>]] = [:]
        // Look-ups outside of the writer.
        var lookups = 0
        // Blocks on the queue besides the groups, and those of them that somebody waits for.
        var upkeep = 0
        var refreshes = 0

        // Jobs that no group has taken, and pushes that wait for an earlier one.
        var unbegun: Int { jobs.count + successors.values.reduce(0) { $0 + $1.count } }
    }

    // What everybody may see. Guarded by the lock `published`; only the queue changes head and access.
    struct Published: ~Copyable {
        var head: LogHead
        var access: Access
        var standing: LogStanding
        var observer: (@Sendable (LogHead, Access, LogStanding) -> Void)?
    }

    // Touched by blocks on the serial queue alone, so never by two threads at once.
    private struct Confined: @unchecked Sendable {
        let writer: LogWriter

        /// May be called from anywhere.
        func syncSeen() -> Bool { writer.syncSeen() }
    }

    private let confined: Confined
    private let queue: DispatchQueue
    // Where the note of what has been shown is synced: a disk may take long for it.
    private let syncing = DispatchQueue(label: "ambit.sequencer.seen", qos: .utility)
    // For looks at the store that take a moment; what takes longer is heavy work.
    let looking = DispatchQueue(label: "ambit.sequencer.look", attributes: .concurrent)
    let heavyWork: HeavyWork
    let memory: LogMemory
    let store: any LogStore
    let waiting = Mutex(Waiting())
    let published: Mutex<Published>
    // Whom to call when the load changes; see `observeLoad`.
    private let observer = Mutex<(@Sendable () -> Void)?>(nil)
    private let now: @Sendable () -> Timestamp
    private let acceptsClock: Bool
    // When the store was last asked for what others have added.
    private let lastRefresh: Mutex<Timestamp>

    /// Reads the head, recomputes the right edge from the stored leaves and refuses when it disagrees with the stored
    /// checkpoint.
    ///
    /// - Parameters:
    ///   - store: where the log is kept.
    ///   - key: the log's own.
    ///   - environment: time and randomness.
    ///   - seen: where it is noted how much of the log has been shown.
    ///   - syncsSeen: whether each such note lasts through a power cut before anybody is shown the log; otherwise it does
    ///     so within a second.
    ///   - acceptsClock: whether entries are recorded whatever the clock says.
    ///   - refusedBytesPerDay: how much of refused lines is kept of one member, at once and in a day; nil for the usual.
    ///   - heavyWork: where long pushes are looked up; nil for threads of its own.
    ///   - measure: called on the writer's queue after each commit; must not block.
    ///   - report: called on the writer's queue with what it could not do besides committing; must not block.
    /// - Throws: `LogError` with `badSignature` for another log's key, `corrupt` for entries that are not what was
    ///   signed, or what the store throws.
    package init(
        store: any LogStore,
        key: LogKey,
        environment: RuntimeEnvironment,
        seen: any SeenRecord,
        syncsSeen: Bool = false,
        acceptsClock: Bool = false,
        refusedBytesPerDay: Int? = nil,
        heavyWork: HeavyWork? = nil,
        measuring measure: @escaping @Sendable (CommitMeasure) -> Void = { _ in },
        reporting report: @escaping @Sendable (UpkeepFailure) -> Void = { _ in }
    ) throws {
        let writer = try LogWriter(
            store: store,
            key: key,
            environment: environment,
            refusedBytesPerDay: refusedBytesPerDay ?? RejectionBudget.usualBytesPerDay,
            seen: seen,
            syncsSeen: syncsSeen,
            acceptsClock: acceptsClock,
            measuring: measure,
            reporting: report
        )
        confined = Confined(writer: writer)
        published = Mutex(
            Published(head: writer.shown.head, access: writer.shown.access, standing: writer.standing)
        )
        memory = writer.memory
        self.store = store
        self.heavyWork = heavyWork ?? HeavyWork()
        queue = DispatchQueue(label: "ambit.sequencer")
        now = environment.now
        self.acceptsClock = acceptsClock
        lastRefresh = Mutex(environment.now())
        // What a former process did not get to.
        waiting.withLock { $0.upkeep += 1 }
        queue.async { [self] in
            seal()
            withLoad { $0.upkeep -= 1 }
        }
    }

    /// The head as last committed.
    package var head: LogHead { published.withLock { $0.head } }

    /// Who may use the agenda, as last committed.
    package var access: Access { published.withLock { $0.access } }

    /// Whether the log holds everything that has been shown of it, as far as is known here.
    package var standing: LogStanding { published.withLock { $0.standing } }

    /// Why nothing is added to the log, in words; nil when something can be.
    ///
    /// Of the clock, it has what the log itself says: one laptop with a wrong time stops no server.
    package var obstacle: String? {
        let (head, standing) = published.withLock { ($0.head, $0.standing) }
        return standing.explanation(at: head.size) ?? clockFault?.explanation
    }

    /// Why the clock cannot be right by what the log itself says; nil also where every clock is accepted.
    package var clockFault: ClockFault? {
        acceptsClock ? nil : ClockFault.found(at: now(), after: head.recordedTime, writer: nil)
    }

    /// Calls the body with head, access and standing as they are, and after each publication of others, in their order.
    ///
    /// The body is called on the writer's queue: it must not block. There is one observer, set before the sequencer is
    /// shared. Blocks.
    package func observe(_ body: @escaping @Sendable (LogHead, Access, LogStanding) -> Void) {
        queue.sync {
            published.withLock { $0.observer = body }
            publish()
        }
    }

    /// Has events refused with which a subject would hold more than it may (`EventLimits.heldBytes`).
    ///
    /// Called once, before the sequencer is shared.
    ///
    /// - Parameter folded: gives what has been folded of subjects; called when pushes are looked up, never by the writer.
    package func weigh(with folded: @escaping FoldedSubjects) { memory.weigh(with: folded) }

    /// Has head and access say what the log holds when another process has written to it.
    ///
    /// Asks the store once a second at most, unless it must; the writer only has to do with it when it is behind the store.
    ///
    /// - Parameter isUrgent: whether to ask however short ago that was done: before anybody is told that the log is
    ///   shorter than they know it to be.
    package func refresh(isUrgent: Bool = false) async {
        let now = now()
        let isDue = lastRefresh.withLock { last in
            let elapsed = now.millisecondsSince1970 - last.millisecondsSince1970
            guard isUrgent || !(0..<Self.refreshMilliseconds).contains(elapsed) else { return false }
            last = now
            return true
        }
        guard isDue, await differsFromStore() else { return }
        await onQueue { $0.refresh() }
    }

    /// Takes what others say of the log into account before anything else is added to it.
    ///
    /// What comes of it has been observed when this returns.
    ///
    /// - Parameter evidence: what they say.
    /// - Returns: false where something failed, which has been reported: then it may have come to nothing.
    @discardableResult
    package func take(_ evidence: LogEvidence) async -> Bool { await onQueue { $0.take(evidence) } }

    /// Takes into account, before anything else, what this server's own files say the log has had.
    ///
    /// Blocks.
    package func remember(_ end: RememberedEnd) {
        queue.sync {
            confined.writer.take(.remembered(end))
            publish()
        }
    }

    /// Has the writer do something beside the commits, and publishes what has come of it.
    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable (LogWriter) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            withLoad { waiting in
                waiting.upkeep += 1
                waiting.refreshes += 1
            }
            queue.async { [self] in
                let value = body(confined.writer)
                publish()
                withLoad { waiting in
                    waiting.upkeep -= 1
                    waiting.refreshes -= 1
                }
                continuation.resume(returning: value)
            }
        }
    }

    private static let refreshMilliseconds = 1000

    /// How many pushes and enrolments wait for the next commit.
    package var waitingCount: Int { waiting.withLock { $0.unbegun } }

    /// What is still to be done.
    package struct Load: Hashable, Sendable {
        /// Calls that wait for the writer's answer.
        package var unanswered: Int
        /// Whether the writer is at work, for a call or on its own.
        package var isWorking: Bool
    }

    /// What is still to be done.
    ///
    /// For simulations, which decide themselves when the next thing happens; see `observeLoad`.
    package var load: Load {
        waiting.withLock { waiting in
            Load(
                unanswered: waiting.unbegun + waiting.taken + waiting.refreshes,
                isWorking: waiting.isScheduled || waiting.upkeep > 0 || waiting.lookups > 0
            )
        }
    }

    /// Takes a push through the group commit and gives its verdicts.
    ///
    /// Idempotent.
    ///
    /// Here as below, a `right` is held against the access that the commit finds: what has been withdrawn by then
    /// counts for nothing. Without one, this process acts of its own accord.
    ///
    /// - Parameters:
    ///   - push: read and validated.
    ///   - right: by what right; nil for this process itself.
    ///   - time: what whoever pushes takes for the time; nil when they do not say.
    /// - Returns: the verdicts.
    /// - Throws: `PushError`; nothing of the push was stored then, except when the code is `unavailable`, after which
    ///   only another push can tell.
    package func push(
        _ push: Push,
        by right: WriteRight? = nil,
        at time: Timestamp? = nil
    ) async throws -> PushOutcome {
        await begin(push.source)
        defer { end(push.source) }
        let lookup = await lookUp(push, for: owner(right?.token))
        do {
            return try await withCheckedThrowingContinuation { enqueue(.push(push, lookup, $0), right, at: time) }
        } catch is StaleLookup {
            // Once: what others add meanwhile, again and again, keeps nobody waiting.
            var again = await lookUp(push, for: owner(right?.token))
            again?.isLast = true
            return try await withCheckedThrowingContinuation { [again] continuation in
                enqueue(.push(push, again, continuation), right, at: time)
            }
        }
    }

    /// Redeems an invite, or goes on as another device: records `member.joined` (for a new member) and
    /// `device.enrolled`.
    ///
    /// The same invite, as long as it is good, lets the device in again that it has let in and that has the same key.
    /// It gives another token, in place of those before. So an answer that was lost costs nobody an invite.
    ///
    /// - Throws: `EnrolmentError`, or `PushError` when the right is not enough or the store fails.
    package func enrol(
        _ enrolment: Enrolment,
        by right: WriteRight? = nil,
        at time: Timestamp? = nil
    ) async throws -> Enrolled {
        try await withCheckedThrowingContinuation { enqueue(.enrol(enrolment, $0), right, at: time) }
    }

    /// Adds an invite that a device makes.
    ///
    /// - Throws: `PushError` when the right is not enough or the store fails.
    package func add(_ invite: Invite, by right: WriteRight? = nil, at time: Timestamp? = nil) async throws {
        try await withCheckedThrowingContinuation { enqueue(.invite(invite, $0), right, at: time) }
    }

    /// Gives the device of this token another one; both are good then, all earlier ones are not.
    ///
    /// - Parameter token: SHA-256 of the token.
    /// - Returns: the new token: shown once, only its hash is kept.
    /// - Throws: `EnrolmentError` when the token is not good (any more), or `PushError` when the store fails.
    package func renewToken(_ token: Hash) async throws -> String {
        let request = TokenRequest(token: token, isForAnother: true)
        let answer = try await withCheckedThrowingContinuation { enqueue(.token(request, $0)) }
        guard let answer else { preconditionFailure("a request for another token is answered with one") }
        return answer
    }

    /// Ends all tokens of the device but this one.
    ///
    /// - Parameter token: SHA-256 of the token.
    /// - Throws: as `renewToken`.
    package func endTokens(except token: Hash) async throws {
        let request = TokenRequest(token: token, isForAnother: false)
        _ = try await withCheckedThrowingContinuation { enqueue(.token(request, $0)) }
    }

    /// Takes back entries that the log has lost, at their positions and with their own recorded times.
    ///
    /// Idempotent: what the log has already is compared and passed over.
    ///
    /// - Returns: the log's end after it.
    /// - Throws: `RepairError`, or `PushError` when the right is not enough or the store fails.
    package func repair(_ repair: RepairRequest, by right: WriteRight? = nil) async throws -> LogHead {
        try await withCheckedThrowingContinuation { enqueue(.repair(repair, $0), right) }
    }

    /// Lets a log that is not complete go on as it is, and records that.
    ///
    /// - Returns: what has been given up; nil when the log was complete.
    /// - Throws: `PushError`; the log may have been written to then, and is still not complete.
    package func acceptLoss() async throws -> AcceptedLoss? {
        try await withCheckedThrowingContinuation { enqueue(.acceptLoss($0)) }
    }

    /// Records an event of the server itself, for example `agenda.founded`.
    ///
    /// `data` is JSON. The server may record events of every type; look at `rejected` all the same.
    ///
    /// - Throws: `PushError`.
    package func record(
        type: String,
        subject: String,
        data: String,
        by right: WriteRight? = nil,
        at time: Timestamp? = nil
    ) async throws -> PushOutcome {
        let event = ServerEvent(type: type, subject: subject, data: data)
        return try await withCheckedThrowingContinuation { enqueue(.record(event, $0), right, at: time) }
    }

    /// Calls the body after every change of `load`.
    package func observeLoad(_ body: (@Sendable () -> Void)?) { observer.withLock { $0 = body } }

    func withLoad<Value>(_ body: (inout Waiting) -> Value) -> Value {
        let value = waiting.withLock { body(&$0) }
        observer.withLock { $0 }?()
        return value
    }

    private func enqueue(_ work: WriterJob.Work, _ right: WriteRight? = nil, at time: Timestamp? = nil) {
        let job = WriterJob(work: work, right: right, time: time)
        let owner = owner(job.token)
        let isTaken = withLoad { waiting in
            guard !waiting.isStopping else { return false }
            waiting.jobs.append(job, of: owner)
            if !waiting.isScheduled {
                waiting.isScheduled = true
                queue.async { [self] in drain() }
            }
            return true
        }
        guard isTaken else {
            return job.fail(PushError(.stopped, "the server is shutting down; push again when it is back"))
        }
    }

    /// On the queue: commits one group, and has the next one committed when something waits.
    ///
    /// What else the queue has to do comes in between.
    private func drain() {
        let answers = confined.writer.process { fits in
            withLoad { waiting in
                let job = waiting.jobs.next(where: fits)
                if job != nil { waiting.taken += 1 }
                return job
            }
        }
        publish()
        for answer in answers { answer() }
        withLoad { $0.taken = 0 }
        seal()
        let isDone = withLoad { waiting in
            waiting.isScheduled = !waiting.jobs.isEmpty
            return waiting.jobs.isEmpty
        }
        if !isDone { queue.async { [self] in drain() } }
    }

    private func seal() {
        confined.writer.seal()
        publish()
        if !confined.writer.scrubsLater { scrub(failures: 0) }
    }

    /// Clears away what was erased.
    ///
    /// What is in the way is looked at again after a while, whether anything is committed or not. That is not done with
    /// every commit: each attempt waits for a moment, and may want much of the disk.
    ///
    /// - Parameter failures: how many attempts in a row found something in the way.
    private func scrub(failures: Int) {
        confined.writer.scrubsLater = !confined.writer.scrub()
        guard confined.writer.scrubsLater else { return }
        let pause = Backoff.scrubbing.delay(afterFailures: failures + 1)
        queue.asyncAfter(deadline: .now() + pause / .seconds(1)) { [weak self] in
            guard let self, !waiting.withLock({ $0.isStopping }) else { return }
            scrub(failures: failures + 1)
        }
    }

    private func publish() {
        let (shown, standing) = (confined.writer.shown, confined.writer.standing)
        let observer = published.withLock { published in
            published.head = shown.head
            published.access = shown.access
            published.standing = standing
            return published.observer
        }
        observer?(shown.head, shown.access, standing)
        syncSeen()
    }

    /// Has what was noted as shown last through a power cut within a second, beside the commits.
    private func syncSeen() {
        guard confined.writer.beginsSyncing() else { return }
        syncing.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
            guard let self else { return }
            let isSynced = confined.syncSeen()
            queue.async { [self] in confined.writer.endSyncing(isSynced) }
        }
    }

    /// Finishes the pushes that are waiting, then stops.
    ///
    /// Pushes after that throw.
    package func shutDown() async {
        waiting.withLock { $0.isStopping = true }
        repeat {
            // Behind everything that was scheduled before.
            await withCheckedContinuation { continuation in
                queue.async { continuation.resume() }
            }
        } while waiting.withLock { $0.isScheduled }
        await withCheckedContinuation { continuation in
            syncing.async { [self] in
                _ = confined.syncSeen()
                continuation.resume()
            }
        }
    }
}
