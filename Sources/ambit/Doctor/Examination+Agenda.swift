import AgendaModel
import EventLog
import EventLogSQLite
import Files
import Projections

extension Examination {
    /// Looks at one agenda of a data folder.
    mutating func examine(_ name: AgendaName, in data: DataFolder) throws {
        let path = data.folder(of: name)
        let log = "\(path)/log.sqlite"
        noteSecret("\(path)/log.key")
        guard FileEntry(log).exists else {
            // The folder has gone since it was listed.
            if FileEntry(path).isMissing { return }
            return note(
                .logMissing,
                at: log,
                "is missing",
                meaning:
                    "The agenda is not served. A backup has its entries, and laptops have what came after it. Or its log is in "
                    + "a database: name that with --store to have it looked at.",
                command: restoring(name, data)
            )
        }
        guard let file = try openLog(log, restoring: restoring(name, data)), let identity = try? file.identity() else {
            return
        }
        guard isNamed(name, identity, in: data) else { return }
        if let destination = try? file.destination() {
            return note(
                .logMissing,
                at: log,
                "was left: its log has gone to \(destination)",
                meaning:
                    "Servers of this folder alone do not serve the agenda. Name the database to have it looked at.",
                command: "ambit doctor \(ShellWord.quoted(folder)) --store \(ShellWord.quoted(destination))"
            )
        }
        noteKey(of: name, identity, in: data)
        let isAhead = noteShown(of: name, in: data, log: log, identity) { try? file.size() }
        noteContent(of: path, isKnownAhead: isAhead, repair: restoring(name, data))
    }

    /// Notes why a log cannot be used.
    ///
    /// - Returns: nil when it cannot.
    mutating func openLog(_ path: String, restoring command: String) throws -> LogFile? {
        do {
            let file = try LogFile(reading: path)
            _ = try file.identity()
            return file
        } catch let error as LogError where error.code == .newerFormat {
            let onServer =
                "Install that version here. Or go back to a backup from before the upgrade: what came after it is "
                + "given back by laptops."
            let onLaptop =
                "Install that version here. Or clone the agenda anew: what was not sent stays in the old folder."
            note(
                .newerFormat,
                at: path,
                "was written by a newer version of Ambit",
                meaning: kind == .replica ? onLaptop : onServer,
                command: command
            )
        } catch let error as LogError where error.code == .corrupt {
            noteDamage(at: path, error.message, command)
        } catch let difference as LogDifference {
            noteDamage(at: path, "\(difference)", command)
        } catch let error as LogError where error.code == .notFound && FileEntry(path).isMissing {
            // It has gone since it was looked for.
        }
        return nil
    }

    mutating func noteDamage(at path: String, _ what: String, _ command: String) {
        note(
            .logDamaged,
            at: path,
            "is damaged: \(what)",
            meaning: kind == .replica
                ? meaningOfDamagedReplica
                : "Its entries cannot be relied on. The file is kept beside the one that takes its place.",
            command: command
        )
    }

    /// It says what becomes of what has not been sent, which may be nowhere else.
    private var meaningOfDamagedReplica: String {
        guard takesUnsentAlong else {
            return
                "Its entries cannot be relied on, and what was not sent cannot be read now. Keep the folder that is put aside: "
                + "ambit export --format outbox, with -C and its new name, may write that yet."
        }
        return
            "Its entries cannot be relied on. The command writes what was not sent first, puts the folder aside, and records "
            + "that again in a new clone."
    }

    /// Whether a log is the one of its agenda's name; notes it where it is not.
    mutating func isNamed(_ name: AgendaName, _ identity: LogIdentity, in data: DataFolder) -> Bool {
        if DataFolder.isLog(identity, of: name) { return true }
        let path = data.folder(of: name)
        let own = identity.origin.split(separator: "/").last.flatMap { AgendaName(rawValue: String($0)) }
        let isFree = own.map { !data.hasFolder(of: $0) } ?? false
        let place = own.flatMap { isFree ? data.folder(of: $0) : nil } ?? "\(data.path)/\(name).aside"
        note(
            .otherAgenda,
            at: path,
            "has the log \(identity.origin), which is not the agenda \(name)",
            meaning:
                "It is not served: a copy of a log that is served beside it signs two histories with one key. The log's own "
                + "folder has its name.",
            command: "mv \(ShellWord.quoted(path)) \(ShellWord.quoted(place))"
        )
        return false
    }

