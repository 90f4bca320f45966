internal import AgendaModel

/// Owns the end of a log: turns groups of jobs into commits.
///
/// It has no lock. Its sequencer calls it on the sequencer's serial queue, one call at a time. Everything here can be read
/// from the store again: after an error whose outcome is unknown, `reloadIfNeeded` does so.
final class LogWriter {
    /// So often a group is tried before its pushes are told to come back later.
    private static let maximumAttempts = 5
    /// A group takes no more jobs beyond this many bytes: bounds memory, and the time until the first answer.
    private static let groupBytes = 32 * 1024 * 1024
    private static let keptChanging = LogError(.inputOutput, "the log kept changing under this server")

    private let store: any LogStore
    private let key: LogKey
    private let environment: RuntimeEnvironment
    private let report: @Sendable (UpkeepFailure) -> Void
    private let acceptsClock: Bool
    // Why the last job that adds to the log was refused for the sake of its time; nil when it was not.
    private var clockFault: ClockFault?
    // What earlier commits have shown, so that the store is asked less.
    private var cache: WriterCache
    private var sealer: SegmentSealer
    // The end of the log as last committed; what the next batch starts from.
    private(set) var tip: LogTip
    // What may be shown: the tip, once it has been noted as shown.
    private(set) var shown: LogTip
    private var logGuard: LogGuard
    private let seen: any SeenRecord
    // Whether somebody is syncing what was noted, or about to.
    private var isSyncing = false
    // Whether the tip is known to be what the store holds.
    private var isCurrent = true
    // Whether what was erased is to be cleared away later, because something was in the way.
    var scrubsLater = false

    init(
        store: any LogStore,
        key: LogKey,
        environment: RuntimeEnvironment,
        refusedBytesPerDay: Int,
        seen: any SeenRecord,
        syncsSeen: Bool,
        acceptsClock: Bool,
        reporting report: @escaping @Sendable (UpkeepFailure) -> Void
    ) throws {
        guard store.identity.origin == key.origin, store.identity.verifierKey == key.verifier else {
            throw LogError(
                .badSignature,
                "the key is not the one that the log of \(store.identity.origin) was made with; use its own log key"
            )
        }
        self.store = store
        self.key = key
        self.environment = environment
        self.acceptsClock = acceptsClock
        self.report = report
        let budget = RejectionBudget(bytesPerDay: refusedBytesPerDay, now: environment.elapsed)
        cache = WriterCache(store: store, budget: budget)
        var logGuard = LogGuard(record: seen, store: store, syncsEach: syncsSeen)
        let mark = try logGuard.mark()
        tip = try LogTip(of: store, verifier: key.verifier)
        try logGuard.look(at: tip, against: mark)
        shown = tip
        self.seen = seen
        self.logGuard = logGuard
        sealer = SegmentSealer(store: store)
        try show()
    }

    /// What became of a group.
    struct GroupOutcome {
        /// To be called, all of them, after the new tip has been published.
        var answers: [() -> Void] = []
        /// Jobs of the given ones that have to wait for the next group.
        var postponed: ArraySlice<WriterJob> = []
    }

    /// Commits as many of the jobs as make one group, from the first one on.
    func process(_ jobs: ArraySlice<WriterJob>) -> GroupOutcome {
        var failure: any Error = Self.keptChanging
        for _ in 0..<Self.maximumAttempts {
            do {
                try reloadIfNeeded()
                let group = try build(jobs)
                switch try commit(group.batch) {
                case .committed:
                    try group.wasCommitted?()
                    try show()
                    return group.outcome(head: shown.head, postponed: jobs.dropFirst(group.taken))
                case .conflict: continue
                case .failed(let error):
                    failure = error
                    if error.isLasting { return fail(jobs, error) }
                }
            } catch {
                // Nothing has been asked of the store that is not settled; but nobody may be shown what is not noted.
                isCurrent = false
                return fail(jobs, error)
            }
        }
        return fail(jobs, failure)
    }

