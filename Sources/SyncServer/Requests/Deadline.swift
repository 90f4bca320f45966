internal import Synchronization

/// Waiting for work that may take longer than its caller.
enum Deadline {
    /// What comes of some work, if it comes in time; the work goes on in any case.
    ///
    /// - Parameters:
    ///   - limit: how long to wait.
    ///   - sleep: lets so much time pass.
    ///   - work: what is waited for; is not cancelled.
    /// - Returns: nil when it took longer.
    /// - Throws: what the work throws, or `CancellationError` when the caller is cancelled.
    static func within<Value: Sendable>(
        _ limit: Duration,
        sleeping sleep: @escaping @Sendable (Duration) async throws -> Void,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        let first = First<Value?>()
        let timer = Task {
            try await sleep(limit)
            first.give(.success(nil))
        }
        defer { timer.cancel() }
        Task {
            do { first.give(.success(try await work())) } catch { first.give(.failure(error)) }
        }
        return try await withTaskCancellationHandler {
            try await first.value()
        } onCancel: {
            first.give(.failure(CancellationError()))
        }
    }
}

/// The first of several outcomes; the others are forgotten.
private final class First<Value: Sendable>: Sendable {
    private struct State {
        var outcome: Result<Value, any Error>?
        var waiting: CheckedContinuation<Value, any Error>?
    }

    private let state = Mutex(State())

    func give(_ outcome: Result<Value, any Error>) {
        let waiting = state.withLock { state in
            guard state.outcome == nil else { return nil as CheckedContinuation<Value, any Error>? }
            state.outcome = outcome
            return state.waiting
        }
        waiting?.resume(with: outcome)
    }

    func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = state.withLock { state in
                if state.outcome == nil { state.waiting = continuation }
                return state.outcome
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }
}
