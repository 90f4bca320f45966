internal import AgendaModel

/// What is known beside the log's end: kept between batches, filled from the store.
struct WriterCache {
    /// More reports of reused identities than this are not remembered.
    private static let maximumReuses = 10_000

    let store: any LogStore
    let memory: LogMemory
    private var reuses: Set<Hash> = []
    private(set) var budget: RejectionBudget

    /// - Parameters:
    ///   - store: where the log is kept.
    ///   - size: the log's.
    ///   - budget: how much of refused lines is kept.
    init(store: any LogStore, at size: LogSize, budget: RejectionBudget) {
        self.store = store
        self.budget = budget
        memory = LogMemory(at: size)
    }

    /// What was looked up of a push, as long as it counts.
    func current(_ lookup: PushLookup?) -> PushLookup? { lookup?.epoch == memory.epoch ? lookup : nil }

    /// The greatest counter of this source that was accepted or refused; zero when there is none.
    func lastCounter(of source: EventSource) throws -> Counter {
        if let known = memory.lastCounter(of: source) { return known }
        let last = try store.lastSpentCounter(of: source)
        memory.learn(last, of: source)
        return last
    }

    /// Whether there is a subject.
    ///
    /// - Parameters:
    ///   - subject: its name.
    ///   - size: how many entries the log had, at least, when the subject was looked for and not found; nil when nobody has.
    /// - Returns: whether it exists.
    /// - Throws: what the store throws.
    func exists(_ subject: String, missingAt size: LogSize? = nil) throws -> Bool {
        if let known = memory.exists(subject, missingAt: size) { return known }
        guard try store.position(ofSubject: subject) != nil else { return false }
        memory.learn(CollectionOfOne(subject), at: memory.epoch)
        return true
    }

    /// Whether this reuse of an identity, or line without one, has been stored as a rejection lately.
    func hasReported(_ reuse: Hash) -> Bool { reuses.contains(reuse) }

    mutating func learn(from batch: Batch) {
        memory.learn(from: batch)
        if reuses.count + batch.reuses.count > Self.maximumReuses { reuses = [] }
        reuses.formUnion(batch.reuses)
        for (member, bytes) in batch.keptBytes { budget.spend(bytes, of: member) }
    }

    /// Forgets what another writer may have changed.
    ///
    /// - Parameter size: the log's, with all that the others have added.
    func forgetCounters(at size: LogSize) { memory.forgetCounters(at: size) }

    /// Forgets what is not true of a log that has gone back to a size.
    mutating func forgetSubjects(at size: LogSize) {
        memory.forgetSubjects(at: size)
        reuses = []
    }
}
