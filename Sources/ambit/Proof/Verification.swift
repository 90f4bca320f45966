import AgendaModel
import EventLog
import EventLogSQLite
import Foundation
import LogClient
import Projections
import SyncClient

/// Puts the checks of a folder together: its log, what is folded from it, who wrote it, and who vouches for it.
///
/// Nothing that is stored is believed. The entries are read once, in the order of the log, by `EntryCheck`. Everything else
/// is held against them: tables by `LogFileCheck`, a mirror's files by `MirrorCheck`, read models by `StateFileCheck`,
/// signatures of devices by `AuthorshipCheck`. The first `LogDifference` ends it.
struct Verification {
    private enum Kind: String {
        case replica, server, mirror
    }

    private let directory: String
    private let log: (any LogStore)?
    private let key: VerifierKey?
    private let policy: WitnessPolicy?
    private let held: [UInt8]?

    /// - Parameters:
    ///   - directory: a replica's folder, an agenda's in a server's data, or a mirror.
    ///   - log: the log, where a store keeps it that is not in the folder.
    ///   - key: the log's; that of the file itself when nil.
    ///   - policy: which witnesses must have cosigned the checkpoint.
    ///   - held: the note of a checkpoint from elsewhere.
    init(directory: String, log: (any LogStore)? = nil, key: VerifierKey?, policy: WitnessPolicy?, held: [UInt8]?) {
        self.directory = directory
        self.log = log
        self.key = key
        self.policy = policy
        self.held = held
    }

    /// - Parameter progress: called with how many entries have been checked, and how many there are.
    /// - Returns: what was found, all of it sound.
    /// - Throws: `LogDifference`, or why it cannot be checked.
    mutating func run(_ progress: (_ checked: LogSize, _ size: LogSize) -> Void) throws -> VerifyFinding {
        if log != nil || FileManager.default.fileExists(atPath: logPath) { return try checkStore(progress) }
        if MirrorCheck.isMirror(directory) { return try checkMirror(progress) }
        throw Failure(
            "\(directory) is neither a replica, nor an agenda of a server (DATA/agendas/NAME), nor a mirror.",
            code: "not-a-log"
        )
    }

    private var logPath: String { "\(directory)/log.sqlite" }
    private var statePath: String { "\(directory)/state.sqlite" }
    private var seenPath: String { "\(directory)/log.seen" }

    private mutating func checkStore(_ progress: (LogSize, LogSize) -> Void) throws -> VerifyFinding {
        // First: the log is at least as long as what was folded from it before.
        let state = try StateFileCheck(reading: statePath)
        let identity =
            try key.map { LogIdentity(origin: $0.name, verifierKey: $0) } ?? log?.identity
            ?? LogFile(reading: logPath).identity()
        let held = try heldCheckpoint(identity.verifierKey)
        let cosigned = try cosigned(held?.note, place: "--checkpoint")
        let isBehind = try held.map { try isReplica(behind: $0.checkpoint.size) } ?? false
        let extended = isBehind ? nil : held?.checkpoint
        var authors = AuthorsCheck(origin: identity.origin)
        var shown = ShownCheck(reading: seenPath)
        var writers = WriterCheck()
        var future = FutureCheck()
        let each = { (entry: CheckedEntry, edge: TreeEdge) in
            shown.take(edge)
            try writers.take(entry)
            future.take(entry)
            try state.take(entry, edge, of: identity)
            try authors.take(entry)
        }
        let report =
            if let log {
                try LogStoreCheck(log).run(extending: extended, progress: progress, each: each)
            } else {
                try LogFile(reading: logPath).check(
                    key: key,
                    extending: extended,
                    progress: progress,
                    each: each
                )
            }
        // First: what is folded from a log that was cut off says so too, and is not what is wrong.
        try shown.finish(at: report.size)
        var finding = VerifyFinding(
            kind: report.isReplica ? Kind.replica.rawValue : Kind.server.rawValue,
            origin: report.identity.origin,
            verifierKey: report.identity.verifierKey.description,
            pinned: key != nil,
            size: report.size,
            root: report.root.base64,
            digest: try state.finish().description
        )
        (finding.erased, finding.kept) = (report.erased, report.kept)
        finding.checkpoints = report.checkpoints
        finding.staged = report.isReplica ? report.staged : nil
        finding.outbox = report.isReplica ? report.outbox : nil
        finding.readModels = state.standing.word
        finding.add(authors)
        if isBehind, let held {
            throw Self.behind(held.checkpoint.size, directory, ends: report.size, nextStep: "Sync, and verify again.")
        }
        finding.extends = held?.checkpoint.size
        finding.ahead = future.first
        finding.cosigned = cosigned
        return finding
    }

    /// Whether the folder is a replica's with less than this: others have the rest, so nothing says that it was cut back.
    private func isReplica(behind size: LogSize) throws -> Bool {
        guard log == nil else { return false }
        let file = try LogFile(reading: logPath)
        return try !file.replicaFacts().isEmpty && file.size() < size
    }

    /// That a copy ends before the checkpoint from elsewhere.
    private static func behind(
        _ held: LogSize,
        _ directory: String,
        ends size: LogSize,
        nextStep: String
    ) -> Failure {
        Failure(
            "\(directory) is sound as far as it goes: it has \(size) entries, and what --checkpoint gives is of \(held). Whether it "
                + "leads there cannot be told yet. \(nextStep)",
            code: "behind-checkpoint"
        )
    }

