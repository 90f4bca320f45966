internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
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
            // It may have been given another address since the answer came.
            for name in ["url", "agenda"] { facts.removeValue(forKey: name) }
            let count = try store.outbox.move(to: settings.device, setting: facts)
            try finishChange(stored)
            return count
        } catch {
            throw ReplicaError(wrapping: error, doing: "going on as another device")
        }
    }

    /// The files that follow the settings.
    private func finishChange(_ stored: StoredEnrolment) throws {
        try SecretFile.write(stored.answer.token + "\n", at: token, replacing: true)
        if let key = stored.key { try SecretFile.write(key + "\n", at: deviceKey, replacing: true) }
        try SecretFile.remove(enrolment)
    }
}

extension Outbox {
    /// Gives the events of other devices the identity of this one, and has what mentions their subjects follow: pending
    /// events at once, refused ones when they are recorded again.
    ///
    /// Signatures of the former device go.
    ///
    /// - Parameters:
    ///   - device: `device/<id>`.
    ///   - facts: what the replica keeps of it, in the same transaction.
    /// - Returns: how many events were changed.
    /// - Throws: `ReplicaError`, or what the store throws; then nothing was changed.
    func move(to device: String, setting facts: [String: String?] = [:]) throws -> Int {
        var renaming = SubjectRenaming()
        var mentions = EventMentions()
        return try rewrite(dropping: DeviceSignature.typeAttribute) { item in
            if item.isFrom(device), !renaming.concerns(mentions.summary(of: item.event)) { return nil }
            return try renaming.rename(item.event, source: device, counter: item.counter)
        } setting: { present, refused in
            let mentioned = refused.flatMap { mentions.summary(of: $0.event)?.mentions ?? [] }
            let names = SubjectNames(present).facts(following: renaming.subjects, mentioned: Set(mentioned))
            return facts.merging(names) { fact, _ in fact }
        }
    }
}

extension Outbox.Item {
    /// Whether the event says that it is of this device; also true of lines that are no events, which say nothing.
    func isFrom(_ device: String) -> Bool {
        var reader = EventReader()
        return event.withUnsafeBufferPointer { bytes in
            guard let attributes = try? reader.read(bytes, as: .event) else { return true }
            return bytes[attributes.source].elementsEqual(device.utf8)
        }
    }

    /// Whether it is a device's signature on its entries, and nothing that people recorded.
    ///
    /// What is recorded here has its type in front of everything that may be long.
    var isSignature: Bool { event.prefix(128).firstRange(of: DeviceSignature.typeAttribute) != nil }
}

extension SyncRequests {
    /// Asks to go on as another device, by the token of this one.
    func continuation(deviceName: String, key: String, size: Int) throws -> TransportRequest {
        let request = EnrolmentRequest(invite: nil, member: nil, device: deviceName, key: key)
        return Self.enrolment(try ProtocolJSON.encode(request), token: token, size: size)
    }
}

extension TransportResponse {
    /// The answer to an enrolment.
    ///
    /// - Throws: `SyncFailure`, or what the transport throws.
    func enrolment() async throws -> EnrolmentAnswer {
        let body = try await body(status: 201, type: ProtocolConstants.json, limit: SyncRequests.greatestProblem)
        guard let answer = try? ProtocolJSON.decode(EnrolmentAnswer.self, from: body), answer.isSound else {
            throw SyncFailure.foreign("its answer to the enrolment is not in the form of this protocol")
        }
        return answer
    }
}
