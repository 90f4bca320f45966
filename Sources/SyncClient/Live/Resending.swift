internal import AgendaModel

/// When a watch sends again what could not be sent, while it goes on receiving: later each time.
struct Resending: Hashable {
    /// What kept it from being sent, for people.
    let reason: String
    /// The time from `since` to the next attempt.
    private(set) var delay: Duration
    /// How much of it has to pass even when more is recorded meanwhile.
    private let least: Duration
    private let since: Timestamp
    private let failures: Int

    /// - Parameters:
    ///   - error: what kept it from being sent.
    ///   - earlier: the attempt before, if that failed too.
    ///   - now: the clock; it may jump.
    ///   - jitter: 0 to 1, drawn at random.
    ///   - options: how patient the watch is.
    init(
        after error: ReplicaError,
        earlier: Resending?,
        _ now: Timestamp,
        _ jitter: Double,
        _ options: WatchOptions
    ) {
        failures = (earlier?.failures ?? 0) + 1
        reason = error.message
        since = now
        let usual = options.delay(afterFailures: failures, jitter)
        least = options.least(of: usual, asked: error.retryAfter)
        delay = max(usual, least)
    }

    /// Whether it is time.
    func isDue(_ now: Timestamp) -> Bool { now.isAfter(delay, since: since) }

    /// How long it is until then.
    func rest(_ now: Timestamp) -> Duration {
        isDue(now) ? .zero : delay - .milliseconds(now.millisecondsSince1970 - since.millisecondsSince1970)
    }

    /// Something has been recorded: no longer than has to be.
    mutating func hasten() { delay = least }

    /// The time is up, whatever the clock says.
    mutating func fallDue() { delay = .zero }
}

extension WatchOptions {
    /// How long to wait after so many failures in a row.
    func delay(afterFailures count: Int, _ jitter: Double) -> Duration {
        min(firstDelay * Double(1 << min(count - 1, 20)), greatestDelay) * (0.5 + jitter / 2)
    }

    /// How much of a wait has to pass even when something is recorded meanwhile: what the server asked for, within
    /// bounds, or else so little that nothing is tried without end.
    func least(of delay: Duration, asked: Duration?) -> Duration {
        asked.map { min($0, greatestAsked) } ?? min(delay, firstDelay)
    }
}
