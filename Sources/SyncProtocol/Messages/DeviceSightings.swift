/// The answer to `GET /v1/agendas/<name>/devices`: what the server has last seen of each device, in the order of their names.
///
/// Devices that it has never heard of are not in it.
public struct DeviceSightings: Codable, Hashable, Sendable {
    /// What was seen of each device.
    public var devices: [Item]

    /// What was seen of one device.
    public struct Item: Codable, Hashable, Sendable {
        /// The device, `device/<id>`.
        public var device: String
        /// When it last asked for something, RFC 3339 UTC, to the minute or so.
        public var lastSeen: String
        /// The program that it used, as it says; nil when it does not.
        public var version: String?
        /// How many entries it had when it last said so; nil when it never did.
        public var size: Int?

        /// What a server has noted of one device.
        public init(device: String, lastSeen: String, version: String? = nil, size: Int? = nil) {
            self.device = device
            self.lastSeen = lastSeen
            self.version = version
            self.size = size
        }
    }

    /// The answer with these devices, which the caller has sorted by name.
    public init(devices: [Item]) { self.devices = devices }
}
