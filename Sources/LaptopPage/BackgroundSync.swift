internal import AgendaModel
internal import SyncClient
internal import Synchronization

/// Sends and receives for as long as the pages are served, and says how that goes.
///
/// What passes by itself is waited for. What a person has to look at ends it, until somebody asks for it again.
final class BackgroundSync: Sendable {
    /// What it is doing.
    enum Stage: Hashable, Sendable {
        case syncing(SyncProgress?)
        case following
        case waiting(WaitReason)
        case stopped(ReplicaError)
    }

    private struct State {
        var stage = Stage.syncing(nil)
        var task: Task<Void, Never>?
        /// Which task it is: one that was told to end says nothing any more.
        var number = 0
        /// Grows with everything that a page may show.
        var changes = 0
    }

    private let replica: Replica
    private let state = Mutex(State())

    init(_ replica: Replica) { self.replica = replica }

    var stage: Stage { state.withLock { $0.stage } }
    var changes: Int { state.withLock { $0.changes } }

    /// Begins, or begins anew: then what is waited for is tried at once.
    func begin() {
        state.withLock { state in
            state.task?.cancel()
            state.number += 1
            let number = state.number
            state.stage = .syncing(nil)
            state.changes += 1
            state.task = Task { [self] in await follow(number) }
        }
    }

    /// Ends; waits for no more than the device's last signature.
    func end() async {
        state.withLock { state in
            state.task?.cancel()
            state.task = nil
            state.number += 1
        }
        await replica.signAtEnd()
    }

    private func follow(_ number: Int) async {
        do {
            var options = WatchOptions()
            // Who sees a mistake at once can take it back.
            options.timeToUndo = .seconds(5)
            for try await progress in replica.watch(options: options) {
                switch progress {
                case .syncing(.waiting(_, let reason)), .waiting(_, let reason): note(.waiting(reason), number)
                case .syncing(let step): note(.syncing(step), number)
                case .following: note(.following, number)
                case .finished: note(stage, number)
                }
            }
        } catch let error as ReplicaError {
            note(.stopped(error), number)
        } catch {
            note(.stopped(ReplicaError(.inputOutput, "\(error)")), number)
        }
    }

    private func note(_ stage: Stage, _ number: Int) {
        state.withLock { state in
            guard state.number == number else { return }
            state.stage = stage
            state.changes += 1
        }
    }
}
