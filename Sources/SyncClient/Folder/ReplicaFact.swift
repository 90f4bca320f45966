/// The names of what a replica remembers of its syncs.
enum ReplicaFact {
    /// Who the replica is: `device/<id>`.
    static let device = "device"
    /// There when the log has events of this device that were not recorded here.
    static let sharedIdentity = "identity-shared"
    static let knownSize = "known-size"
    static let lastSync = "last-sync"
    /// What the clocks of the server and of the laptop said in the last sync, where the laptop's was far ahead.
    static let clockReading = "clock-reading"
    static let signaturesChecked = "signatures-checked"
    /// The log's size, and the greatest counter of each source in it.
    static let lastCounters = "last-counters"
    /// With the position: a signature that does not hold.
    static let badSignature = "bad-signature "
    static let overtakenChecked = "overtaken-checked"
    /// With a device that the replica was before: the log's size when it became another one.
    static let formerDevice = "former-device "
    /// With device and counter: an own event about what somebody else took back; its subject, and where that event stands.
    static let overtaken = "overtaken "
}
