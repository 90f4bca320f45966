internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Files
internal import FoundationEssentials
internal import LogClient
internal import SQLiteFiles
internal import SyncProtocol

/// What stands where in a replica's folder.
struct ReplicaFolder: Sendable {
    let path: String

    var log: String { "\(path)/log.sqlite" }
    var state: String { "\(path)/state.sqlite" }
    var token: String { "\(path)/token" }
    var deviceKey: String { "\(path)/device.key" }
    /// Of the device that this replica is about to become.
    var nextDeviceKey: String { "\(path)/device.key.next" }
    var lock: String { "\(path)/sync.lock" }
    /// The server's answer to the enrolment, from when it arrives until the other files are there.
    var enrolment: String { "\(path)/enrolment.json" }

    init(_ path: String) {
        self.path = path
    }

    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: file) }

    /// - Throws: `notAReplica`.
    func checkIsReplica() throws(ReplicaError) {
        guard exists(log) else {
            throw ReplicaError(
                .notAReplica,
                "not a replica folder: \(path)",
                nextStep: "run ambit clone to make one, or give another folder with -C"
            )
        }
    }

    /// - Returns: nil when there is none.
    func readDeviceKey() throws -> DeviceKey? {
        guard exists(deviceKey) else { return nil }
        let text = try SecretFile.read(deviceKey)
        guard let seed = Base64.decode(text.split(separator: "\n").first ?? "") else {
            throw LogError(.malformed, "\(deviceKey) is not a key that Ambit wrote; restore it from a backup")
        }
        return try DeviceKey(seed: seed)
    }

    func readToken() throws(ReplicaError) -> String {
        guard exists(token) else {
            throw ReplicaError(
                .unauthenticated,
                "this replica has no token: \(token) is missing",
                nextStep: "what is recorded here is kept; \(ReplicaError.rejoining)"
            )
        }
        do {
            var text = try SecretFile.read(token).unicodeScalars
            // Scalars: together, \r\n is a character of its own.
            while let last = text.last, last == "\n" || last == "\r" { text.removeLast() }
            guard EnrolmentAnswer.isSound(token: String(text)) else {
                throw ReplicaError(
                    .unauthenticated,
                    "what \(token) holds is not a token",
                    nextStep: "put back what was there; or, as what is recorded here is kept, \(ReplicaError.rejoining)"
                )
            }
            return String(text)
        } catch {
            throw ReplicaError(wrapping: error, doing: "reading this laptop's token")
        }
    }

    /// Stores the answer durably: from now on the laptop is enrolled.
    func keep(_ enrolment: StoredEnrolment) throws(ReplicaError) {
        do {
            let text = String(decoding: try ProtocolJSON.encode(enrolment), as: UTF8.self)
            try SecretFile.write(text, at: self.enrolment, replacing: true)
        } catch {
            throw ReplicaError(wrapping: error, doing: "storing the server's answer")
        }
    }

    /// - Returns: nil when there is none.
    func storedEnrolment() throws -> StoredEnrolment? {
        guard exists(enrolment) else { return nil }
        return try ProtocolJSON.decode(StoredEnrolment.self, from: try SecretFile.read(enrolment).utf8)
    }

    /// Makes the replica's files from a stored answer, and takes the answer away.
    ///
    /// Does nothing when there is none. Can be repeated after an interruption at any point: until the answer is taken
    /// away, the log is empty. One that is not, or cannot be opened, is never made anew. An answer by which a replica
    /// becomes another device waits for the next sync, unless the log says that it is that device already.
    func completeEnrolment() throws(ReplicaError) {
        guard exists(enrolment) else { return }
        guard let lock = try FolderLock.hold(lock) else {
            // A sync is at work on it.
            if exists(log), (try? storedEnrolment())?.continues != nil || !exists(enrolment) { return }
            throw ReplicaError(.locked, "another process is completing the clone in \(path)", nextStep: "try again")
        }
        try completeEnrolment(holding: lock)
    }

    /// The same, for who has locked the folder.
    func completeEnrolment(holding lock: FolderLock) throws(ReplicaError) {
        defer { withExtendedLifetime(lock) {} }
        guard exists(enrolment) else { return }
        do {
            guard let stored = try storedEnrolment() else { return }
            if stored.continues != nil {
                let store = try SQLiteLogStore(at: log)
                defer { try? store.close() }
                _ = try pendingChange(of: store)
                return
            }
            if try hasReplica() {
                // It was completed, and a power cut or a copy brought the answer back: by now the log may hold what was
                // recorded, and the laptop may have become another device.
                try SecretFile.remove(enrolment)
                return
            }
            // The log itself comes last: no journal is ever left without it.
            for file in SideFiles.all(of: log).reversed() { try FileEntry(file).remove() }
            try SecretFile.write(stored.answer.token + "\n", at: token, replacing: true)
            let settings = try stored.settings()
            let identity = LogIdentity(origin: settings.origin, verifierKey: try VerifierKey(settings.verifierKey))
            let store = try SQLiteLogStore.create(at: log, identity: identity)
            try store.setReplicaFacts(settings.facts)
            try store.close()
            try SecretFile.remove(enrolment)
        } catch {
            throw ReplicaError(wrapping: error, doing: "completing the clone in \(path)")
        }
    }

    /// Whether a clone has come to its end here: its settings are the last thing that it writes to the log.
    ///
    /// - Returns: false where nothing is there but what may be made anew.
    /// - Throws: for a log that cannot be opened, and for one that holds something and does not say whose it is. What
    ///   is in it may be nowhere else.
    private func hasReplica() throws -> Bool {
        guard exists(log) else {
            guard FileEntry("\(log)-wal").size ?? 0 == 0 else { throw unknown("\(log)-wal") }
            return false
        }
        if try SQLiteLogStore.isUnfinished(at: log) { return false }
        let store = try SQLiteLogStore(at: log)
        defer { try? store.close() }
        if try store.replicaFacts()[ReplicaFact.device] != nil { return true }
        let kept = try store.outbox.counts()
        guard try store.head().size == .zero, kept.pending == 0, kept.refused == 0 else { throw unknown(log) }
        // Nothing is left in the journal, which goes first.
        try store.tidy()
        return false
    }

    private func unknown(_ file: String) -> ReplicaError {
        ReplicaError(
            .corrupt,
            "\(file) was there before the clone in \(path) came to its end, and is not the clone's",
            nextStep: "keep it: move it to another folder, then try again"
        )
    }
}
