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

    /// A state, its digest, and its subjects in order.
    struct Past: Sendable {
        var state: State
        var digest: Hash
        var subjects: [String]
    }

    private struct Key: Hashable {
        var origin: String
        var size: LogSize
    }

    private let kept = Mutex<[(key: Key, past: Past)]>([])

    /// The state of the log at a size.
    ///
    /// Folds the log when it must; blocks.
    func state(of log: any LogReader, at size: LogSize) throws -> Past {
        let key = Key(origin: log.identity.origin, size: size)
        if let past = kept.withLock({ $0.first { $0.key == key }?.past }) { return past }
        let state = try TimeTravel.state(of: log, at: size)
        let past = Past(state: state, digest: TimeTravel.digest(of: state), subjects: state.subjects)
        if state.memory.rawValue <= Self.greatestMemory {
            kept.withLock { kept in
                kept.removeAll { $0.key == key }
                kept.append((key, past))
                if kept.count > Self.greatestCount { kept.removeFirst() }
            }
        }
        return past
    }
}
