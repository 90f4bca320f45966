internal import AgendaModel
internal import EventLog
internal import Projections
internal import Synchronization

/// States of the past that were asked for last: reading one page by page must not fold the log for each page.
final class PastStates: Sendable {
    /// How many are kept, over all agendas.
    static let greatestCount = 2
    /// Larger ones are not kept.
    ///
    /// In bytes.
    static let greatestMemory = 48 * 1024 * 1024

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

    private let kept = Mutex<[Kept]>([])

    /// The state of the log at a size.
    ///
    /// Folds the log when it must, from the last state before that is kept; blocks.
    func state(of log: any LogReader, at size: LogSize) throws -> Past {
        let key = Key(origin: log.identity.origin, size: size, erasures: try log.head().erasures)
        forget(key.origin, but: key.erasures)
        let known = kept.withLock { kept in
            // One from before an erasure may have been kept since, by who was folding then.
            kept.filter { $0.key.origin == key.origin && $0.key.erasures == key.erasures && $0.key.size <= size }
                .max { $0.key.size < $1.key.size }
        }
        if let known, known.key == key { return known.past }
        let state = try TimeTravel.state(of: log, at: size, from: known?.past.state ?? State())
        let past = Past(key: key, state: state, subjects: state.subjects)
        if state.memory.rawValue <= Self.greatestMemory {
            kept.withLock { kept in
                kept.removeAll { $0.key == key }
                kept.append(Kept(past: past))
                if kept.count > Self.greatestCount { kept.removeFirst() }
            }
        }
        return past
    }

    /// Lets go of a log's states that were folded before an entry was erased.
    func forget(_ origin: String, but erasures: Int) {
        kept.withLock { $0.removeAll { $0.key.origin == origin && $0.key.erasures != erasures } }
    }

    /// The digest of a state that was asked for; kept with it, because pages that begin anew ask again.
    func digest(of past: Past) -> Hash {
        if let digest = kept.withLock({ $0.first { $0.key == past.key }?.digest }) { return digest }
        let digest = TimeTravel.digest(of: past.state)
        kept.withLock { kept in
            if let index = kept.firstIndex(where: { $0.key == past.key }) { kept[index].digest = digest }
        }
        return digest
    }
}
