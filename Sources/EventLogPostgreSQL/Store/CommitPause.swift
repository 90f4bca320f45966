internal import EventLog

/// How long no commit is attempted after one that nobody confirmed in time.
///
/// Each of them leaves a session behind that goes on waiting for the standby, as it must not be cancelled. Without a pause
/// that grows they would use up the database's connections.
struct CommitPause {
    private static let backoff = Backoff(base: .seconds(1), cap: .seconds(60))

    private var failures = 0
    private var end: ContinuousClock.Instant?

    /// Whether nothing is to be attempted at this moment.
    func holds(at now: ContinuousClock.Instant) -> Bool { end.map { now < $0 } ?? false }

    mutating func wasNotConfirmed(at now: ContinuousClock.Instant) {
        failures += 1
        end = now + Self.backoff.delay(afterFailures: failures)
    }

    mutating func wasConfirmed() { self = CommitPause() }
}
