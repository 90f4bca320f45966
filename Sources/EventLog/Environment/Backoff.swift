/// How long to wait before something that failed is tried again: longer with each failure in a row.
package struct Backoff: Hashable, Sendable {
    /// The wait after the first failure; more than zero.
    package var base: Duration
    /// How many times as long the next wait is; at least 1.
    package var factor: Int
    /// The longest wait.
    package var cap: Duration
    /// How much of a wait is left to chance: from 0, nothing, to 1, all of it.
    package var jitter: Double

    package init(base: Duration, factor: Int = 2, cap: Duration, jitter: Double = 0) {
        self.base = base
        self.factor = factor
        self.cap = cap
        self.jitter = jitter
    }

    /// Until what was erased is cleared away again, where something was in the way.
    package static let scrubbing = Backoff(base: .seconds(2), cap: .seconds(60))

    /// - Parameters:
    ///   - failures: how many there were in a row; at least 1.
    ///   - draw: 0 to 1, drawn at random; at 1 chance takes nothing away.
    ///   - asked: how long the other side wants to be left alone; counts up to the cap.
    /// - Returns: the wait before the next attempt.
    package func delay(afterFailures failures: Int, draw: Double = 1, asked: Duration? = nil) -> Duration {
        var delay = min(base, cap)
        var rest = failures - 1
        while rest > 0, delay < cap, factor > 1 {
            delay = min(delay * factor, cap)
            rest -= 1
        }
        if jitter > 0 { delay = delay * (1 - jitter + jitter * draw) }
        return max(delay, min(asked ?? .zero, cap))
    }
}