    private mutating func checkMirror(_ progress: (LogSize, LogSize) -> Void) throws -> VerifyFinding {
        guard let key else {
            throw Failure(
                "A mirror does not say which key to trust. Give the log's with --key.",
                code: "no-key"
            )
        }
        return try MirrorCheck.following(directory, key: key) { try finding(of: &$0, key, progress) }
    }

    private func finding(
        of check: inout MirrorCheck,
        _ key: VerifierKey,
        _ progress: (LogSize, LogSize) -> Void
    ) throws -> VerifyFinding {
        let held = try heldCheckpoint(key)
        let isBehind = held.map { $0.checkpoint.size > check.checkpoint.checkpoint.size } ?? false
        if let held, !isBehind { check.extend(held.checkpoint) }
        let cosigned = try cosigned(held?.note ?? check.checkpoint.note, place: "checkpoint")
        var authors = AuthorsCheck(origin: key.name)
        var writers = WriterCheck()
        var future = FutureCheck()
        var state = State()
        let report = try check.run(progress: progress) { entry, _ in
            try writers.take(entry)
            future.take(entry)
            try state.fold(entry: entry.bytes)
            try authors.take(entry)
        }
        var finding = VerifyFinding(
            kind: Kind.mirror.rawValue,
            origin: key.name,
            verifierKey: key.description,
            pinned: true,
            size: check.checkpoint.checkpoint.size,
            root: check.checkpoint.checkpoint.root.base64,
            digest: TimeTravel.digest(of: state).description
        )
        (finding.erased, finding.kept) = (report.erased, report.kept)
        finding.files = report.files
        finding.beyond = report.beyond
        finding.add(authors)
        if isBehind, let held {
            let ends = check.checkpoint.checkpoint.size
            throw Self.behind(held.checkpoint.size, directory, ends: ends, nextStep: "Mirror again, and verify again.")
        }
        finding.extends = held?.checkpoint.size
        finding.ahead = future.first
        finding.cosigned = cosigned
        return finding
    }

    /// The checkpoint from elsewhere, which has to be of this log.
    private func heldCheckpoint(_ key: VerifierKey) throws -> SignedCheckpoint? {
        guard let held else { return nil }
        do throws(LogError) {
            return try key.verify(String(decoding: held, as: UTF8.self))
        } catch {
            throw Failure(
                "What --checkpoint gives is no checkpoint of this log: \(error.message). Where it is one that you have kept, the "
                    + "log here may be another one.",
                code: "bad-checkpoint",
                exitCode: 2
            )
        }
    }

    /// Who cosigned a note; nil when nobody has to.
    private func cosigned(_ note: String?, place: String) throws -> [CosignedBy]? {
        guard let policy else { return nil }
        guard let note else {
            throw Failure(
                "A log that is stored keeps no cosignatures. Give a checkpoint that has them with --checkpoint: what a mirror "
                    + "has in the file checkpoint, or the server answers at its address with /checkpoint?cosignatures=K.",
                code: "no-cosignatures"
            )
        }
        do throws(LogError) {
            return try policy.check(note).map { CosignedBy(name: $0.witness.name, time: $0.seconds) }
        } catch {
            let code = error.code == .notCosigned ? "not-cosigned" : "bad-signature"
            throw Failure("\(place): \(error.message). Nothing else was checked.", code: code, exitCode: 2)
        }
    }

    /// What to do about a difference.
    func nextStep(_ difference: LogDifference) -> String {
        switch difference.place {
        case .file(let name) where name == seenPath || (name == statePath && remembersMore):
            return
                "Keep everything. A server of it takes nothing until ambit heal has given back what is missing, from a laptop "
                + "that has it (ambit help backup)."
        case .file(let name) where name == statePath:
            return
                "The log itself may be sound. Keep a copy if you want to know why, then delete \(statePath): it is made anew "
                + "from the log; and verify again."
        default:
            guard FileManager.default.fileExists(atPath: logPath) else {
                return "Keep a copy of the folder, and mirror the log again into an empty one."
            }
            return
                "Nothing was changed. Keep a copy of the folder, and stop using it: a server's log is restored from a backup "
                + "and healed from a laptop (ambit help backup), a laptop is cloned anew; what it has "
                + "not sent is written by ambit export --format outbox."
        }
    }
}

extension Verification {
    /// Whether the read models tell of more entries than a server's log has: nothing else may know of them any more.
    private var remembersMore: Bool {
        // What is remembered comes first: a log that grows meanwhile has that, and more.
        if let log {
            let remembered = StateFile.rememberedEnd(at: statePath, of: log.identity)?.size ?? .zero
            guard let size = try? log.head().size else { return false }
            return remembered > size
        }
        guard let file = try? LogFile(reading: logPath), let identity = try? file.identity() else { return false }
        let remembered = StateFile.rememberedEnd(at: statePath, of: identity)?.size ?? .zero
        guard let size = try? file.size(), (try? file.replicaFacts().isEmpty) == true else { return false }
        return remembered > size
    }
}

/// Finds entries with times from the future, which are sound and yet say that a clock was wrong.
private struct FutureCheck {
    private let now = RuntimeEnvironment.system.now()
    private(set) var first: Position?

    mutating func take(_ entry: CheckedEntry) {
        if first == nil, entry.attributes.recordedTime?.isFarAhead(of: now) == true { first = entry.position }
    }
}

extension StateFileCheck.Standing {
    /// For the answer.
    fileprivate var word: String {
        switch self {
        case .missing: "missing"
        case .unused: "unused"
        case .at: "sound"
        case .behindErasure: "behind"
        }
    }
}
