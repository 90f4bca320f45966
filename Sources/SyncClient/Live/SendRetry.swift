internal import AgendaModel
internal import EventLog

/// When a watch sends what could not be sent, or is not to be sent yet, while it goes on receiving.
///
/// It is later each time that sending fails.
struct SendRetry: Hashable {
    /// What kept it from being sent, for people.
    let reason: WaitReason
    /// The time from `since` to the next attempt.
    private(set) var delay: Duration
    /// How much of it has to pass even when more is recorded meanwhile.
    private let minimum: Duration
    private let since: Timestamp
    private let failures: Int
    /// Whether the last attempt failed without a word of the server.
    let isUnexplained: Bool

    /// - Parameters:
    ///   - error: what kept it from being sent.
    ///   - earlier: the attempt before, if that failed too.
    ///   - options: how long the watch waits.
    ///   - now: the clock; it may jump.
    ///   - draw: 0 to 1, drawn at random.
    init(
        after error: ReplicaError,
        earlier: SendRetry?,
        options: WatchOptions,
        now: Timestamp,
        draw: Double
    ) {
        failures = (earlier?.failures ?? 0) + 1
        reason = WaitReason(error)
        isUnexplained = error.problem == nil
        since = now
        let usual = options.backoff.delay(afterFailures: failures, draw: draw)
        minimum = options.minimum(of: usual, asked: error.retryAfter)
        delay = max(usual, minimum)
    }

    /// Waits before what was recorded just now is sent.
    init(leavingTimeToUndo time: Duration, now: Timestamp) {
        failures = 0
        isUnexplained = false
        reason = WaitReason("")
        since = now
        minimum = time
        delay = time
    }

    /// Whether it is time.
    func isDue(_ now: Timestamp) -> Bool { now.isAfter(delay, since: since) }

    /// How long it is until then.
    func rest(_ now: Timestamp) -> Duration {
        isDue(now) ? .zero : delay - .milliseconds(now.millisecondsSince1970 - since.millisecondsSince1970)
    }

    /// Something has been recorded: no longer than has to be.
    mutating func expedite() { delay = minimum }

    /// The time is up, whatever the clock says.
    mutating func expire() { delay = .zero }
}
