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
        var state: State
        var subjects: [String]
    }

    private struct Key: Hashable {
        var origin: String
        var size: LogSize
    }

    private struct Kept {
        var key: Key
        var past: Past
        var digest: Hash?
    }

    private let kept = Mutex<[Kept]>([])

    /// The state of the log at a size.
    ///
    /// Folds the log when it must, from the last state before that is kept; blocks.
    func state(of log: any LogReader, at size: LogSize) throws -> Past {
        let key = Key(origin: log.identity.origin, size: size)
        let known = kept.withLock { kept in
            kept.filter { $0.key.origin == key.origin && $0.key.size <= size }.max { $0.key.size < $1.key.size }
        }
        if let known, known.key == key { return known.past }
        let state = try TimeTravel.state(of: log, at: size, from: known?.past.state ?? State())
        let past = Past(state: state, subjects: state.subjects)
        if state.memory.rawValue <= Self.greatestMemory {
            kept.withLock { kept in
                kept.removeAll { $0.key == key }
                kept.append(Kept(key: key, past: past))
                if kept.count > Self.greatestCount { kept.removeFirst() }
            }
        }
        return past
    }

    /// The digest of a state that was asked for; kept with it, because pages that begin anew ask again.
    func digest(of past: Past, in log: any LogReader) -> Hash {
        let key = Key(origin: log.identity.origin, size: past.state.size)
        if let digest = kept.withLock({ $0.first { $0.key == key }?.digest }) { return digest }
        let digest = TimeTravel.digest(of: past.state)
        kept.withLock { kept in
            if let index = kept.firstIndex(where: { $0.key == key }) { kept[index].digest = digest }
        }
        return digest
    }
}
