internal import Synchronization

/// The right to do one piece of work of a class, given by a `ConcurrencyLimiter`.
///
/// Ends when it is released, or with its last use: an answer that is dropped before it was sent keeps no permit.
///
/// It rests while its request waits for others: for a thread, for its turn, or for work that somebody else has begun. Then it
/// counts for its client alone, and nobody lacks it.
final class Permit: Sendable {
    /// From now on it counts for its client alone.
    let rest: @Sendable () -> Void
    /// From now on it counts for all again.
    ///
    /// Throws `busy` when there is none left, and nobody gives way.
    let resume: @Sendable () throws -> Void
    private let end: Mutex<(@Sendable () -> Void)?>

    /// - Parameters:
    ///   - rest: lets others have it meanwhile.
    ///   - resume: takes it again.
    ///   - end: gives it back; called once.
    init(
        rest: @escaping @Sendable () -> Void,
        resume: @escaping @Sendable () throws -> Void,
        end: @escaping @Sendable () -> Void
    ) {
        self.rest = rest
        self.resume = resume
        self.end = Mutex(end)
    }

    deinit { release() }

    /// Rests until the body ends, which waits for others.
    ///
    /// - Parameter body: what is waited for.
    /// - Returns: what the body gives.
    /// - Throws: `busy`, or what the body throws.
    func resting<Value>(_ body: () async throws -> Value) async throws -> Value {
        rest()
        let value = try await body()
        try resume()
        return value
    }

    /// Gives the permit back; only the first time counts.
    func release() {
        let end = end.withLock { end in
            defer { end = nil }
            return end
        }
        end?()
    }
}
