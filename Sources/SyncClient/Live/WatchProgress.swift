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
    case waiting(seconds: Double, because: WaitReason)
}
