internal import Synchronization

/// The right to do one piece of work of a class, given by a `ConcurrencyLimiter`.
///
/// Ends when it is released, or with its last use: an answer that is dropped before it was sent keeps no permit.
final class Permit: Sendable {
    private let end: Mutex<(@Sendable () -> Void)?>

    /// - Parameter end: Gives the permit back; called once.
    init(end: @escaping @Sendable () -> Void) { self.end = Mutex(end) }

    deinit { release() }

    /// Gives the permit back; only the first time counts.
    func release() {
        let end = end.withLock { end in
            defer { end = nil }
            return end
        }
        end?()
    }
}
