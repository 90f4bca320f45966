/// Why a device's signature does not hold.
///
/// The names are those of Protocol/Log.md, in the order in which a verifier looks.
package enum SignatureFault: String, Error, Hashable, Sendable, CaseIterable {
    /// The event is about another device than the one that recorded it.
    case otherDevice = "other-device"
    /// Its data is not what a signature says.
    case unreadable
    /// The device enrolled without a key, or with something that is none.
    case noKey = "no-key"
    /// It covers more entries than one signature may.
    case tooMany = "too-many"
    /// Its counters and count are not those of the entries that it has to cover.
    case otherEntries = "other-entries"
    /// The key did not sign these entries as they stand in the log.
    case doesNotHold = "does-not-hold"

    /// What it says of the log.
    package var explanation: String {
        switch self {
        case .otherDevice: "it is about another device than the one that recorded it"
        case .unreadable: "its data is not that of a signature"
        case .noKey: "the device enrolled without a key to check it with"
        case .tooMany: "it covers more than \(DeviceSignature.maximumEntries) entries"
        case .otherEntries: "its counters and count are not those of the device's entries that no signature covers yet"
        case .doesNotHold: "the device's key did not sign these entries as they stand in the log"
        }
    }
}
