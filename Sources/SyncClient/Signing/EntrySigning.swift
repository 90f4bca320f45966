internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

/// Records a replica's signatures on entries of its device: those that the verified log has and no signature covers.
///
/// Each of these entries was compared with what was recorded here, byte for byte, before it counted
/// (`ClonedDeviceDetector`). Only such entries are among the log's runs on a laptop. What is to be signed follows from
/// log, state and outbox alone: a sync that is interrupted leaves it to the next one.
///
/// A signature is an entry too. So that the log does not double for it, few and young entries wait for others: see `isDue`.
struct EntrySigning {
    let files: ReplicaFolder
    let store: SQLiteLogStore
    let stateFile: StateFile
    let environment: RuntimeEnvironment

    /// So many entries are signed, however young they are: as many as a segment has.
    static let dueCount = Segment.entryCount
    /// An entry that was recorded so many milliseconds ago is signed, with all others.
    static let dueAge = 15 * 60 * 1000

    /// Puts signatures into the outbox, when there is something to sign.
    ///
    /// Nothing is signed without the key that the device enrolled with, or while the state is behind the log. Nor is
    /// anything as long as the outbox has a signature, be it that the server refused it.
    ///
    /// - Parameters:
    ///   - device: who the replica is.
    ///   - waits: whether entries that are not due are left to a later time.
    /// - Returns: whether there are any.
    /// - Throws: what reading and writing the replica's files throws.
    func record(as device: DeviceID, onlyDue waits: Bool) throws -> Bool {
        guard try stateFile.size() == store.head().size, let known = try document(of: device),
            try store.outbox.items(holding: DeviceSignature.typeAttribute).isEmpty
        else { return false }
        if waits, try !isDue(of: device, after: known) { return false }
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

    /// How many entries no signature covers, and when the first of them was recorded.
    ///
    /// - Parameter device: who the replica is.
    /// - Returns: nil for none, and for a device that enrolled without a key.
    /// - Throws: what reading the replica's files throws.
    func waiting(as device: DeviceID) throws -> UnsignedCount? {
        guard let known = try document(of: device) else { return nil }
        var entries = unsigned(of: device, after: known)
        var found: UnsignedCount?
        while case let covered = try entries.coverable(), let through = covered.through {
            if found == nil { found = UnsignedCount(count: 0, since: entries.oldest) }
            found?.count += covered.count
            entries.drop(through: through)
        }
        return found
    }

    /// When there will be something due, by this laptop's clock; nil when nothing waits to be signed, or it cannot be.
    func dueTime(as device: DeviceID) throws -> Timestamp? {
        guard let known = try document(of: device), key(for: known) != nil else { return nil }
        var entries = unsigned(of: device, after: known)
        _ = try entries.coverable()
        let now = environment.now()
        return entries.oldest.map { oldest in
            oldest.isFarAhead(of: now)
                ? now : Timestamp(millisecondsSince1970: oldest.millisecondsSince1970 + Self.dueAge)
        }
    }

    private func unsigned(of device: DeviceID, after known: Known) -> UnsignedEntries {
        UnsignedEntries(of: device, after: known.signedThrough, in: store)
    }

    /// By the clock here or by that of the log, whichever is ahead: a laptop's clock may be behind.
    private func isDue(of device: DeviceID, after known: Known) throws -> Bool {
        var entries = unsigned(of: device, after: known)
        let covered = try entries.coverable()
        guard covered.count < Self.dueCount else { return true }
        guard let oldest = entries.oldest else { return false }
        // In a log whose clock was wrong, times say nothing of an entry's age, and may stand still for years.
        if oldest.isFarAhead(of: environment.now()) { return true }
        let now = max(environment.now(), try store.head().recordedTime ?? oldest)
        return now.millisecondsSince1970 - oldest.millisecondsSince1970 >= Self.dueAge
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
        /// nil when it was erased.
        var key: String?
        var signedThrough: Counter
    }

    /// - Returns: nil for a device that enrolled without a key; of one whose key was erased, no key.
    private func document(of device: DeviceID) throws -> Known? {
        guard let bytes = try stateFile.document(of: device.rawValue) else { return nil }
        let document = try JSONValue.reading(bytes)
        let key = document["key"]?.text
        guard try key != nil || stateFile.registers(of: device.rawValue).erased.contains("/key") else { return nil }
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
        var entries = unsigned(of: device, after: known)
        while signatures.count < DeviceSignature.maximumPerPush {
            let covered = try entries.coverable()
            guard let through = covered.through else { break }
            if key == nil { key = self.key(for: known) }
            guard let key,
                let signature = DeviceSignature(on: covered, of: device, origin: store.identity.origin, by: key)
            else { break }
            signatures.append(signature)
            entries.drop(through: through)
        }
        return signatures
    }
}
