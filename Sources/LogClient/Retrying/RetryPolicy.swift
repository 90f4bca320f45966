internal import AgendaModel
package import EventLog

/// How often, and after which waits, a request is repeated after a transient failure.
public struct RetryPolicy: Hashable, Sendable {
    /// How often a request may fail in a row before it is given up.
    ///
    /// At least 1.
    public var attempts = 6
    /// How many of these failures may be timeouts, each of which takes as long as a deadline.
    ///
    /// At least 1.
    public var timeouts = 2
    /// The first wait; it doubles with each failure in a row.
    public var firstDelay: Duration = .milliseconds(500)
    /// The longest wait; a server that asks for a longer one is given up.
    public var maximumDelay: Duration = .seconds(60)

    /// The usual policy: about half a minute.
    public init() {}

    /// Gives up at the first failure.
    public static let none: RetryPolicy = {
        var policy = RetryPolicy()
        policy.attempts = 1
        return policy
    }()

    /// The waits; up to the half of each is left to chance.
    package var backoff: Backoff { Backoff(base: firstDelay, cap: maximumDelay, jitter: 0.5) }

    /// Failures in a row.
    package struct Failures: Hashable, Sendable {
        package private(set) var count = 0
        private(set) var timeouts = 0

        package init() {}

        package mutating func add(_ error: LogClientError) {
            if error.isRepeatedInParts {
                count = max(count, 1)
            } else {
                count += 1
                if error.isTimeout { timeouts += 1 }
            }
        }

        /// Whether one timeout more is the last one that a policy waits for.
        package func isLastTimeout(of policy: RetryPolicy) -> Bool { timeouts + 1 == policy.timeouts }
    }

    /// How long to wait after a failure.
    ///
    /// - Parameters:
    ///   - error: what failed.
    ///   - failures: those in a row, this one included.
    ///   - draw: 0 to 1, drawn at random.
    /// - Returns: nil when it is not to be tried again.
    package func delay(after error: LogClientError, failures: Failures, draw: Double = 1) -> Duration? {
        guard error.isTransient, failures.count < attempts, failures.timeouts < timeouts,
            error.retryAfter ?? .zero <= maximumDelay
        else { return nil }
        return backoff.delay(afterFailures: failures.count, draw: draw, asked: error.retryAfter)
    }

    /// Repeats work that may be done twice without harm.
    ///
    /// - Parameters:
    ///   - sleep: waits; throws when the task is cancelled.
    ///   - report: called before each wait with its length, and the failure that it follows.
    ///   - body: the work.
    /// - Returns: what the body returns.
    /// - Throws: `LogClientError` when it is given up, and what the body throws besides.
    package func retrying<Value: Sendable>(
        sleep: @Sendable (Duration) async throws -> Void,
        report: @Sendable (Duration, LogClientError) -> Void,
        _ body: () async throws -> Value
    ) async throws -> Value {
        var failures = Failures()
        while true {
            try Task.checkCancellation()
            do {
                return try await body()
            } catch {
                guard let error = LogClientError(ending: error) else { throw error }
                failures.add(error)
                guard let delay = delay(after: error, failures: failures) else { throw error }
                report(delay, error)
                try await sleep(delay)
            }
        }
    }
}
