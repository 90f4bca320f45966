internal import AgendaModel

/// Keeps a log from signing two entries for one position: holds what the store has against what has been shown.
///
/// It has no lock. The writer that owns it calls it on its queue.
struct LogGuard {
    /// What became of noting the end of a log as shown.
    enum Noted {
        case noted
        /// Another process has noted something meanwhile: the store has to be read again.
        case overtaken
    }

    private let record: any SeenRecord
    private let store: any LogStore
    /// Whether each mark lasts through a power cut before anybody is shown the log.
    private let syncsEach: Bool
    /// As of the last look.
    private(set) var standing = LogStanding.unproven
    /// What the record is known to hold, and a log goes on from that is complete, or is so once it is proven; nil for others.
    private var noted: SeenMark?
    /// What this server's own files say the log has had: they keep it, so it is noted nowhere else.
    private var remembered: [RememberedEnd] = []
    /// What is noted as given up, as long as the log holds none of it.
    private var givenUp: [SeenTrace] = []
    /// Whether the mark would be lost with the power.
    var isSyncDue = false

    init(record: any SeenRecord, store: any LogStore, syncsEach: Bool) {
        self.record = record
        self.store = store
        self.syncsEach = syncsEach
    }

    /// What has been shown.
    ///
    /// To be read before the store: a mark is written after its commit, so a sound store never has less.
    func mark() throws -> SeenMark? { try record.mark() }

    /// Holds the end of the log against a mark that was read before it.
    ///
    /// - Parameters:
    ///   - tip: the end of the log, just read.
    ///   - mark: as `mark` gave it.
    ///   - isContinuation: whether the tip was read onto the one before it, which was looked at then.
    /// - Throws: what the store throws.
    mutating func look(at tip: LogTip, against mark: SeenMark?, isContinuation: Bool = false) throws {
        let before = standing
        standing = try judge(tip, against: mark, isContinuation: isContinuation)
        let lacksNothingKnown = standing.takesEntries || standing == .unproven
        noted = lacksNothingKnown ? mark : nil
        if lacksNothingKnown, !before.takesEntries || !isContinuation || mark?.givenUp != givenUp {
            givenUp = try stillGivenUp(mark, at: tip)
        }
        // Nothing else knows it any more.
        if !standing.takesEntries, standing != before { isSyncDue = true }
    }

    private func judge(_ tip: LogTip, against mark: SeenMark?, isContinuation: Bool) throws -> LogStanding {
        // What it went on from then, it goes on from now.
        if let mark, !isContinuation || mark != noted, let size = try contradiction(to: mark, at: tip) {
            return .forked(size)
        }
        let known = remembered.filter { mark?.hasGivenUp($0) != true }.map(\.size)
        let shown = known.reduce(mark?.greatestSize ?? .zero) { max($0, $1) }
        if shown > tip.head.size { return .behind(shown) }
        // What others have shown may be less than there was.
        return mark?.isOwn == true ? .complete : .unproven
    }

    /// Whether the log still goes on from all that has been shown, as far as its end is known here.
    ///
    /// To be asked before anything is added to a log that takes entries: another process may have shown more of it since. Then
    /// there is more in the store; or the store has gone back, and what were added would be a second history.
    ///
    /// - Parameter tip: the end of the log, as it was read last.
    /// - Returns: false when the store has to be read again, and held against what has been shown.
    /// - Throws: when nobody can tell what has been shown.
    mutating func goesOn(at tip: LogTip) throws -> Bool {
        guard standing.takesEntries else { return true }
        let mark = try record.mark()
        guard mark != noted else { return true }
        guard try judge(tip, against: mark, isContinuation: true).takesEntries else { return false }
        try look(at: tip, against: mark, isContinuation: true)
        return true
    }

    /// The smallest size at which the log is not the one that has been shown; nil when there is none.
    private func contradiction(to mark: SeenMark, at tip: LogTip) throws -> LogSize? {
        try mark.sizesWithRoot.first { size in
            try size <= tip.head.size && mark.contradicts(root(at: size, of: tip), at: size)
        }
    }

    /// Notes the end of the log, before it may leave the process.
    ///
    /// Does nothing for a log that is not complete: what it shows has been shown before.
    ///
    /// - Throws: when it cannot be noted; then it must not be shown.
    mutating func note(_ tip: LogTip) throws -> Noted {
        let (size, root) = (tip.head.size, tip.edge.root)
        let mark = SeenMark(size: size, root: root, givenUp: givenUp)
        guard standing.takesEntries, noted != mark else { return .noted }
        var isOvertaken = false
        try record.update { found in
            // Only what the log is known to go on from may be written over.
            guard found == noted else {
                isOvertaken = found != mark
                return nil
            }
            return mark
        }
        if isOvertaken { return .overtaken }
        noted = mark
        if syncsEach { try record.sync() } else { isSyncDue = true }
        return .noted
    }

    private func holds(_ trace: SeenTrace, at tip: LogTip) throws -> Bool {
        guard trace.isCheckpoint, trace.size <= tip.head.size else { return false }
        return try SeenTrace(size: trace.size, root: root(at: trace.size, of: tip)) == trace
    }