    private func fail(_ jobs: ArraySlice<WriterJob>, _ error: any Error) -> GroupOutcome {
        let error = PushError(storeFailure: error)
        return GroupOutcome(answers: jobs.map { job in { job.fail(error) } })
    }

    private func reloadIfNeeded() throws {
        guard !isCurrent else { return }
        cache.forgetCounters()
        let mark = try logGuard.mark()
        tip = try LogTip(of: store, verifier: key.verifier, from: tip)
        try logGuard.look(at: tip, against: mark, isContinuation: tip.continuesEarlier)
        sealer.forget()
        isCurrent = true
    }

    /// Whether the log holds all that has been shown of it.
    var standing: LogStanding { logGuard.standing }

    /// Notes the tip as shown, so that it may be.
    ///
    /// - Throws: when it cannot be noted, or has turned out to be none that may be shown.
    private func show() throws {
        for _ in 0..<Self.maximumAttempts {
            if try logGuard.note(tip) == .noted {
                shown = tip
                return
            }
            isCurrent = false
            try reloadIfNeeded()
            // What was committed is not what others have been shown.
            if let why = standing.explanation(at: tip.head.size) { throw LogError(.corrupt, why) }
        }
        throw Self.keptChanging
    }

    /// Takes what others say of the log; what fails is reported, and the log is complete no longer in any case.
    func take(_ evidence: LogEvidence) {
        do {
            if case .remembered(let size) = evidence {
                logGuard.remember(size)
                isCurrent = false
            }
            try takeOver()
            switch evidence {
            case .checkpoint(let checkpoint): try logGuard.take(checkpoint, at: tip)
            case .witnessed(let size): try logGuard.take(witnessed: size, at: tip)
            case .remembered: break
            case .confirmed: logGuard.prove()
            }
            try show()
        } catch {
            report(UpkeepFailure(.noting, error))
        }
    }

    /// Has what was noted as shown last through a power cut; what fails is reported.
    ///
    /// Touches nothing of the writer's: any queue may call it.
    ///
    /// - Returns: false when it is still to be done.
    func syncSeen() -> Bool {
        do {
            try seen.sync()
            return true
        } catch {
            report(UpkeepFailure(.noting, error))
            return false
        }
    }

    /// Whether something noted is to be synced, and nobody is about to: then the caller is.
    func beginsSyncing() -> Bool {
        guard logGuard.isSyncDue, !isSyncing else { return false }
        isSyncing = true
        logGuard.isSyncDue = false
        return true
    }

    func endSyncing(_ isSynced: Bool) {
        isSyncing = false
        if !isSynced { logGuard.isSyncDue = true }
    }

    private func takeOver() throws {
        // Somebody may have given up what a log lacks.
        if !standing.takesEntries { isCurrent = false }
        if isCurrent, try store.head().size != tip.head.size || store.accessVersion() != tip.access.version {
            isCurrent = false
        }
        try reloadIfNeeded()
    }

    /// Takes over what another process has added to the log; what fails is reported, and tried again at the next use of
    /// the log.
    func refresh() {
        do {
            try takeOver()
            try show()
        } catch {
            report(UpkeepFailure(.refreshing, error))
        }
    }

    /// Seals the segments that are whole; what fails is reported, and tried again after the next commit.
    func seal() {
        guard isCurrent else { return }
        let sealed = sealer.seal(upTo: tip.head)
        tip.head.sealedSegments = sealed.count
        if shown.head.size == tip.head.size { shown = tip }
        if let error = sealed.failure { report(UpkeepFailure(.sealing, error)) }
    }

    /// Clears away what was erased; what fails is reported.
    ///
    /// - Returns: false when it is still to be done, because it failed or a reader is in the way.
    func scrub() -> Bool {
        do {
            return try store.scrub()
        } catch {
            report(UpkeepFailure(.scrubbing, error))
            return false
        }
    }
}

// MARK: - Building a group

