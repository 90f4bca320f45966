/// Who records an event: a device, or the log's server.
public struct EventSource: Identifier {
    /// `device/<id>` or `server`.
    public let rawValue: String

    /// Takes a text that has been checked.
    public init(unchecked text: String) { rawValue = text }

    /// The source of what this device records.
    public init(_ device: DeviceID) { rawValue = device.rawValue }

    /// The source of what the log's server itself records.
    public static let server = EventSource(unchecked: "server")

    /// The device; nil for the server.
    public var device: DeviceID? { self == .server ? nil : DeviceID(unchecked: rawValue) }

    /// Whether a text is `device/<id>` or `server`.
    public static func isValid(_ text: String) -> Bool { text == server.rawValue || DeviceID.isValid(text) }
}
