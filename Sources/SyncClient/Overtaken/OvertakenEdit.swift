public import AgendaModel

/// An event of this replica about something that somebody else took back meanwhile: neither had seen the other's event.
///
/// It is in the log, and has no effect as long as its subject stays withdrawn.
public struct OvertakenEdit: Hashable, Sendable {
    /// The device that recorded it: the replica's, or one that it was before.
    public var device: DeviceID
    /// The device's counter.
    public var id: Int
    /// What both events are about.
    public var subject: String
    /// What it is called; nil when that is not known.
    public var title: String?
    /// The type of the event that took it back, such as `measurement.voided`.
    public var withdrawal: String
    /// Where that one stands in the log.
    public var position: Position
    /// Who recorded it.
    public var source: EventSource
    /// What that device is called; nil when that is not known.
    public var deviceName: String?
    /// The name of the person whose device it is; nil when that is not known.
    public var memberName: String?
}
