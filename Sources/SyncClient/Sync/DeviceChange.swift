/// A replica's going on as another device.
public struct DeviceChange: Hashable, Sendable {
    /// The device that it was: `device/<id>`.
    public var former: String
    /// The device that it is.
    public var device: String
    /// How many events that had not been sent were given the new identity.
    public var moved: Int
}
