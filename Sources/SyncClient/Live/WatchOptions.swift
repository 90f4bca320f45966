internal import EventLog

/// How long a watch waits, and for what.
public struct WatchOptions: Hashable, Sendable {
    /// Of each sync.
    public var sync = SyncOptions()
    /// A live stream that does not say its first word within this is held back by a proxy: pulls that wait are used.
    public var opening = Duration.seconds(5)
    /// A live stream that is silent for so long is begun anew; one that owes a checkpoint for so long is held back.
    public var silence = Duration.seconds(45)
    /// So often it is asked what the server has, though a live stream says that there is nothing new.
    public var lookAgain = Duration.seconds(600)
    /// How long pulls may wait, in seconds: 1 to 60.
    public var wait = 50
    /// A live stream is tried again after about this.
    public var eventsAgain = Duration.seconds(300)
    /// The first wait after a failure; it doubles with each failure in a row.
    public var firstDelay = Duration.milliseconds(500)
    /// The longest wait, unless the server asks for a longer one.
    public var maximumDelay = Duration.seconds(60)
    /// The longest wait, whatever the server asks for.
    public var maximumAsked = Duration.seconds(300)
    /// So often it is looked whether another process has recorded something.
    public var outboxInterval = Duration.seconds(1)
    /// What is recorded is left alone for so long, so that it can be taken back before it is sent.
    public var timeToUndo = Duration.zero

    /// The usual options: a watch goes on for ever.
    public init() {}
}

extension WatchOptions {
    /// The waits after failures; up to the half of each is left to chance.
    var backoff: Backoff { Backoff(base: firstDelay, cap: maximumDelay, jitter: 0.5) }

    /// How much of a wait has to pass even when something is recorded meanwhile.
    ///
    /// It is what the server asked for, within bounds, or else so little that nothing is tried without end.
    func minimum(of delay: Duration, asked: Duration?) -> Duration {
        asked.map { min($0, maximumAsked) } ?? min(delay, firstDelay)
    }
}
