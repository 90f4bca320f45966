/// An event in the outbox: recorded, not yet in the log.
public struct PendingEvent: Hashable, Sendable {
    /// The device's counter.
    public var id: Int
    /// The event's line.
    public var line: String
}
