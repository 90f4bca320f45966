internal import AgendaModel
internal import Synchronization

/// What a log's writer knows of sources and subjects without asking the store.
///
/// Its writer teaches it; those who look pushes up read it too, on any thread. Nothing in here takes longer than a moment.
final class LogMemory: Sendable {
    /// More sources than this are not held at once.
    private static let maximumSources = 10_000

    private struct State: ~Copyable {
        var subjects: SubjectCache
        var weights = WeightCache()
        var lastCounters: [EventSource: Counter] = [:]
        /// How many entries the log had when its writer said so last.
        var size: LogSize
        /// How often others may have changed what is known: what was looked up before the last time counts no longer.
        var epoch = 0
    }

    /// Held while something is looked up in memory or taken in.
    private let state: Mutex<State>

    // Gives what has been folded of subjects; nil where nobody folds the log. Set before anybody pushes.
    private let folding = Mutex<FoldedSubjects?>(nil)

    /// - Parameter size: the log's, of which nothing else is known.
    init(at size: LogSize) { state = Mutex(State(subjects: SubjectCache(at: size), size: size)) }

    /// See `State.epoch`.
    var epoch: Int { state.withLock { $0.epoch } }

    // MARK: - Asking

    /// What is known of a push: by which counter its source has got, and for each name whether there is such a subject.
    struct Knowledge {
        var epoch: Int
        var size: LogSize
        /// The greatest counter of the source that was accepted or refused; nil when it is not known.
        var last: Counter?
        /// By the numbers of the push's names; nil when it is not known.
        var existing: [Bool?]
        /// By the numbers of the names of subjects that are written to; without those that are new and hold little.
        var weights: [Int: WeightCache.Known]
        /// The numbers of the names of subjects that may hold too much with the push, for all that is known.
        var unweighed: Set<Int>
    }

    func knowledge(of push: Push) -> Knowledge {
        let weighs = folded != nil
        return state.withLock { state in
            let last = state.lastCounters[push.source]
            let existing = push.names.names.map { name -> Bool? in
                if state.subjects.contains(name) { return true }
                // It would have been made by an event with a counter that has not been used yet.
                guard let last, let made = DerivedName(name) else { return nil }
                return made.source == push.source && made.counter > last ? false : nil
            }
            var weights: [Int: WeightCache.Known] = [:]
            var unweighed: Set<Int> = []
            for (number, added) in push.addedBytes where weighs {
                let isNew = push.created.contains(number) && existing[number] != true
                if isNew, existing[number] == false, added <= EventLimits.heldEntryBytes { continue }
                let known = state.weights.known(of: push.names.names[number])
                weights[number] = known
                let bytes: Int? = known.bytes ?? (isNew ? 0 : nil)
                if bytes.map({ $0 + added > EventLimits.heldEntryBytes }) ?? true { unweighed.insert(number) }
            }
            return Knowledge(
                epoch: state.epoch,
                size: state.size,
                last: last,
                existing: existing,
                weights: weights,
                unweighed: unweighed
            )
        }
    }

    /// The greatest counter of a source that was accepted or refused; nil when it is not known.
    func lastCounter(of source: EventSource) -> Counter? { state.withLock { $0.lastCounters[source] } }

    /// Whether there is a subject.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - size: how many entries the log had, at least, when the subject was looked for and not found; nil when nobody has.
    /// - Returns: whether there is; nil when it is not known.
    func exists(_ name: String, missingAt size: LogSize?) -> Bool? {
        state.withLock { state in
            if state.subjects.contains(name) { return true }
            return size.map(state.subjects.isComplete(since:)) == true ? false : nil
        }
    }

    /// What a subject holds at most.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - known: what was known of it when a push was looked up; nil for nothing.
    /// - Returns: bytes; nil when it is not known.
    func weight(of name: String, from known: WeightCache.Known?) -> Int? {
        state.withLock { $0.weights.bytes(of: name, from: known) }
    }

    /// What is known of what subjects hold, in their order, at one size of the log.
    func weights(of names: [String]) -> (size: LogSize, known: [WeightCache.Known]) {
        state.withLock { state in (state.size, names.map { state.weights.known(of: $0) }) }
    }

    /// What has been added to a subject since something was known of it: bytes, at most; nil when nobody can tell.
    func added(to name: String, since known: WeightCache.Known) -> Int? {
        state.withLock { $0.weights.added(to: name, since: known) }
    }

    /// Gives what has been folded of subjects; nil where nobody folds the log.
    var folded: FoldedSubjects? { folding.withLock { $0 } }

    /// Has what subjects hold be held against what they may.
    func weigh(with folded: @escaping FoldedSubjects) { folding.withLock { $0 = folded } }

    // MARK: - Learning

    /// Takes in what subjects were found to hold, after this much was known of them.
    func learn(_ weights: [(name: String, known: WeightCache.Known)]) {
        state.withLock { state in
            for (name, known) in weights { state.weights.learn(known, of: name) }
        }
    }

    /// Takes in the greatest counter of a source, as the store has it.
    func learn(_ last: Counter, of source: EventSource) {
        state.withLock { state in
            if state.lastCounters.count >= Self.maximumSources { state.lastCounters = [:] }
            state.lastCounters[source] = last
        }
    }

    /// Takes in subjects that the store has.
    ///
    /// - Parameters:
    ///   - names: theirs.
    ///   - epoch: when they were looked up; what has become of the log since is not known to them.
    func learn(_ names: some Sequence<String>, at epoch: Int) {
        state.withLock { state in
            guard state.epoch == epoch else { return }
            for name in names { state.subjects.insert(name) }
        }
    }

    /// Takes in what has been committed.
    func learn(from batch: Batch) {
        state.withLock { state in
            state.subjects.learn(batch.newNames, from: batch.base.head.size)
            state.weights.learn(from: batch)
            for (source, counter) in batch.lastCounters { state.lastCounters[source] = counter }
            state.size = batch.size
        }
    }

    /// Forgets what another writer may have changed.
    ///
    /// Subjects stay: they do not go away as long as the log only grows.
    ///
    /// - Parameter size: the log's, with all that the others have added.
    func forgetCounters(at size: LogSize) {
        state.withLock { state in
            state.lastCounters = [:]
            state.weights.forget()
            state.subjects.missed(upTo: size)
            state.size = size
            state.epoch += 1
        }
    }

    /// Forgets what is not true of a log that has gone back to a size.
    func forgetSubjects(at size: LogSize) {
        state.withLock { state in
            state.subjects = SubjectCache(at: size)
            state.weights.forget()
            state.epoch += 1
        }
    }
}
