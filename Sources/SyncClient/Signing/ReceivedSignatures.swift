internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

/// Checks the signatures of devices among the entries that a replica has received last.
///
/// A replica keeps no runs of other devices. But who signs does so right behind what is signed: a look at the entries in
/// front of a signature nearly always shows all that it covers. What reaches further back, and what came with a clone, is
/// for a verifier that goes through the whole log.
struct ReceivedSignatures {
    /// So many of the last entries are checked, and so many in front of them looked at.
    private static let reach = 4096

    let store: SQLiteLogStore
    let stateFile: StateFile

    private struct Entry {
        var counter: Counter
        var leaf: Hash
    }

    /// The signatures that do not hold, from a size on.
    ///
    /// - Parameter size: up to where the log was checked before.
    /// - Returns: what does not hold, by position.
    /// - Throws: what reading the log throws.
    func findings(from size: LogSize) throws -> [BadSignature] {
        let end = try store.head().size
        let start = max(size, end - Self.reach)
        guard start < end else { return [] }
        // Nearly all entries are no signatures, and most devices sign none of those that came.
        let signers = try signers(in: start.positions(upTo: end))
        guard !signers.isEmpty else { return [] }
        let first = max(.zero, start - Self.reach)
        var entries: [DeviceID: [Entry]] = [:]
        var findings: [BadSignature] = []
        try store.forEachEntry(in: first.positions(upTo: end)) { position, entry, attributes in
            let source = Self.source(of: entry, attributes)
            guard signers.contains(source) else { return }
            guard entry[attributes.type].elementsEqual(DeviceSignature.type.utf8) else {
                entries[source, default: []].append(Entry(counter: attributes.counter, leaf: Merkle.leaf(entry)))
                return
            }
            guard position >= start.next,
                let fault = try fault(
                    in: entry,
                    attributes,
                    by: source,
                    entries[source] ?? [],
                    sees: first == .zero
                )
            else { return }
            findings.append(BadSignature(position: position, device: source, fault: fault.rawValue))
        }
        return findings
    }

    /// The devices that have signed something among these entries.
    private func signers(in range: Range<Position>) throws -> Set<DeviceID> {
        var signers: Set<DeviceID> = []
        let signature = BytePattern(bytes: DeviceSignature.typeAttribute)
        try store.forEachEntry(in: range, holding: [signature]) { _, entry, attributes in
            signers.insert(Self.source(of: entry, attributes))
        }
        return signers
    }

    private static func source(of entry: UnsafeBufferPointer<UInt8>, _ attributes: EventAttributes) -> DeviceID {
        DeviceID(unchecked: String(decoding: entry[attributes.source], as: UTF8.self))
    }

    /// What is wrong with a signature; nil also when it reaches further back than was looked.
    ///
    /// `entries` are those of the device that were seen, in order; `all` says whether it has no others.
    private func fault(
        in entry: UnsafeBufferPointer<UInt8>,
        _ attributes: EventAttributes,
        by source: DeviceID,
        _ entries: [Entry],
        sees all: Bool
    ) throws -> SignatureFault? {
        guard entry[attributes.subject].elementsEqual(source.rawValue.utf8) else { return .otherDevice }
        guard let signature = DeviceSignature(data: UnsafeBufferPointer(rebasing: entry[attributes.data])) else {
            return .unreadable
        }
        var covered = CoveredEntries()
        for entry in entries where signature.from <= entry.counter && entry.counter <= signature.through {
            covered.add(entry.counter, leaf: entry.leaf)
        }
        let reachesBack = all || entries.first.map { $0.counter < signature.from } ?? false
        guard reachesBack || covered.count >= signature.count else { return nil }
        guard case .known(let key) = try key(of: source) else { return nil }
        return signature.fault(on: covered, of: source, origin: store.identity.origin, by: key)
    }

    private enum Key {
        /// Nobody can say any more whether the device's signatures hold.
        case erased
        /// nil for a device without one.
        case known([UInt8]?)
    }

    private func key(of device: DeviceID) throws -> Key {
        let head = try stateFile.registers(of: device.rawValue).first { $0.path == "/key" }?.heads.first
        guard head?.isErased != true else { return .erased }
        let text = try head?.value.flatMap { try JSONValue.reading($0).text }
        return .known(text.flatMap { Base64.decode($0) })
    }
}
