internal import Synchronization

/// Knows whether anything is running.
///
/// Everything in a simulation waits, except for what the seed chose last: the world pauses until that waits too,
/// or has ended, before it chooses again. So the order of all that happens follows from the seed, whatever threads do.
final class Scheduler: Sendable {
    private struct State: ~Copyable {
        var version = 0
        var running = 0
        var answers: [Int: Answer] = [:]
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// A laptop's task begins, or goes on.
    func begin() { state.withLock { $0.running += 1 } }

    /// A laptop's task waits, or has ended.
    func rest() { change { $0.running -= 1 } }

    /// Something of a server has changed.
    func note() { change { _ in } }

    /// A server has answered a request.
    func post(_ answer: Answer, to request: Int) { change { $0.answers[request] = answer } }

    /// Takes the answer to a request, once it is there.
    func takeAnswer(to request: Int) -> Answer? { state.withLock { $0.answers.removeValue(forKey: request) } }

    /// How many laptops' tasks are running, and a mark for `change(since:)`.
    var present: (running: Int, version: Int) { state.withLock { ($0.running, $0.version) } }

    /// Returns as soon as something has changed since.
    func change(since version: Int) async {
        await withCheckedContinuation { continuation in
            let hasChanged = state.withLock { state in
                guard state.version == version else { return true }
                state.waiting = continuation
                return false
            }
            if hasChanged { continuation.resume() }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiting = state.withLock { state in
            body(&state)
            state.version += 1
            return state.waiting.take()
        }
        waiting?.resume()
    }
}
