public import AgendaModel

/// How a replica stands.
public struct ReplicaStatus: Hashable, Sendable {
    /// What it is of, and who it is.
    public var settings: ReplicaSettings
    /// The member's role as far as this replica knows: as in the log, or as enrolled.
    public var role: String
    /// The entries that have been verified.
    public var size: LogSize
    /// The greatest size that a signed checkpoint has told of.
    public var knownServerSize: LogSize
    /// Whether everything that the server had at the last sync is here, and nothing waits to be sent.
    public var isCaughtUp: Bool { size >= knownServerSize && pending == 0 }
    /// Events that have been recorded here and are not in the log yet; signatures on what is in it are not counted.
    public var pending: Int
    /// Events that were refused, by the server or on the way to it, and that have not been discarded.
    public var refused: Int
    /// The counters of those among them that something between here and the server did not let through.
    public var notLetThrough: [Int]
    /// Signatures of devices that syncs have received and that do not hold, by position.
    public var badSignatures: [BadSignature]
    /// Whether the key that the device enrolled with is missing here, damaged or another one: everything is sent, and nothing
    /// can be signed.
    public var lacksKey: Bool
    /// Registers with several values, as shown: what is pending laid over.
    public var conflicts: Int
    /// Own events that have no effect, because somebody else took back meanwhile what they are about.
    public var overtaken: [OvertakenEdit]
    /// When the last sync came to its end by this laptop's clock, RFC 3339 UTC; nil before the first.
    public var lastSync: String?
    /// When the log's last entry was recorded, RFC 3339 UTC; nil unless that is more than a day ahead of this laptop's clock.
    ///
    /// One of the two clocks is wrong then, the server's or the laptop's.
    public var recordedAhead: String?
    /// By how much this laptop's clock was ahead of the server's at the last sync, in milliseconds.
    ///
    /// It is nil unless that is more than a day, and when the clock has been put back since.
    public var clockLead: Int?
    /// Whether the next sync goes on as another device: the folder was copied, or the laptop was enrolled anew.
    public var changesDevice: Bool
}
