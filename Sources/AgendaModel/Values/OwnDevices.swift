/// The devices whose events are a replica's own: the one that it is, and those that it was before.
package struct OwnDevices: Hashable, Sendable {
    /// A device that a replica was before.
    package struct Former: Hashable, Sendable {
        package var device: DeviceID
        /// The log's size when the replica became another one; what the device recorded after that is another folder's.
        package var end: LogSize

        package init(_ device: DeviceID, until end: LogSize) {
            self.device = device
            self.end = end
        }
    }

    package var present: DeviceID
    package var former: [Former]

    package init(present: DeviceID, former: [Former] = []) {
        self.present = present
        self.former = former
    }

    /// What stands in each entry that may be own.
    package var patterns: [BytePattern] {
        ([present] + former.map(\.device)).map { BytePattern(#""source":"\#($0)""#) }
    }

    /// Which of the devices recorded an event; nil for somebody else's.
    package func device(of source: some Sequence<UInt8>, at position: Position) -> DeviceID? {
        if source.elementsEqual(present.rawValue.utf8) { return present }
        return former.first { $0.end.contains(position) && source.elementsEqual($0.device.rawValue.utf8) }?.device
    }
}
