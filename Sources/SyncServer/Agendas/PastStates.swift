internal import AgendaModel
internal import EventLog
internal import Projections
internal import Synchronization

/// States of the past that were asked for last: reading one page by page must not fold the log for each page.
final class PastStates: Sendable {
    /// How many are kept, over all agendas.
    static let maximumCount = 2
    /// Larger ones are not kept.
    ///
    /// In bytes.
    static let maximumMemory = 48 * 1024 * 1024

    /// Folds a log from an earlier state on; blocks.
    typealias Fold = @Sendable (_ log: any LogReader, _ size: LogSize, _ earlier: State) throws -> State

    /// A state, and its subjects in order.
    struct Past: Sendable {
        fileprivate var key: Key
        var state: State
        var subjects: [String]
    }

    fileprivate struct Key: Hashable {
        var origin: String
        var size: LogSize
        /// A state that was folded before an entry was erased holds what was.
        var erasures: Int
    }

    private struct Kept {
        var past: Past
        var digest: Hash?
        var key: Key { past.key }
    }

    private let work: BlockingWork
    private let fold: Fold
    private let folding = SharedWork<Key, Past>()
    private let digesting = SharedWork<Key, Hash>()
    /// The oldest first.
    private let kept = Mutex<[Kept]>([])

    /// - Parameters:
    ///   - work: the threads that fold.
    ///   - fold: how a log is folded.
    init(
        on work: BlockingWork = BlockingWork(),
        fold: @escaping Fold = { try TimeTravel.state(of: $0, at: $1, from: $2) }
    ) {
        self.work = work
        self.fold = fold
    }

    /// How many wait for a folding that somebody else began.
    var waitingCount: Int { folding.waitingCount }

    /// The state of the log at a size.
    ///
    /// Folds the log when it must, from the last state before that is kept. Whoever asks for the same meanwhile waits for
    /// that instead of folding too.
    ///
    /// - Throws: what the store throws, or `ProjectionError` with `beyondLog`.
    func state(of log: any LogReader, at size: LogSize) async throws -> Past {
        let key = try await work.run {
            Key(origin: log.identity.origin, size: size, erasures: try log.head().erasures)
        }
        forget(key.origin, but: key.erasures)
        return try await folding.value(for: key) { [self] in
            if let known = latest(for: key), known.key == key { return known }
            return try await work.run { [self] in try fold(log, to: key) }
        }
    }

    /// Lets go of a log's states that were folded before an entry was erased.
    func forget(_ origin: String, but erasures: Int) {
        kept.withLock { $0.removeAll { $0.key.origin == origin && $0.key.erasures != erasures } }
    }

    /// The digest of a state that was asked for; kept with it, because pages that begin anew ask again.
    func digest(of past: Past) async throws -> Hash {
        if let digest = kept.withLock({ $0.first { $0.key == past.key }?.digest }) { return digest }
        return try await digesting.value(for: past.key) { [self] in
            let digest = try await work.run { TimeTravel.digest(of: past.state) }
            kept.withLock { kept in
                if let index = kept.firstIndex(where: { $0.key == past.key }) { kept[index].digest = digest }
            }
            return digest
        }
    }

    private func fold(_ log: any LogReader, to key: Key) throws -> Past {
        let state = try fold(log, key.size, latest(for: key)?.state ?? State())
        let past = Past(key: key, state: state, subjects: state.subjects)
        if state.memory.rawValue <= Self.maximumMemory {
            kept.withLock { kept in
                kept.removeAll { $0.key == key }
                kept.append(Kept(past: past))
                if kept.count > Self.maximumCount { kept.removeFirst() }
            }
        }
        return past
    }

    /// The greatest state that is kept and not beyond what is wanted; nil when there is none.
    private func latest(for key: Key) -> Past? {
        kept.withLock { kept in
            // One from before an erasure may have been kept since, by who was folding then.
            kept.filter { $0.key.origin == key.origin && $0.key.erasures == key.erasures && $0.key.size <= key.size }
                .max { $0.key.size < $1.key.size }?
                .past
        }
    }
}
