package import AgendaModel
package import EventLog
internal import EventLogSQLite
internal import Files
public import LogClient

extension Replica {
    /// Own entries in the log that no signature of this device covers yet.
    ///
    /// Reads these entries: where the device's key is missing, that may be all that was ever recorded here.
    ///
    /// - Returns: nil for none, for a device without a key, and for one that is about to be another.
    /// - Throws: `ReplicaError`.
    public func unsigned() throws(ReplicaError) -> UnsignedCount? {
        try performing("counting what is not signed") {
            let facts = try store.replicaFacts()
            if facts[ReplicaFact.sharedIdentity] != nil || files.exists(files.enrolment) { return nil }
            return try signing().waiting(as: settings.device)
        }
    }

    /// Signs what is left to sign when a watch has ended, and sends it.
    ///
    /// Nobody is to wait for it: what does not succeed within some seconds is left to a later sync.
    ///
    /// - Parameters:
    ///   - transport: what carries requests; nil = HTTP.
    ///   - limit: how long it may take.
    public func signAtEnd(over transport: (any Transport)? = nil, within limit: Duration = .seconds(5)) async {
        guard (try? signingDue()) != nil else { return }
        var options = SyncOptions.noRetries
        options.signsAll = true
        let run = sync(over: transport, options: options)
        await withTaskGroup { group in
            group.addTask { _ = try? await run.finish() }
            group.addTask { try? await self.environment.sleep(limit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Signs what is left to sign, without a network; a later sync sends it.
    ///
    /// - Parameter author: for whose sake; nothing is done for another device than this one.
    /// - Returns: the signatures that wait to be sent, as events.
    /// - Throws: `ReplicaError`.
    package func signHere(for author: EventSource) throws(ReplicaError) -> [[UInt8]] {
        try performing("signing") {
            guard try author == EventSource(settings.device) else { return [] }
            // Who syncs signs by itself.
            if let lock = try FolderLock.hold(files.lock) {
                defer { withExtendedLifetime(lock) {} }
                let isAboutToBeAnother =
                    try store.replicaFacts()[ReplicaFact.sharedIdentity] != nil || files.exists(files.enrolment)
                if !isAboutToBeAnother { _ = try signing().record(as: settings.device, onlyDue: false) }
            }
            return try store.outbox.items(holding: DeviceSignature.typeAttribute).map(\.event)
        }
    }

    /// Evidence of an entry, with the signature of the device that recorded it, where it has signed it.
    ///
    /// What this device has recorded and not signed is signed first.
    ///
    /// - Throws: `LogError` for what there is no evidence of, `ReplicaError`, and what reading the log throws.
    package func evidence(of position: Position) throws -> Evidence {
        var evidence = try Evidence(of: position, in: log)
        try evidence.addAuthorship(from: log, unsent: { try signHere(for: $0) })
        return evidence
    }

    /// When entries will be due to be signed, by this laptop's clock; nil when none is left to sign, or nothing can be.
    func signingDue() throws -> Timestamp? {
        try signing().dueTime(as: settings.device)
    }

    private func signing() throws -> EntrySigning {
        EntrySigning(files: files, store: store, stateFile: try state(), environment: environment)
    }
}
