internal import AgendaModel
internal import EventLog

/// The devices whose events are a replica's own: the one that it is, and those that it was before.
struct OwnDevices {
    let present: DeviceID
    /// Each with the log's size when the replica became another one; what it recorded after that is another folder's.
    private let former: [(device: DeviceID, end: LogSize)]

    /// - Parameter facts: the replica's.
    init(_ facts: [String: String]) {
        present = DeviceID(unchecked: facts[ReplicaFact.device] ?? "")
        former = facts.compactMap { name, value in
            guard name.hasPrefix(ReplicaFact.formerDevice), let size = Int(value) else { return nil }
            return (DeviceID(unchecked: String(name.dropFirst(ReplicaFact.formerDevice.count))), LogSize(size))
        }
    }

    /// Whether the replica was another device before.
    var hasFormer: Bool { !former.isEmpty }

    /// What stands in each entry that may be own.
    var patterns: [BytePattern] {
        ([present] + former.map(\.device)).map { BytePattern(#""source":"\#($0)""#) }
    }

    /// Which of the devices recorded an event; nil for somebody else's.
    func device(of source: some Sequence<UInt8>, at position: Position) -> DeviceID? {
        if source.elementsEqual(present.rawValue.utf8) { return present }
        return former.first { $0.end.contains(position) && source.elementsEqual($0.device.rawValue.utf8) }?.device
    }
}