extension LogWriter {
    private struct Group {
        var batch: Batch
        var taken = 0
        var answers: [(Head) -> Void] = []
        /// What the commit is for the guard, once it is made.
        var wasCommitted: (() throws -> Void)?

        func outcome(head: Head, postponed: ArraySlice<WriterJob>) -> GroupOutcome {
            GroupOutcome(answers: answers.map { answer in { answer(head) } }, postponed: postponed)
        }
    }

    private func build(_ jobs: ArraySlice<WriterJob>) throws -> Group {
        var group = Group(batch: Batch(base: tip, now: jobs.first?.repair?.lastRecordedTime ?? environment.now()))
        var bytes = 0
        for job in jobs {
            bytes += job.bytes
            let isOther = job.mendsLog || overlaps(job, group.batch)
            if group.taken > 0, bytes > Self.groupBytes || isOther { break }
            try take(job, into: &group)
            group.taken += 1
            if job.mendsLog { break }
        }
        return group
    }

    /// Whether the push repeats counters that the batch has just spent: only the committed log can say what they are.
    private func overlaps(_ job: WriterJob, _ batch: Batch) -> Bool {
        guard case .push(let push, _) = job.work, let last = batch.lastCounters[push.source],
            let lowest = push.lowestCounter
        else { return false }
        return lowest <= last
    }

    private func take(_ job: WriterJob, into group: inout Group) throws {
        let server = ServerWriting(environment: environment)
        do {
            try job.authority?.check(group.batch.access)
            guard standing.takesEntries || job.mendsLog else { throw standing.refusal(at: tip.head.size) }
            try checkClock(for: job)
            switch job.work {
            case .push(let push, let answer):
                let verdicts = try PushSequencing.take(push, into: &group.batch, &cache)
                if push.accessEvents.contains(where: \.isAboutDevice) {
                    try server.revokeDevicesLeftBehind(in: &group.batch, &cache)
                }
                group.answers.append { answer.resume(returning: verdicts.outcome(head: $0)) }
            case .record(let event, let answer):
                let verdicts = try server.take([event], into: &group.batch, &cache)
                try server.revokeDevicesLeftBehind(in: &group.batch, &cache)
                group.answers.append { answer.resume(returning: verdicts.outcome(head: $0)) }
            case .enrol(let enrolment, let answer):
                let prepared = try server.enrol(enrolment, into: &group.batch, &cache)
                group.answers.append { answer.resume(returning: prepared.enrolled(head: $0)) }
            case .token(let request, let answer):
                let token = try server.take(request, into: &group.batch)
                group.answers.append { _ in answer.resume(returning: token) }
            case .invite(let invite, let answer):
                group.batch.change(.inviteMade(invite))
                group.answers.append { _ in answer.resume() }
            case .repair(let repair, let answer):
                try RepairSequencing.take(repair, into: &group.batch, &cache)
                let isWhole = group.batch.size == repair.checkpoint.checkpoint.size && !group.batch.isEmpty
                group.wasCommitted = { [self] in
                    // What the store notes of a repair is not in the batch.
                    isCurrent = false
                    try reloadIfNeeded()
                    if isWhole { logGuard.prove() }
                }
                group.answers.append { answer.resume(returning: $0) }
            case .acceptLoss(let answer):
                guard let loss = logGuard.loss(at: tip) else {
                    group.answers.append { _ in answer.resume(returning: nil) }
                    return
                }
                let verdicts = try server.take([.accepted(loss, at: tip.head.size)], into: &group.batch, &cache)
                if let refused = verdicts.rejected.first { throw PushError(.unavailable, refused.problem.detail) }
                group.wasCommitted = { [self] in try logGuard.accept(loss, at: tip) }
                group.answers.append { _ in answer.resume(returning: loss) }
            }
        } catch let error as PushError {
            group.answers.append { _ in job.fail(error) }
        } catch let error as EnrolmentError {
            group.answers.append { _ in job.fail(error) }
        } catch let error as RepairError {
            // It may have got into the batch, which is its alone, before it was found wanting.
            group.batch = Batch(base: tip, now: environment.now())
            group.answers.append { _ in job.fail(error) }
        }
    }
}

