import AgendaModel
import EventLogSQLite
import Files
import SyncClient

extension Examination {
    /// Looks at the copy of a laptop.
    mutating func examineReplica() throws {
        let here = ShellWord.quoted(folder)
        let (log, token, key) = ("\(folder)/log.sqlite", "\(folder)/token", "\(folder)/device.key")
        let lock = "\(folder)/sync.lock"
        noteLock(lock)
        for secret in [token, key] { noteSecret(secret) }
        if FileEntry("\(folder)/enrolment.json").exists {
            // Whoever clones, rejoins or syncs is at work on it.
            if !LockHolder.isHeld(lock) {
                note(
                    .cloneUnfinished,
                    at: folder,
                    "was being cloned when that was cut off",
                    meaning: "The server knows this laptop, and nothing is lost: the next command ends what was begun.",
                    command: "ambit sync -C \(here)"
                )
            }
            if isBegun(log) { return }
        }
        let address = (try? LogFile(reading: log).replicaFacts()["url"]) ?? "URL"
        let again =
            "mv \(here) \(ShellWord.quoted("\(folder).damaged")) && ambit clone \(ShellWord.quoted(address)) \(here) "
            + "--invite CODE"
        guard FileEntry(log).exists else {
            // A clone waits for the server's answer.
            if LockHolder.isHeld(lock) { return }
            return note(
                .logMissing,
                at: log,
                "is missing",
                meaning: "The laptop has to be cloned anew. What it had not sent was in this file.",
                command: again
            )
        }
        takesUnsentAlong = (try? LogFile(reading: log).storedLines()) != nil
        let repair = takesUnsentAlong ? keepingOutbox(here, again) : again
        guard let file = try openLog(log, restoring: repair) else { return }
        noteEnrolment(token, key: key, here)
        guard let damaged = try? file.damagedEvents(), !damaged.isEmpty else {
            return noteContent(of: folder, repair: repair)
        }
        note(
            .logDamaged,
            at: log,
            "has events that were not sent and are not as they were recorded: \(damaged.map(\.description).joined(separator: ", "))",
            meaning:
                "Nothing is sent until they are out of the way. The command writes all that was not sent, and stops where it "
                + "names the damaged lines: put them right in that file, or take them out, and go on with the rest of the command.",
            command: repair
        )
    }

    /// Whether a clone has not come to its end: until its settings are in the log, the next command makes that anew.
    private func isBegun(_ log: String) -> Bool {
        guard FileEntry(log).exists, (try? SQLiteLogStore.isUnfinished(at: log)) != true else { return true }
        return (try? LogFile(reading: log).replicaFacts())?.isEmpty ?? false
    }

    /// The same command, which takes along what has not been sent, also what is recorded only now.
    private func keepingOutbox(_ here: String, _ again: String) -> String {
        let kept = ShellWord.quoted("\(folder).unsent.ndjson")
        let export = "ambit export --format outbox -C \(here) -o \(kept)"
        return "\(export) && \(again) && ambit import \(kept) -C \(here)"
    }

    /// Who syncs holds a lock on this file.
    private mutating func noteLock(_ lock: String) {
        if FileEntry(lock).exists, !FileEntry(lock).isFile {
            let quoted = ShellWord.quoted(lock)
            note(
                .lockUnusable,
                at: lock,
                "is no file",
                meaning: "No sync can begin. A file is made in its place, and nothing is lost.",
                command: "mv \(quoted) \(ShellWord.quoted("\(lock).damaged"))"
            )
        }
        noteStoppedHolder(of: lock)
    }

    /// What a server has to know a laptop by.
    private mutating func noteEnrolment(_ token: String, key: String, _ here: String) {
        let rejoining = "ambit rejoin --invite CODE -C \(here)"
        func anew(_ path: String) -> String {
            "mv \(ShellWord.quoted(path)) \(ShellWord.quoted("\(path).damaged")) && \(rejoining)"
        }
        let withoutToken =
            "The server does not let this laptop in. What is recorded here is kept, and sent once it is let in."
        let withoutKey = "This laptop cannot sign what it has recorded. Everything else works."
        if !FileEntry(token).exists {
            note(.tokenMissing, at: token, "is missing", meaning: withoutToken, command: rejoining)
        } else if isUnusable(token, !Replica.hasToken(in: folder)) {
            note(.tokenDamaged, at: token, "holds no token", meaning: withoutToken, command: anew(token))
        } else if !FileEntry(key).exists {
            note(.deviceKeyMissing, at: key, "is missing", meaning: withoutKey, command: rejoining)
        } else if isUnusable(key, !Replica.hasDeviceKey(in: folder)) {
            note(.deviceKeyDamaged, at: key, "holds no key", meaning: withoutKey, command: anew(key))
        }
    }

    /// Of a secret that others may read, that has been said.
    private func isUnusable(_ path: String, _ isUnreadable: Bool) -> Bool {
        isUnreadable && (try? ReadableFile(path))?.isPrivate ?? true
    }
}
