internal import Dispatch

/// Threads for work that blocks or takes long: reading stores, folding, inflating.
///
/// The threads that serve requests are few, and every request on the machine waits for them. How much is in progress at
/// once is bounded by `ConcurrencyLimiter`.
struct BlockingWork: Sendable {
    private let queue: DispatchQueue

    /// - Parameter oneAtATime: Whether nothing of it is done beside anything else of it.
    init(oneAtATime: Bool = false) {
        queue =
            oneAtATime
            ? DispatchQueue(label: "ambit.work.long") : DispatchQueue(label: "ambit.work", attributes: .concurrent)
    }

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
