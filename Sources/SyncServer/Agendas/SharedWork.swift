internal import Synchronization

/// Work that several may ask for at the same time, and that is then done once for all of them.
final class SharedWork<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        /// What is being done now; each takes itself out when it ends.
        var running: [Key: Task<Value, any Error>] = [:]
        var waiting = 0
    }

    private let state = Mutex(State())

    /// How many wait for what others have begun.
    var waitingCount: Int { state.withLock { $0.waiting } }

    /// What the work for this key gives.
    ///
    /// Whoever asks first has the work done in a task of its own, so that it goes on when the one who asked is
    /// cancelled. Others wait for it. When it fails, it fails for the one who began it alone: the others begin anew.
    ///
    /// - Throws: what the work throws, or `CancellationError`.
    func value(for key: Key, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        while true {
            let (task, isOwn) = state.withLock { state in
                if let task = state.running[key] {
                    state.waiting += 1
                    return (task, false)
                }
                let task = Task { [self] in
                    defer { self.state.withLock { $0.running[key] = nil } }
                    return try await work()
                }
                state.running[key] = task
                return (task, true)
            }
            defer { if !isOwn { state.withLock { $0.waiting -= 1 } } }
            do { return try await task.value } catch  where !isOwn { try Task.checkCancellation() }
        }
    }

    /// The same of work that is begun after the call: what was begun before may not know what has happened since.
    func freshValue(for key: Key, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        if let begun = state.withLock({ $0.running[key] }) { _ = try? await begun.value }
        return try await value(for: key, work)
    }
}
