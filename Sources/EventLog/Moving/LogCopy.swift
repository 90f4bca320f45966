package import AgendaModel
internal import Synchronization

/// Copies a log into another store: its entries, who may use it, invites, and what was refused.
///
/// Entries go the way of a repair, so each of them is held against the signed checkpoint. What the copy has is passed over:
/// it can be run again, and may have been cut off anywhere.
package struct LogCopy: Sendable {
    private let source: any LogStore
    private let target: any LogStore
    private let key: LogKey
    private let environment: RuntimeEnvironment

    /// - Parameters:
    ///   - source: the log; others may write to it meanwhile.
    ///   - target: empty, or a copy that was begun; nobody else writes to it.
    ///   - key: the log's own.
    ///   - environment: time and randomness.
    package init(of source: any LogStore, into target: any LogStore, key: LogKey, environment: RuntimeEnvironment) {
        self.source = source
        self.target = target
        self.key = key
        self.environment = environment
    }

    /// In bytes, at once.
    private static let pieceLength = 4 << 20
    /// Refused events, at once.
    private static let rejectionsAtOnce = 50

    /// Copies everything, as of one moment.
    ///
    /// - Parameter progress: called with how many entries have been copied, and how many there are.
    /// - Returns: the log's end at that moment.
    /// - Throws: `corrupt` for a target that has something else, `locked` for a log that never rests; what the stores throw.
    @discardableResult
    package func run(_ progress: (_ copied: LogSize, _ size: LogSize) -> Void = { _, _ in }) async throws -> LogHead {
        // What takes long comes first; what was added meanwhile is soon copied.
        try await copyEntries(upTo: source.head(), progress)
        let moment = try LogMoment(of: source)
        try await copyEntries(upTo: moment.head, progress)
        try copy(moment)
        try copyRejections()
        return moment.head
    }

    private func copyEntries(upTo end: LogHead, _ progress: (LogSize, LogSize) -> Void) async throws {
        guard let checkpoint = end.checkpoint else { return }
        let sequencer = try Sequencer(
            store: target,
            key: key,
            environment: environment,
            seen: CopyRecord(),
            acceptsClock: true
        )
        do {
            var size = try target.head().size
            guard size <= checkpoint.checkpoint.size else { throw difference("end") }
            // What the target has must be the beginning of the log.
            var isCompared = size == .zero
            while size < checkpoint.checkpoint.size || !isCompared {
                let after = isCompared ? size : max(.zero, LogSize(size.rawValue - 1))
                let chunk = try RepairChunk(of: source, after: after, upTo: checkpoint, maximumBytes: Self.pieceLength)
                let request = try RepairRequest(
                    after: after,
                    note: checkpoint.note,
                    proof: chunk.proof,
                    redactions: chunk.redactions,
                    body: chunk.entries,
                    verifier: key.verifier
                )
                size = max(size, try await sequencer.repair(request).size)
                isCompared = true
                progress(size, checkpoint.checkpoint.size)
            }
        } catch {
            await sequencer.shutDown()
            throw error
        }
        await sequencer.shutDown()
    }

    private func copy(_ moment: LogMoment) throws {
        let (given, found) = (moment.access, try target.access())
        var changes = try changes(to: moment.invites)
        for (subject, member) in given.members where found.members[subject] != member {
            changes.append(.member(subject, role: member.role, isActive: member.isActive))
        }
        for (subject, device) in given.devices where found.devices[subject] != device {
            changes.append(.device(subject, device))
        }
        for (hash, device) in given.tokens where found.tokens[hash] != device {
            changes.append(.token(hash: hash, device: device))
        }
        for hash in found.tokens.keys where given.tokens[hash] == nil { changes.append(.tokenEnded(hash: hash)) }
        if !changes.isEmpty { try append(access: changes) }
        try target.open(to: given.openness)
    }

    /// What makes the target's invites these; takes away those that have been withdrawn.
    private func changes(to given: [Invite]) throws -> [AccessChange] {
        let found = Dictionary(try target.invites().map { ($0.hash, $0) }) { first, _ in first }
        for hash in Set(found.keys).subtracting(given.map(\.hash)) { _ = try target.withdrawInvite(hash: hash) }
        return given.compactMap { invite in
            guard let known = found[invite.hash] else { return .inviteMade(invite) }
            guard let used = invite.used, known.used == nil else { return nil }
            return .inviteUsed(hash: invite.hash, at: used)
        }
    }

    private func copyRejections() throws {
        var copied = 0
        var cursor = 0
        while case let page = try target.rejections(after: cursor, limit: Self.rejectionsAtOnce), let last = page.last {
            copied += page.count
            cursor = last.cursor
        }
        cursor = 0
        while case let page = try source.rejections(after: cursor, limit: Self.rejectionsAtOnce), let last = page.last {
            let new = page.dropFirst(copied).map { $0.rejection }
            copied = max(0, copied - page.count)
            if !new.isEmpty { try append(rejections: new) }
            cursor = last.cursor
        }
    }

    private func append(access: [AccessChange] = [], rejections: [Rejection] = []) throws {
        let size = try target.head().size
        let commit = Commit(
            first: size.next,
            count: 0,
            recordedTime: environment.now(),
            entries: [],
            checkpoint: nil,
            rejections: rejections,
            access: access,
            isRepair: true
        )
        guard try target.append(commit, expecting: size) == .committed else {
            throw LogError(.locked, "another process writes into the copy of the log; run the move again")
        }
    }

    /// Reads both again, and compares all that is in them.
    ///
    /// - Throws: `corrupt` when they are not the same.
    package func verify() throws {
        let (head, copy) = (try source.head(), try target.head())
        guard head.size == copy.size, head.checkpoint == copy.checkpoint else { throw difference("end") }
        try source.forEachBlock(in: head.size.positions) { first, count, entries in
            guard try target.entries(first..<first + count).elementsEqual(entries) else { throw difference("entries") }
        }
        var (given, found) = (try source.access(), try target.access())
        // Each store counts its own changes.
        (given.version, found.version) = (0, 0)
        guard given == found else { throw difference("access") }
        guard try source.invites() == target.invites() else { throw difference("invites") }
        var cursors = (0, 0)
        while true {
            let pages = (
                try source.rejections(after: cursors.0, limit: Self.rejectionsAtOnce),
                try target.rejections(after: cursors.1, limit: Self.rejectionsAtOnce)
            )
            guard pages.0.map({ $0.rejection }) == pages.1.map({ $0.rejection }) else {
                throw difference("refused events")
            }
            guard let given = pages.0.last, let found = pages.1.last else { return }
            cursors = (given.cursor, found.cursor)
        }
    }

    private func difference(_ what: String) -> LogError {
        LogError(
            .corrupt,
            "the copy of the log \(key.origin) has not the same \(what); it is not opened: move it again"
        )
    }
}

/// What has been shown of a copy: nothing yet, as nobody finds it.
private final class CopyRecord: SeenRecord {
    private let mark = Mutex(SeenMark.nothing)

    func update(_ body: (SeenMark?) throws -> SeenMark?) throws {
        try mark.withLock { mark in if let new = try body(mark) { mark = new } }
    }

    func sync() throws {}
}