    private func root(at size: LogSize, of tip: LogTip) throws -> Hash {
        if size == tip.head.size { return tip.edge.root }
        return try LogTree(of: store).root(of: 0..<size.rawValue)
    }

    /// What stays given up; nothing when the log goes on in a history that was given up once.
    ///
    /// Then what is known of that one says no more what was lost of it since.
    private func stillGivenUp(_ mark: SeenMark?, at tip: LogTip) throws -> [SeenTrace] {
        let givenUp = mark?.givenUp ?? []
        return try givenUp.contains { try holds($0, at: tip) } ? [] : givenUp
    }
}

// MARK: - What others say

extension LogGuard {
    /// Takes a checkpoint that somebody holds, and that the log's own key has signed.
    ///
    /// It needs no trust: either the log goes on from it, or it has been shown a history that the log does not have. Only a
    /// checkpoint that was itself given up is passed over: another one of its size may have been lost since.
    mutating func take(_ checkpoint: Checkpoint, isByMember: Bool = true, at tip: LogTip) throws {
        if !isByMember, try record.mark()?.passesOver(sizeShownByStranger: checkpoint.size) == true { return }
        let trace = SeenTrace(size: checkpoint.size, root: checkpoint.root)
        let (size, root) = (checkpoint.size, checkpoint.root)
        let isHeld = try size <= tip.head.size && self.root(at: size, of: tip) == root
        guard !isHeld, try !isGivenUp(trace) else { return }
        try stop(at: trace, root: root, at: tip)
    }

    /// Takes the size that a witness of this server, which has this key, says it has seen.
    mutating func take(witnessed size: LogSize, by witness: String, at tip: LogTip) throws {
        let trace = SeenTrace(size: size, witness: witness)
        guard size > tip.head.size, try !isGivenUp(trace) else { return }
        try stop(at: trace, root: nil, at: tip)
    }

    /// Takes what this server's own files say the log has had; counts from the next look on.
    mutating func remember(_ end: RememberedEnd) {
        if end.size > .zero, !remembered.contains(end) { remembered.append(end) }
    }

    /// Takes that the witnesses of this server have seen a log with this end, and none with more.
    mutating func take(confirmed checkpoint: Checkpoint, at tip: LogTip) {
        // The store may have gone back since they were asked.
        if tip.head.checkpoint?.checkpoint == checkpoint { prove() }
    }

    /// What was missing has been given back, or witnesses that knew the log have confirmed it.
    ///
    /// So what is noted next is this server's own mark.
    mutating func prove() { if standing == .unproven { standing = .complete } }

    private func isGivenUp(_ trace: SeenTrace) throws -> Bool { try record.mark()?.givenUp.contains(trace) ?? false }

    /// Takes it from now on that the log has been shown as this one is not, and notes it.
    private mutating func stop(at trace: SeenTrace, root: Hash?, at tip: LogTip) throws {
        // Also where it cannot be noted.
        if standing.takesEntries || standing == .unproven {
            standing = trace.size > tip.head.size ? .behind(trace.size) : .forked(trace.size)
        }
        noted = nil
        var mark: SeenMark?
        var isNew = false
        try record.update { known in
            let next = known?.adding(trace, root: root) ?? SeenMark(heard: trace, root: root)
            mark = next
            isNew = next != known
            return isNew ? next : nil
        }
        if isNew { try record.sync() }
        standing = try judge(tip, against: mark, isContinuation: false)
    }
}

// MARK: - Giving up

extension LogGuard {
    /// What is given up when the log goes on as it is; nil for a log that is complete.
    func loss(at tip: LogTip) -> AcceptedLoss? {
        let size = tip.head.size
        switch standing {
        case .complete: return nil
        case .behind(let shown): return AcceptedLoss(after: size, through: shown)
        // The other history may part from this one anywhere, and may be longer.
        case .forked(let shown): return AcceptedLoss(after: .zero, through: max(shown, size))
        case .unproven: return AcceptedLoss(after: size, through: size)
        }
    }

    /// Lets the log go on as it is, for good: gives up whatever is known to have been shown of what it does not hold.
    ///
    /// - Parameter tip: the end of the log, where it is recorded that it happened.
    /// - Throws: when it cannot be noted; then everything is as before.
    mutating func accept(at tip: LogTip) throws {
        var mark: SeenMark?
        try record.update { known in
            var shown = known?.shown ?? []
            if let trace = known?.trace { shown.append(trace) }
            shown += remembered.map { SeenTrace($0) }
            // Where only a size is known, one that the log has again may be its own.
            let lost = try shown.filter { try $0.isCheckpoint ? !holds($0, at: tip) : $0.size > tip.head.size }
            let before = try stillGivenUp(known, at: tip)
            mark = SeenMark(
                size: tip.head.size,
                root: tip.edge.root,
                givenUp: SeenTrace.joined(before, lost, within: SeenMark.givenUpBytes)
            )
            return mark
        }
        try record.sync()
        noted = mark
        givenUp = mark?.givenUp ?? []
        standing = .complete
    }
}
