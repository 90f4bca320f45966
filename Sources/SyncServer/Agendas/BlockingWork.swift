internal import Dispatch

/// Threads for work that blocks for a moment: reading stores.
///
/// What takes long is `HeavyWork`.
///
/// The threads that serve requests are few, and every request on the machine waits for them. How much is read at once of
/// what is sent is bounded by `ConcurrencyLimiter`; look-ups take next to nothing.
struct BlockingWork: Sendable {
    private let queue: DispatchQueue

    init() { queue = DispatchQueue(label: "ambit.work", attributes: .concurrent) }

    /// Runs the body on one of the threads.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await queue.run(body)
    }
}

extension DispatchQueue {
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            self.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
