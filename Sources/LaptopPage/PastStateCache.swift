internal import AgendaModel
internal import EventLog
internal import Projections
internal import Synchronization

/// The states of the past that were looked at last: the first look folds the log, the next ones take what is here.
final class PastStateCache: Sendable {
    /// Newest last.
    private let kept = Mutex<[(erasures: Int, state: PastState)]>([])
    /// States take memory as the agenda does.
    private static let capacity = 3

    /// The state of a log at a size.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them count.
    ///   - erasures: how many the log has had: a state that was folded before one may hold what is gone.
    /// - Returns: the state.
    /// - Throws: what reading and folding throws.
    func state(of log: any LogReader, at size: LogSize, after erasures: Int) throws -> PastState {
        let found = kept.withLock { kept in
            kept.removeAll { $0.erasures != erasures }
            return kept.first { $0.state.size == size }?.state
        }
        if let found { return found }
        let state = try PastState(TimeTravel.state(of: log, at: size))
        kept.withLock { kept in
            kept.append((erasures, state))
            if kept.count > Self.capacity { kept.removeFirst() }
        }
        return state
    }
}
