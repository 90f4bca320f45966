/// What happens while an admin's laptop decides on the state of others.
public enum AdministrationProgress: Hashable, Sendable {
    /// A sync is running, before the decision or to send it, and stands here.
    case syncing(SyncProgress)
    /// What others have recorded could not be brought over: what is decided rests on what was synced last.
    case outdated(because: ReplicaError)
}
