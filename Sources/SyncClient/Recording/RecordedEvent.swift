/// An event that was recorded.
public struct RecordedEvent: Hashable, Sendable {
    /// The device's counter.
    public var id: Int
    /// What it is about; a creating event's own.
    public var subject: String
    /// The event's line, as it will be sent, in UTF-8.
    package var bytes: [UInt8]

    /// The event's line, as it will be sent.
    public var line: String { String(decoding: bytes, as: UTF8.self) }
}
