internal import AgendaModel

/// Owns the end of a log: turns groups of jobs into commits.
///
/// It has no lock. Its sequencer calls it on the sequencer's serial queue, one call at a time. Everything here can be read
/// from the store again: after an error whose outcome is unknown, `reloadIfNeeded` does so.
///
/// `LogWriter+Groups` works out what a group adds, `LogWriter+Commit` has the point of commit, `LogWriter+Upkeep` what is done
/// beside the commits.
final class LogWriter {
    /// So often a group is tried before its pushes are told to come back later.
    private static let maximumAttempts = 5
    static let keptChanging = LogError(.inputOutput, "the log kept changing under this server")

    let store: any LogStore
    let key: LogKey
    let environment: RuntimeEnvironment
    let report: @Sendable (UpkeepFailure) -> Void
    let acceptsClock: Bool
    // Why the last job that adds to the log was refused for the sake of its time; nil when it was not.
    var clockFault: ClockFault?
    // What earlier commits have shown, so that the store is asked less.
    var cache: WriterCache
    var sealer: SegmentSealer
    // The end of the log as last committed; what the next batch starts from.
    var tip: LogTip
    // What may be shown: the tip, once it has been noted as shown.
    var shown: LogTip
    var logGuard: LogGuard
    let seen: any SeenRecord
    // Whether somebody is syncing what was noted, or about to.
    var isSyncing = false
    // Whether the tip is known to be what the store holds.
    var isCurrent = true
    // Whether what was erased is to be cleared away later, because something was in the way.
    var scrubsLater = false
    let measure: @Sendable (CommitMeasure) -> Void

    init(
        store: any LogStore,
        key: LogKey,
        environment: RuntimeEnvironment,
        refusedBytesPerDay: Int,
        seen: any SeenRecord,
        syncsSeen: Bool,
        acceptsClock: Bool,
        measuring measure: @escaping @Sendable (CommitMeasure) -> Void = { _ in },
        reporting report: @escaping @Sendable (UpkeepFailure) -> Void
    ) throws {
        self.measure = measure
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
        var logGuard = LogGuard(record: seen, store: store, syncsEach: syncsSeen)
        let mark = try logGuard.mark()
        tip = try LogTip(of: store, verifier: key.verifier)
        cache = WriterCache(store: store, at: tip.head.size, budget: budget)
        try logGuard.look(at: tip, against: mark)
        shown = tip
        self.seen = seen
        self.logGuard = logGuard
        sealer = SegmentSealer(store: store)
        try show()
    }

    /// Gives the job whose turn it is, if that fits; nil when it does not, or nothing waits.
    typealias NextJob = (_ fits: @Sendable (WriterJob) -> Bool) -> WriterJob?

    /// Commits as many jobs as make one group.
    ///
    /// - Parameter next: where they come from.
    /// - Returns: to be called, all of them, after the new tip has been published.
    func process(_ next: NextJob) -> [() -> Void] {
        guard let first = next({ _ in true }) else { return [] }
        var jobs = [first]
        var failure: any Error = Self.keptChanging
        for _ in 0..<Self.maximumAttempts {
            do {
                try reloadIfNeeded()
                let group = try build(&jobs, next)
                switch try commit(group.batch) {
                case .committed:
                    do {
                        try group.wasCommitted?()
                        try show()
                    } catch {
                        // It is in the log; but nobody may be shown what is not noted.
                        isCurrent = false
                        report(UpkeepFailure(.noting, error))
                        return fail(jobs, PushError.uncertain)
                    }
                    return group.answers.map { [head = shown.head] answer in { answer(head) } }
                case .conflict: continue
                case .unknown:
                    isCurrent = false
                    return fail(jobs, PushError.uncertain)
                case .failed(let error):
                    failure = error
                    if error.isLasting { return fail(jobs, error) }
                }
            } catch {
                // The store has not been asked to add anything.
                isCurrent = false
                return fail(jobs, error)
            }
        }
        return fail(jobs, failure)
    }

    private func fail(_ jobs: [WriterJob], _ error: any Error) -> [() -> Void] {
        let error = PushError(storeFailure: error)
        return jobs.map { job in { job.fail(error) } }
    }

    func reloadIfNeeded() throws {
        guard !isCurrent else { return }
        let mark = try logGuard.mark()
        tip = try LogTip(of: store, verifier: key.verifier, from: tip)
        if !tip.continuesEarlier { cache.forgetSubjects(at: tip.head.size) }
        try logGuard.look(at: tip, against: mark, isContinuation: tip.continuesEarlier)
        sealer.forget()
        cache.forgetCounters(at: tip.head.size)
        isCurrent = true
    }

    /// For looking pushes up beside the writer.
    var memory: LogMemory { cache.memory }

    /// Whether the log holds all that has been shown of it.
    var standing: LogStanding { logGuard.standing }

    /// Notes the tip as shown, so that it may be.
    ///
    /// - Throws: when it cannot be noted, or has turned out to be none that may be shown.
    func show() throws {
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
}
