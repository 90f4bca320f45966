internal import Synchronization

/// Whether what is read of a log can be believed.
///
/// After a commit whose outcome nobody knows it cannot: a primary shows what a standby may not have, and a failover may take
/// it back. It can again when a later write has come back without a warning: then all before it is where that one is.
final class OutcomeCertainty: Sendable {
    private struct State {
        var lost = 0
        var settled = 0
    }

    private let state = Mutex(State())

    /// The number of the last unknown outcome; nil when all is known.
    var unsettled: Int? { state.withLock { $0.lost > $0.settled ? $0.lost : nil } }

    func lose() { state.withLock { $0.lost += 1 } }

    /// A write that was begun after this number came back without a warning.
    func settle(_ number: Int) { state.withLock { $0.settled = max($0.settled, number) } }
}