    mutating func noteKey(of name: AgendaName, _ identity: LogIdentity, in data: DataFolder) {
        let path = "\(data.folder(of: name))/log.key"
        let command =
            "ambit agenda restore \(name) --key COPY \(options(data))"
        do {
            _ = try data.key(of: name, for: identity)
        } catch let error as LogError where error.code == .notFound {
            note(
                .keyMissing,
                at: path,
                "is missing",
                meaning: "Nothing can be signed, so the agenda is not served. Only a copy of this file helps; "
                    + "without one, see ambit help backup.",
                command: command
            )
        } catch let error as LogError where error.code == .malformed || error.code == .badSignature {
            note(
                .keyWrong,
                at: path,
                "is not the key of this log",
                meaning: "What it signs would be believed by nobody, so the agenda is not served.",
                command: command
            )
        } catch {
            // Who may not read it has been told so; and a key that others may read, too.
        }
    }

    /// Holds the log's size against what its server has shown of it.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - data: where its files are.
    ///   - log: where the log is, in words.
    ///   - identity: of the log.
    ///   - readSize: reads how many entries the log has; nil where that cannot be told.
    /// - Returns: whether something has been found, so that no more has to be said about it.
    /// - Throws: what `readSize` throws.
    mutating func noteShown(
        of name: AgendaName,
        in data: DataFolder,
        log: String,
        _ identity: LogIdentity,
        readSize: () throws -> LogSize?
    ) rethrows -> Bool {
        let path = "\(data.folder(of: name))/log.seen"
        let command = "ambit heal \(options(data)) --agenda \(name) --from REPLICA"
        let noted = Result { try SeenFile(at: path).mark() }
        let state = "\(data.folder(of: name))/state.sqlite"
        let remembered = StateFile.rememberedEnd(at: state, of: identity) ?? .nothing
        // After both, which are written after a commit: a sound log never has less, also while it grows.
        // Why it cannot be told is found when all of the log is read.
        guard let size = try readSize() else { return false }
        let found: SeenMark?
        do {
            found = try noted.get()
        } catch {
            noteUnreadable(path, (error as? LogError)?.message ?? "\(error)")
            return true
        }
        let givingUp = "\(command) && ambit agenda accept-loss \(name) \(options(data)) --yes"
        guard let mark = found else {
            noteUnproven(path, FileEntry(path).exists ? "cannot be read" : "is missing", command: givingUp)
            return true
        }
        let shown = max(mark.greatestSize, mark.hasGivenUp(remembered) ? .zero : remembered.size)
        guard shown > size else {
            if !mark.isOwn {
                noteUnproven(path, "says what others have shown of the log, and no more", command: givingUp)
            }
            return false
        }
        note(
            .entriesMissing,
            at: log,
            "has \(size) of the \(shown) entries that have been shown, and lacks \(shown - size)",
            meaning:
                "The log went back, as after a backup was put back. It takes nothing until a laptop that has the entries "
                + "gives them back.",
            command: command
        )
        return true
    }

    /// Notes that the log may have had more than is known.
    private mutating func noteUnproven(_ path: String, _ what: String, command: String) {
        note(
            .nothingNoted,
            at: path,
            what,
            meaning:
                "Nothing says how much of the log has been shown, so it takes nothing. The laptop that synced last "
                + "gives back what may be missing; then nothing more is known, and the log may go on.",
            command: command
        )
    }

    /// Notes that something was in the way of reading what has been shown: that may all be there.
    private mutating func noteUnreadable(_ path: String, _ why: String) {
        note(
            .noPermission,
            at: path,
            "cannot be read: \(why)",
            meaning: "Not everything can be looked at. The file may be whole: nothing has to be given up for this.",
            command: Self.asRoot("sudo ls -ld \(ShellWord.quoted(path))")
        )
    }

