internal import AgendaModel

/// What is known about sources and subjects beside the log's end: kept between batches, filled from the store.
struct WriterCache {
    /// More sources than this are not held at once.
    private static let maximumSources = 10_000
    /// More reports of reused identities than this are not remembered.
    private static let maximumReuses = 10_000

    let store: any LogStore
    private var subjects = SubjectCache()
    private var lastCounters: [EventSource: Counter] = [:]
    private var reuses: Set<Hash> = []
    private(set) var budget: RejectionBudget

    init(store: any LogStore, budget: RejectionBudget) {
        self.store = store
        self.budget = budget
    }

    /// The greatest counter of this source that was accepted or refused; zero when there is none.
    mutating func lastCounter(of source: EventSource) throws -> Counter {
        if let known = lastCounters[source] { return known }
        let accepted = try store.lastCounter(of: source) ?? .zero
        let rejected = try store.lastRejectedCounter(of: source) ?? .zero
        if lastCounters.count >= Self.maximumSources { lastCounters = [:] }
        lastCounters[source] = max(accepted, rejected)
        return max(accepted, rejected)
    }

    mutating func exists(_ subject: String) throws -> Bool {
        if subjects.contains(subject) { return true }
        guard try store.position(ofSubject: subject) != nil else { return false }
        subjects.insert(subject)
        return true
    }

    /// Whether this reuse of an identity, or line without one, has been stored as a rejection lately.
    func hasReported(_ reuse: Hash) -> Bool { reuses.contains(reuse) }

    mutating func learn(from batch: Batch) {
        for subject in batch.newNames { subjects.insert(subject) }
        for (source, counter) in batch.lastCounters { lastCounters[source] = counter }
        if reuses.count + batch.reuses.count > Self.maximumReuses { reuses = [] }
        reuses.formUnion(batch.reuses)
        for (member, bytes) in batch.keptBytes { budget.spend(bytes, of: member) }
    }

    /// Forgets what another writer may have changed.
    ///
    /// Subjects stay: they never go away.
    mutating func forgetCounters() { lastCounters = [:] }
}
