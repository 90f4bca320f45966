internal import AgendaModel
internal import EventLog
internal import Synchronization

/// What anybody has been shown of a log.
final class ShownLog: Sendable {
    private struct State {
        var roots: [LogSize: Hash] = [:]
        var greatest: SignedCheckpoint?
        var fork: String?
    }

    private let state = Mutex(State())

    func add(_ checkpoint: SignedCheckpoint?) {
        guard let checkpoint else { return }
        let (size, root) = (checkpoint.checkpoint.size, checkpoint.checkpoint.root)
        state.withLock { state in
            if let known = state.roots[size], known != root {
                state.fork = "size \(size) has been shown with two roots"
            }
            state.roots[size] = root
            if size > state.greatest?.checkpoint.size ?? .zero { state.greatest = checkpoint }
        }
    }

    /// The checkpoint with the greatest size.
    var greatest: SignedCheckpoint? { state.withLock { $0.greatest } }
    /// That there are two histories, in words.
    var fork: String? { state.withLock { $0.fork } }
}
