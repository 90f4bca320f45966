public import AgendaModel
internal import EventLog

/// A signature of a device in the log that does not hold.
///
/// Then the server has altered, added or left out entries of that device, or has let a signature in that it had to refuse.
public struct BadSignature: Hashable, Sendable {
    /// Of the signature, in the log.
    public var position: Position
    /// The device that is said to have signed.
    public var device: DeviceID
    /// What is wrong, by the names of Protocol/Log.md, such as `does-not-hold`.
    public var fault: String

    /// What to say of it.
    public var explanation: String {
        let words = SignatureFault(rawValue: fault)?.explanation ?? fault
        return "the signature of \(device) at entry \(position) does not hold: \(words); show this to the agenda's "
            + "administrator"
    }
}
