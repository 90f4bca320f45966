public import AgendaModel

/// What a sync did.
public struct SyncSummary: Hashable, Sendable {
    /// The verified size of the log at the end.
    public var size = LogSize.zero
    /// How many entries were pulled, own events included; this device's signatures are not counted.
    public var pulled = 0
    /// How many of this replica's events came to be in the log; its signatures on them are not counted.
    public var accepted = 0
    /// How many the server refused; `Replica.refused()` lists them.
    public var refused = 0
    /// The counters of events that something between here and the server, such as a proxy, did not let through.
    ///
    /// They are kept with the refused ones; `Replica.refused()` lists them too.
    public var notLetThrough: [Int] = []
    /// How many own events turned out to have no effect; `Replica.overtaken()` lists them.
    public var overtaken = 0
    /// How many requests were repeated.
    public var retries = 0
    /// Signatures of devices that were received and do not hold; nothing else of the sync depends on that.
    public var badSignatures: [BadSignature] = []
    /// Why something of what was erased may be left in this replica's files, one for each file.
    ///
    /// Nothing else of the sync depends on that; the next sync tries to clear it away again.
    public var scrubFailures: [ReplicaError] = []
    /// How the replica came to be another device; nil when it stayed the one that it was.
    public var deviceChange: DeviceChange?

    /// A summary of nothing, which the sync adds to.
    public init() {}
}