extension LogWriter {
    /// A wrong time in the log cannot be taken back, so a clock that cannot be right adds nothing.
    private func checkClock(for job: WriterJob) throws(PushError) {
        guard !acceptsClock, !job.mendsLog else { return }
        let last = tip.head.recordedTime
        let fault = ClockFault.found(at: environment.now(), after: last, writer: job.writersTime)
        defer { clockFault = fault }
        guard let fault else { return }
        let error = PushError(.implausibleClock, fault.explanation)
        if clockFault == nil { report(UpkeepFailure(.timing, error)) }
        throw error
    }
}

// MARK: - Committing

extension LogWriter {
    private enum CommitOutcome {
        case committed
        case conflict
        /// Certainly not committed.
        case failed(any Error)
    }

    /// - Throws: when the store cannot even say what became of the commit.
    private func commit(_ batch: Batch) throws -> CommitOutcome {
        guard !batch.isEmpty else {
            // Nothing is written that would meet another writer's commits; but duplicates may be among these, beyond
            // the head that would be answered with them.
            guard try store.head().size == tip.head.size else {
                isCurrent = false
                return .conflict
            }
            return .committed
        }
        var commit = batch.commit(signedBy: key)
        commit.sealed = try sealer.segments(
            madeWholeBy: commit,
            roots: batch.segmentRoots,
            after: tip.head.sealedSegments
        )
        do {
            // The point of commit: what happens before can be thrown away, what happens after is for ever.
            switch try store.append(commit, expecting: tip.head.size) {
            case .committed:
                adopt(batch, commit)
                return .committed
            case .conflict:
                isCurrent = false
                return .conflict
            }
        } catch {
            // Unknown: the store may have written it and failed to say so.
            isCurrent = false
            try reloadIfNeeded()
            guard try holds(commit) else { return .failed(error) }
            cache.learn(from: batch)
            return .committed
        }
    }

    private func adopt(_ batch: Batch, _ commit: Commit) {
        sealer.add(commit, roots: batch.segmentRoots)
        // What is kept may be what was erased.
        if !commit.erasures.isEmpty { sealer.forget() }
        cache.learn(from: batch)
        tip = batch.tip(after: commit)
    }

    /// Whether this very commit is in the store.
    private func holds(_ commit: Commit) throws -> Bool {
        if let own = commit.checkpoint {
            return try store.checkpoint(atMost: own.checkpoint.size)?.note == own.note
        }
        for rejection in commit.rejections {
            guard let counter = rejection.counter else { continue }
            return try store.rejection(of: rejection.source, counter: counter) == rejection
        }
        for case .inviteMade(let invite) in commit.access { return try store.invite(hash: invite.hash) != nil }
        return false
    }
}

extension Error {
    /// Whether trying again at once is of no use.
    fileprivate var isLasting: Bool {
        switch (self as? LogError)?.code {
        case .diskFull, .readOnly, .newerFormat, .corrupt: true
        default: false
        }
    }
}

extension PushError {
    /// What those who push are told when the store fails.
    init(storeFailure error: any Error) {
        switch error {
        case let error as PushError: self = error
        case let error as LogError where error.code == .readOnly:
            self.init(.readOnly, "the log can only be read at the moment; nothing was stored, try again later")
        case let error as LogError where error.code == .diskFull:
            self.init(.storageFull, "the server's disk is full; nothing was stored, try again later")
        case let error as LogError where error.code == .corrupt || error.code == .badSignature:
            self.init(.unavailable, "the log's storage is damaged: \(error.message)")
        default:
            self.init(
                .unavailable,
                "the log's storage does not answer as it should; push again later: what was stored after all is "
                    + "then reported as duplicate"
            )
        }
    }
}
