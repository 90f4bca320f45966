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
        /// Of the log at that size: one that went back, and goes on otherwise, has another one.
        var root: Hash
        /// A state that was folded before an entry was erased holds what was.
        var erasures: Int
    }

    private struct Kept {
        var past: Past
        var digest: Hash?
        var key: Key { past.key }
    }

    private let heavyWork: HeavyWork
    private let fold: Fold
    private let folding = SharedWork<Key, Past>()
    private let digesting = SharedWork<Key, Hash>()
    /// The oldest first.
    private let kept = Mutex<[Kept]>([])

    /// - Parameters:
    ///   - heavyWork: the threads that look and fold.
    ///   - fold: how a log is folded.
    init(
        heavyWork: HeavyWork = HeavyWork(),
        fold: @escaping Fold = { try TimeTravel.state(of: $0, at: $1, from: $2) }
    ) {
        self.heavyWork = heavyWork
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
        // For the root, long entries may have to be read.
        let key = try await heavyWork.run(for: log.identity.origin) {
            let head = try log.head()
            let root = try LogTree(of: log).root(of: 0..<min(size, head.size).rawValue)
            return Key(origin: log.identity.origin, size: size, root: root, erasures: head.erasures)
        }
        forget(key.origin, but: key.erasures)
        return try await folding.value(for: key) { [self] in
            if let known = kept.withLock({ $0.first { $0.key == key } }) { return known.past }
            return try await heavyWork.run(for: key.origin, takesLong: true) { [self] in try fold(log, to: key) }
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
            let digest = try await heavyWork.run(for: past.key.origin, takesLong: true) {
                TimeTravel.digest(of: past.state)
            }
            kept.withLock { kept in
                if let index = kept.firstIndex(where: { $0.key == past.key }) { kept[index].digest = digest }
            }
            return digest
        }
    }

    private func fold(_ log: any LogReader, to key: Key) throws -> Past {
        let state = try fold(log, key.size, latest(for: key, of: log)?.state ?? State())
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
    private func latest(for key: Key, of log: any LogReader) throws -> Past? {
        let candidates = kept.withLock { kept in
            // One from before an erasure may have been kept since, by who was folding then.
            kept.map(\.past).filter { past in
                past.key.origin == key.origin && past.key.erasures == key.erasures && past.key.size <= key.size
            }
        }
        let tree = LogTree(of: log)
        return try candidates.sorted { $0.key.size > $1.key.size }
            .first { try tree.root(of: 0..<$0.key.size.rawValue) == $0.key.root }
    }
}
