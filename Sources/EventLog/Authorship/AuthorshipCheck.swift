package import AgendaModel

/// Holds the signatures of devices against a log that is read from its beginning on.
///
/// Its memory grows with the devices, and with the entries of devices that have a key and have not signed them yet: 56
/// bytes each.
package struct AuthorshipCheck: Sendable {
    /// A signature that does not hold.
    package struct Finding: Hashable, Sendable {
        /// Of the `device.signed`.
        package var position: Position
        /// Who recorded it.
        package var device: DeviceID
        package var fault: SignatureFault
    }

    /// The entries of a device that no signature covers; there is one at least.
    package struct Unsigned: Hashable, Sendable {
        package var device: DeviceID
        /// Whether it enrolled with a key.
        package var hasKey: Bool
        package var count: Int
        /// Of the first of them.
        package var position: Position
        /// When the first of them was recorded in the log.
        package var recordedTime: Timestamp
    }

    private struct OpenEntry {
        var counter: Counter
        var position: Position
        var recordedTime: Timestamp
        var leaf: Hash
    }

    private struct Device {
        var key: [UInt8]?
        /// Of the `device.enrolled` that has the key.
        var enrolment: Position?
        /// How many of its entries no key can cover any more: those from before it had one.
        var uncovered = 0
        /// The first of those.
        var firstUncovered: (position: Position, recordedTime: Timestamp)?
        /// Those that its next signatures may cover.
        var open: ArraySlice<OpenEntry> = []
    }

    /// How a device vouched for an entry that was watched for.
    package struct Vouched: Sendable {
        package var signature: DeviceSignature
        /// Of all entries that the signature covers, in the order of the log.
        package var leaves: [Hash]
        /// Of the `device.enrolled` that has the device's key.
        package var enrolment: Position
    }

    private let origin: String
    private let watched: Position?
    /// The signature that covers the watched entry; nil when none has yet.
    package private(set) var vouched: Vouched?
    private var devices: [DeviceID: Device] = [:]
    // Entries of one device mostly follow each other.
    private var current: [UInt8] = []
    private var currentName = DeviceID(unchecked: "")

    /// How many signatures have been found to hold.
    package private(set) var signatures = 0
    /// Signatures of devices whose enrolment was erased, and with it the key: nobody can say any more whether they hold.
    package private(set) var unverifiable = 0
    private var erasedKeys: Set<DeviceID> = []

    /// - Parameters:
    ///   - origin: of the log.
    ///   - position: of an entry whose signature is wanted; nil for none.
    package init(origin: String, watching position: Position? = nil) {
        self.origin = origin
        watched = position
    }

    /// Looks at the next entry of the log.
    ///
    /// - Parameters:
    ///   - entry: its line, without newline.
    ///   - attributes: as read from it.
    ///   - leaf: its leaf in the log's tree, which an erased entry keeps.
    ///   - position: its place in the log.
    /// - Returns: what is wrong, when it is a signature that does not hold.
    package mutating func look(
        at entry: UnsafeBufferPointer<UInt8>,
        _ attributes: EventAttributes,
        leaf: Hash,
        position: Position
    ) -> Finding? {
        let type = entry[attributes.type]
        if type.elementsEqual("device.enrolled".utf8) {
            if attributes.tombstone == nil {
                learnKey(from: entry, attributes, at: position)
            } else {
                erasedKeys.insert(DeviceID(entry[attributes.subject]))
            }
        }
        let source = entry[attributes.source]
        guard !source.elementsEqual(EventSource.server.rawValue.utf8) else { return nil }
        if !source.elementsEqual(current) {
            current = Array(source)
            currentName = DeviceID(source)
        }
        guard type.elementsEqual(DeviceSignature.type.utf8) else {
            note(attributes, leaf: leaf, at: position)
            return nil
        }
        do throws(SignatureFault) {
            try take(entry, attributes)
            signatures += 1
            return nil
        } catch {
            if error == .noKey, erasedKeys.contains(currentName) {
                unverifiable += 1
                return nil
            }
            return Finding(position: position, device: currentName, fault: error)
        }
    }

    /// The devices with entries that no signature covers, by name.
    package var unsigned: [Unsigned] {
        devices.sorted { $0.key < $1.key }.compactMap { name, device in
            let open = device.open.first.map { ($0.position, $0.recordedTime) }
            guard let (position, recordedTime) = device.firstUncovered ?? open else { return nil }
            return Unsigned(
                device: name,
                hasKey: device.key != nil,
                count: device.uncovered + device.open.count,
                position: position,
                recordedTime: recordedTime
            )
        }
    }

    private mutating func learnKey(
        from entry: UnsafeBufferPointer<UInt8>,
        _ attributes: EventAttributes,
        at position: Position
    ) {
        let data = UnsafeBufferPointer(rebasing: entry[attributes.data])
        guard case .enrolled(let enrolled) = AccessEvent(type: "device.enrolled", data: data), let key = enrolled.key,
            key.count == 32
        else { return }
        let device = DeviceID(entry[attributes.subject])
        devices[device, default: Device()].key = key
        devices[device]?.enrolment = position
    }

    private mutating func note(_ attributes: EventAttributes, leaf: Hash, at position: Position) {
        let recordedTime = attributes.recordedTime ?? attributes.time
        let entry = OpenEntry(
            counter: attributes.counter,
            position: position,
            recordedTime: recordedTime,
            leaf: leaf
        )
        func add(to device: inout Device) {
            if device.key != nil {
                device.open.append(entry)
            } else {
                device.uncovered += 1
                if device.firstUncovered == nil { device.firstUncovered = (position, recordedTime) }
            }
        }
        add(to: &devices[currentName, default: Device()])
    }

    private mutating func take(
        _ entry: UnsafeBufferPointer<UInt8>,
        _ attributes: EventAttributes
    ) throws(SignatureFault) {
        guard entry[attributes.subject].elementsEqual(current) else { throw .otherDevice }
        guard let signature = DeviceSignature(data: UnsafeBufferPointer(rebasing: entry[attributes.data])) else {
            throw .unreadable
        }
        let device = devices[currentName]
        var covered = CoveredEntries()
        for entry in device?.open.prefix(DeviceSignature.maximumEntries + 1) ?? [] {
            guard entry.counter <= signature.through else { break }
            covered.add(entry.counter, leaf: entry.leaf)
        }
        if let fault = signature.fault(on: covered, of: currentName, origin: origin, by: device?.key) { throw fault }
        if let device, let enrolment = device.enrolment, let watched {
            let entries = device.open.prefix(covered.count)
            if entries.contains(where: { $0.position == watched }) {
                vouched = Vouched(signature: signature, leaves: entries.map(\.leaf), enrolment: enrolment)
            }
        }
        devices[currentName]?.open.removeFirst(covered.count)
    }
}

extension DeviceID {
    /// Of an entry that was read.
    fileprivate init(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        self.init(unchecked: String(decoding: bytes, as: UTF8.self))
    }
}
