/// How a replica learns of what others have recorded.
public enum WatchChannel: String, Hashable, Sendable {
    /// A live stream of server-sent events.
    case events
    /// Pulls that the server holds until there is something: where a proxy holds streams back.
    case wait
}

/// What a watch is doing.
public enum WatchProgress: Hashable, Sendable {
    /// A sync is running, and stands here.
    case syncing(SyncProgress)
    /// A sync has ended: the first one, and then each that sent or brought something.
    case finished(SyncSummary)
    /// Both sides have the same log, and what comes is noticed at once.
    case following(WatchChannel)
    /// Something does not work; the next attempt comes after this many seconds, or sooner when something is recorded.
    ///
    /// Where it is only sending, the watch is following meanwhile, and says so.
    case waiting(seconds: Double, because: String)
}

/// How patient a watch is.
public struct WatchOptions: Hashable, Sendable {
    /// Of each sync.
    public var sync = SyncOptions()
    /// A live stream that does not say its first word within this is held back by a proxy: pulls that wait are used.
    public var opening = Duration.seconds(5)
    /// A live stream that is silent for so long is begun anew.
    public var silence = Duration.seconds(45)
    /// How long pulls may wait, in seconds: 1 to 60.
    public var wait = 50
    /// A live stream is tried again after about this.
    public var eventsAgain = Duration.seconds(300)
    /// The first wait after a failure; it doubles with each failure in a row.
    public var firstDelay = Duration.milliseconds(500)
    /// The longest wait, unless the server asks for a longer one.
    public var greatestDelay = Duration.seconds(60)
    /// The longest wait, whatever the server asks for.
    public var greatestAsked = Duration.seconds(300)
    /// So often it is looked whether another process has recorded something.
    public var outboxInterval = Duration.seconds(1)

    /// The usual patience: for ever.
    public init() {}
}

/// A running watch: a sequence of what it is doing, that only ends by throwing a `ReplicaError`.
///
/// Iterate it once. Leaving the loop early, or cancelling the task that iterates, ends the watch at its next step. Who
/// follows slowly misses steps, never the last ones.
public struct WatchRun: AsyncSequence, Sendable {
    /// What the watch is doing.
    public typealias Element = WatchProgress

    private let stream: AsyncThrowingStream<WatchProgress, any Error>

    init(_ stream: AsyncThrowingStream<WatchProgress, any Error>) {
        self.stream = stream
    }

    /// Begins to follow the watch.
    public func makeAsyncIterator() -> AsyncThrowingStream<WatchProgress, any Error>.Iterator {
        stream.makeAsyncIterator()
    }
}
