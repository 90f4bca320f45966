internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Files
internal import SyncProtocol

// A replica whose identity cannot be used any more goes on as another device:
//
//     the server's answer is stored (enrolment.json) -> outbox and settings change in one transaction
//         -> token and device.key follow -> the answer is taken away
//
// Interrupted before the transaction, the replica is still the former device, which does not push any more; the next
// sync takes the stored answer up again, after a pull. Interrupted after it, opening the folder does the rest.
extension ReplicaFolder {
    /// The answer that makes this replica another device than it is, if there is one.
    ///
    /// - Throws: `ReplicaError`.
    func pendingChange(of store: SQLiteLogStore) throws(ReplicaError) -> StoredEnrolment? {
        do {
            guard let stored = try storedEnrolment(), stored.continues != nil else { return nil }
            let device = try store.replicaFacts()[ReplicaFact.device]
            if device == stored.answer.device {
                try finishChange(stored)
                return nil
            }
            guard device == stored.continues else {
                // Of an earlier change.
                try SecretFile.remove(enrolment)
                return nil
            }
            return stored
        } catch {
            throw ReplicaError(wrapping: error, doing: "going on as another device")
        }
    }

    /// Moves what is pending to the other device, and makes the replica be that device.
    ///
    /// - Returns: how many events were moved.
    /// - Throws: `ReplicaError`; the replica is then one device or the other, whole.
    func change(to stored: StoredEnrolment, in store: SQLiteLogStore) throws(ReplicaError) -> Int {
        do {
            let settings = try stored.settings()
            var facts = settings.facts
            facts[ReplicaFact.sharedIdentity] = .some(nil)
            if let former = stored.continues {
                facts[ReplicaFact.formerDevice + former] = try store.head().size.description
            }
            // It may have been given another address since the answer came.
            for name in ["url", "agenda"] { facts.removeValue(forKey: name) }
            let count = try store.outbox.move(to: settings.device, startingAnew: true, setting: facts)
            try finishChange(stored)
            return count
        } catch {
            throw ReplicaError(wrapping: error, doing: "going on as another device")
        }
    }

    /// The key of the device that this replica is about to become.
    ///
    /// It is the same one until then, so that an answer which was lost can be had again.
    func keyOfNextDevice(random: (Int) -> [UInt8]) throws -> DeviceKey {
        if exists(nextDeviceKey), let seed = Base64.decode(try SecretFile.read(nextDeviceKey).prefix { $0 != "\n" }) {
            return try DeviceKey(seed: seed)
        }
        let key = try DeviceKey.make(random: random)
        try SecretFile.write(Base64.encode(key.seed) + "\n", at: nextDeviceKey, replacing: true)
        return key
    }

    /// Stores another token of the device that this replica is.
    func keep(token: String) throws { try SecretFile.write(token + "\n", at: self.token, replacing: true) }

    /// The files that follow the settings.
    private func finishChange(_ stored: StoredEnrolment) throws {
        try keep(token: stored.answer.token)
        if let key = stored.key { try SecretFile.write(key + "\n", at: deviceKey, replacing: true) }
        try SecretFile.remove(nextDeviceKey)
        try SecretFile.remove(enrolment)
    }
}
