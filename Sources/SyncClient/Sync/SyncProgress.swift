public import AgendaModel

/// How far a sync is.
///
/// Counts are of events and entries, and never go back within a phase.
public enum SyncProgress: Hashable, Sendable {
    /// Reading the server's checkpoint.
    case checking
    /// Sending what is pending.
    case pushing(sent: Int, of: Int)
    /// Receiving entries and checking them; both counts are sizes of the log.
    case pulling(size: LogSize, of: LogSize)
    /// Folding entries into the state; both counts are sizes of the log.
    case applying(size: LogSize, of: LogSize)
    /// The server has let this laptop in anew, as this device: the sync that follows makes the replica be it.
    case enrolled(DeviceID)
    /// The replica shared its identity with a copy of its folder, or was enrolled anew: it is another device now.
    case changedDevice(DeviceChange)
    /// Giving back entries that the server has lost; both counts are sizes of the log.
    case repairing(size: LogSize, of: LogSize)
    /// An attempt failed; the next comes after this many seconds.
    case waiting(seconds: Double, because: WaitReason)
    /// The last value: both sides had the same log at the end.
    case finished(SyncSummary)
}
