internal import EventLog

/// When a followed log is visited again: at an interval, and ever later while it does not do as it should.
struct VisitSchedule: Sendable {
    /// It is not left alone for longer than this, or than the interval where that is longer.
    ///
    /// That holds however often something fails, and whatever the log asks for.
    static let maximumDelay = Duration.seconds(15 * 60)

    private let interval: Duration
    private let backoff: Backoff
    /// How many visits have failed in a row.
    private var failures = 0

    init(interval: Duration) {
        self.interval = interval
        backoff = Backoff(base: interval, cap: max(interval, Self.maximumDelay))
    }

    /// How long to wait after a visit.
    mutating func delay(after visit: LogVisit) -> Duration {
        guard visit.because != nil else {
            failures = 0
            return interval
        }
        failures += 1
        guard case .failed(_, let asked?) = visit else { return backoff.delay(afterFailures: failures) }
        return backoff.delay(afterFailures: failures, asked: asked)
    }
}
