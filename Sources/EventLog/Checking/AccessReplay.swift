package import AgendaModel

/// Who may use an agenda as its entries say: what the store's access must be equal to.
package struct AccessReplay {
    private var access = Access()
    /// The subjects of which the log does not say everything any more, because it was erased.
    private(set) var erased: Set<String> = []

    package init() {}

    package var members: [MemberID: Access.Member] { access.members }
    package var devices: [DeviceID: Access.Device] { access.devices }

    /// How many changes have made it.
    var version: Int { access.version + erased.count }

    /// The role that a device has through its member; nil when it has none.
    func role(ofDevice name: DeviceID) -> Role? { access.role(ofDevice: name) }

    /// Whether a device's member created a subject; nil where that is not known any more.
    func isCreator(_ device: DeviceID, of subject: String) -> Bool? {
        guard let creator = DeviceID(creatorOf: subject), access.devices[creator] != nil else { return nil }
        return access.isCreator(device, of: subject)
    }

    /// Takes the next entry.
    package mutating func take(_ entry: CheckedEntry) {
        let kind = entry.bytes[entry.attributes.type].prefix(Self.prefixLength)
        guard kind.elementsEqual("member.".utf8) || kind.elementsEqual("device.".utf8) else { return }
        let subject = entry.text(entry.attributes.subject)
        guard entry.attributes.tombstone == nil else {
            erased.insert(subject)
            return
        }
        let data = UnsafeBufferPointer(rebasing: entry.bytes[entry.attributes.data])
        if let event = AccessEvent(type: entry.text(entry.attributes.type), data: data),
            let change = event.change(of: subject, in: access)
        {
            access.apply(change)
        }
    }

    /// Holds what a store says of members and devices against the entries, but for those of which something was erased.
    ///
    /// - Throws: `LogDifference` at the first that is otherwise, in the order of their names.
    package func check(members: [MemberID: Access.Member], devices: [DeviceID: Access.Device]) throws(LogDifference) {
        try check("members", members, against: access.members)
        try check("devices", devices, against: access.devices)
    }

    private func check<Name: Identifier, Value: Equatable>(
        _ table: String,
        _ stored: [Name: Value],
        against replayed: [Name: Value]
    ) throws(LogDifference) {
        for name in Set(stored.keys).union(replayed.keys).sorted()
        where !erased.contains(name.rawValue) && stored[name] != replayed[name] {
            let place = LogDifference.Place.row(table: table, key: name.rawValue)
            if stored[name] == nil { throw LogDifference(place, "it is missing, and the log's entries make one") }
            if replayed[name] == nil { throw LogDifference(place, "no entry of the log makes it") }
            throw LogDifference(place, "it is not what the log's entries make of it")
        }
    }

    private static let prefixLength = 7
}