    /// Holds everything against the signed log, which stands in the folder, or in a database.
    ///
    /// - Parameters:
    ///   - path: the folder's.
    ///   - stored: the log in a database.
    ///   - isKnownAhead: whether it is known that more has been shown than the log has, so that no more has to be said about it.
    ///   - command: what mends a log that is damaged.
    ///   - attempts: how often it is looked again where a file has gone, or another one has come in its place, meanwhile: what was
    ///     read may be of both.
    mutating func noteContent(
        of path: String,
        _ stored: (any LogStore)? = nil,
        isKnownAhead: Bool = false,
        repair command: String,
        attempts: Int = 5
    ) {
        var verification = Verification(directory: path, log: stored, key: nil, policy: nil, held: nil)
        let log = stored == nil ? "\(path)/log.sqlite" : store?.words ?? path
        let (seen, state) = ("\(path)/log.seen", "\(path)/state.sqlite")
        func files() -> [FileIdentity?] { [FileIdentity("\(path)/log.sqlite"), FileIdentity(state)] }
        let before = files()
        let result = Result { try verification.run { _, _ in } }
        if attempts > 1, case .failure = result, files() != before {
            return noteContent(
                of: path,
                stored,
                isKnownAhead: isKnownAhead,
                repair: command,
                attempts: attempts - 1
            )
        }
        do {
            let finding = try result.get()
            guard let ahead = finding.ahead else { return }
            note(
                .clockAhead,
                at: log,
                "has entry \(ahead) with a time from the future",
                meaning:
                    "A clock is or was wrong. Nothing is taken until this machine's clock has passed that time; where it "
                    + "is right by now, ambit serve --accept-clock goes on at once.",
                command: Self.asRoot("sudo timedatectl set-ntp true")
            )
        } catch let difference as LogDifference {
            switch difference.place {
            case .file(seen):
                if isKnownAhead { return }
                note(
                    .twoHistories,
                    at: seen,
                    difference.message,
                    meaning:
                        "Two copies of the log have been served. Put the right one back, or let this one go on for good.",
                    command: command
                )
            case .file(state):
                if isKnownAhead { return }
                noteReadModels(state, difference.message)
            default: noteDamage(at: log, "\(difference)", command)
            }
        } catch let error as ProjectionError where error.code == .damaged {
            noteReadModels(state, error.message)
        } catch {
            noteDamage(at: log, "\(error)", command)
        }
    }

    private mutating func noteReadModels(_ path: String, _ what: String) {
        note(
            .readModelsDamaged,
            at: path,
            "is damaged: \(what)",
            meaning:
                "What is shown may be wrong. The log is sound as far as it was checked, and the file is made again from it.",
            command: "rm -f \(["", "-wal", "-shm"].map { ShellWord.quoted(path + $0) }.joined(separator: " "))"
        )
    }

    /// Where a server has its agendas, as options.
    ///
    /// A password is left out: AMBIT_STORE holds it.
    func options(_ data: DataFolder) -> String {
        "--data \(ShellWord.quoted(data.path))" + (store.map { " --store \(ShellWord.quoted($0.words))" } ?? "")
    }

    /// The command that puts the newest backup back; of this log, where that says which it is.
    func restoring(_ name: AgendaName, _ data: DataFolder) -> String {
        let found = backups.flatMap { try? BackupFolder(at: $0).backups(of: name) } ?? []
        let key = (try? LogFile(reading: "\(data.folder(of: name))/log.sqlite").identity())?.verifierKey.id
        let own = found.filter { key == nil || $0.key == nil || $0.key == key }
        let now = RuntimeEnvironment.system.now()
        // What a clock that was ahead has named is older than it says.
        let newest = own.first { $0.time <= now } ?? own.first
        return "ambit agenda restore \(name) --from \((newest?.path).map(ShellWord.quoted) ?? "BACKUP") "
            + options(data)
    }
}
