internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

/// Records a replica's signatures on entries of its device: those that the verified log has and no signature covers.
///
/// Each of these entries was compared with what was recorded here, byte for byte, before it counted (`ClonedDeviceDetector`); only
/// such entries are among the log's runs on a laptop. What is to be signed follows from log, state and outbox alone: a
/// sync that is interrupted leaves it to the next one.
struct EntrySigning {
    let files: ReplicaFolder
    let store: SQLiteLogStore
    let stateFile: StateFile
    let environment: RuntimeEnvironment

    /// Puts signatures into the outbox, when there is something to sign.
    ///
    /// Nothing is signed without the key that the device enrolled with, while the state is behind the log, and as long as the
    /// outbox has a signature, be it that the server refused it.
    ///
    /// - Parameter device: who the replica is.
    /// - Returns: whether there are any.
    /// - Throws: what reading and writing the replica's files throws.
    func record(as device: DeviceID) throws -> Bool {
        guard try stateFile.size() == store.head().size, let known = try document(of: device),
            try store.outbox.items(holding: DeviceSignature.typeAttribute).isEmpty
        else { return false }
        let signatures = try signatures(of: device, after: known)
        guard !signatures.isEmpty else { return false }
        _ = try store.outbox.record(at: environment.now()) { first in
            var composer = EventComposer(
                role: nil,
                basis: try stateFile.size(),
                environment: environment,
                lookup: SubjectLookup(store: store, state: stateFile, device: device)
            )
            return try signatures.enumerated().map { index, signature in
                let data = try JSONValue.reading(Array(signature.json.utf8))
                let draft = EventDraft(type: DeviceSignature.type, subject: device.rawValue, data: data)
                return try composer.compose(draft, counter: first + index).bytes
            }
        }
        return true
    }

    /// Whether nothing can be signed, because the key that the device enrolled with is not here.
    ///
    /// - Parameter device: who the replica is.
    /// - Returns: false also for a device that enrolled without a key.
    /// - Throws: what reading the replica's files throws.
    func lacksKey(as device: DeviceID) throws -> Bool {
        guard let known = try document(of: device) else { return false }
        return key(for: known) == nil
    }

    /// What the log knows of a device.
    private struct Known {
        var key: String
        var signedThrough: Counter
    }

    /// - Returns: nil for a device without a key.
    private func document(of device: DeviceID) throws -> Known? {
        guard let bytes = try stateFile.document(of: device.rawValue) else { return nil }
        let document = try JSONValue.reading(bytes)
        guard let key = document["key"]?.text else { return nil }
        return Known(key: key, signedThrough: Counter(document["through"].flatMap { Int($0.compact) } ?? 0))
    }

    /// - Returns: nil when the key is missing, cannot be read, or is another one.
    private func key(for known: Known) -> DeviceKey? {
        guard let key = try? files.readDeviceKey(), Base64.encode(key.publicKey) == known.key else { return nil }
        return key
    }

    private func signatures(of device: DeviceID, after known: Known) throws -> [DeviceSignature] {
        var key: DeviceKey?
        var signatures: [DeviceSignature] = []
        var unsigned = UnsignedEntries(of: device, after: known.signedThrough, in: store)
        while signatures.count < DeviceSignature.maximumPerPush {
            let covered = try unsigned.coverable()
            guard let through = covered.through else { break }
            if key == nil { key = self.key(for: known) }
            guard let key,
                let signature = DeviceSignature(on: covered, of: device, origin: store.identity.origin, by: key)
            else { break }
            signatures.append(signature)
            unsigned.drop(through: through)
        }
        return signatures
    }
}
