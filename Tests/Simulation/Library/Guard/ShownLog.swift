internal import AgendaModel
internal import EventLog
internal import Synchronization

/// What anybody has been shown of a log.
final class ShownLog: Sendable {
    private struct State {
        var notes: [LogSize: SignedCheckpoint] = [:]
        var givenUp: [SignedCheckpoint] = []
        var fork: String?
    }

    private let state = Mutex(State())

    func add(_ checkpoint: SignedCheckpoint?) {
        guard let checkpoint else { return }
        let size = checkpoint.checkpoint.size
        state.withLock { state in
            if let known = state.notes[size], known.checkpoint.root != checkpoint.checkpoint.root {
                state.fork = "size \(size) has been shown with two roots"
            }
            state.notes[size] = checkpoint
        }
    }

    /// From now on the log has another history: whoever holds these goes on holding them.
    func giveUp(where isLost: (Checkpoint) throws -> Bool) rethrows {
        let notes = state.withLock { Array($0.notes.values) }
        let lost = try notes.filter { try isLost($0.checkpoint) }.sorted { $0.checkpoint.size < $1.checkpoint.size }
        state.withLock { state in
            for note in lost { state.notes[note.checkpoint.size] = nil }
            state.givenUp += lost
        }
    }

    /// All checkpoints, the smallest first.
    var all: [SignedCheckpoint] {
        state.withLock { $0.notes.values.sorted { $0.checkpoint.size < $1.checkpoint.size } }
    }

    /// The checkpoint with the greatest size.
    var greatest: SignedCheckpoint? {
        state.withLock { $0.notes.values.max { $0.checkpoint.size < $1.checkpoint.size } }
    }
    /// What has been shown of histories that were given up.
    var givenUp: [SignedCheckpoint] { state.withLock { $0.givenUp } }
    /// That there are two histories, in words.
    var fork: String? { state.withLock { $0.fork } }
}
