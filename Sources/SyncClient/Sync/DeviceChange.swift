public import AgendaModel

/// A replica's going on as another device.
public struct DeviceChange: Hashable, Sendable {
    /// The device that it was.
    public var former: DeviceID
    /// The device that it is.
    public var device: DeviceID
    /// How many events that had not been sent were given the new identity.
    public var moved: Int
}
