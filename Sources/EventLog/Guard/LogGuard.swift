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
    /// What the record is known to hold, and a complete log goes on from; nil when the log is not complete.
    private var noted: SeenMark?
    /// What this server's own files say the log has had: they keep it, so it is noted nowhere else.
    private var remembered = LogSize.zero
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
        noted = standing.takesEntries ? mark : nil
        // Nothing else knows it any more.
        if !standing.takesEntries, standing != before { isSyncDue = true }
    }

    private func judge(_ tip: LogTip, against mark: SeenMark?, isContinuation: Bool) throws -> LogStanding {
        let isGivenUp = mark?.hasGivenUp(remembered) ?? false
        let shown = max(mark?.size ?? .zero, isGivenUp ? .zero : remembered)
        if shown > tip.head.size { return .behind(shown) }
        guard let mark else { return .unproven }
        if isContinuation, mark == noted { return .complete }
        return try holds(mark.size, root: mark.root, at: tip) ? .complete : .forked(mark.size)
    }

    /// Notes the end of the log, before it may leave the process.
    ///
    /// Does nothing for a log that is not complete: what it shows has been shown before.
    ///
    /// - Throws: when it cannot be noted; then it must not be shown.
    mutating func note(_ tip: LogTip) throws -> Noted {
        let (size, root) = (tip.head.size, tip.edge.root)
        guard standing.takesEntries, noted?.size != size || noted?.root != root else { return .noted }
        let mark = SeenMark(size: size, root: root, accepted: noted?.accepted)
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

    private func holds(_ size: LogSize, root: Hash?, at tip: LogTip) throws -> Bool {
        guard let root else { return true }
        if size == tip.head.size { return tip.edge.root == root }
        return try LogTree(of: store).root(of: 0..<size.rawValue) == root
    }
}

// MARK: - What others say

extension LogGuard {
    /// Takes a checkpoint that somebody holds, and that the log's own key has signed.
    ///
    /// It needs no trust: either the log goes on from it, or it has been shown a history that the log does not have.
    mutating func take(_ checkpoint: Checkpoint, at tip: LogTip) throws {
        guard try !isGivenUp(checkpoint.size) else { return }
        if checkpoint.size > tip.head.size {
            try fallBehind(checkpoint.size, root: checkpoint.root)
        } else if try !holds(checkpoint.size, root: checkpoint.root, at: tip) {
            standing = .forked(checkpoint.size)
            try replaceMark { SeenMark(size: checkpoint.size, root: checkpoint.root, accepted: $0?.accepted) }
        }
    }

    /// Takes the size that a witness of this server says it has seen.
    mutating func take(witnessed size: LogSize, at tip: LogTip) throws {
        guard size > tip.head.size, try !isGivenUp(size) else { return }
        try fallBehind(size, root: nil)
    }

    /// Takes a size that this server's own files say the log has had; counts from the next look on.
    mutating func remember(_ size: LogSize) { remembered = max(remembered, size) }

    /// What was missing has been given back, or a witness that knew the log has confirmed it.
    mutating func prove() { if standing == .unproven { standing = .complete } }

    private func isGivenUp(_ size: LogSize) throws -> Bool { try record.mark()?.hasGivenUp(size) ?? false }

    private mutating func fallBehind(_ size: LogSize, root: Hash?) throws {
        let known = if case .behind(let shown) = standing { shown } else { LogSize.zero }
        standing = .behind(max(known, size))
        try replaceMark { mark in
            if let mark, mark.size >= size { return nil }
            return SeenMark(size: size, root: root, accepted: mark?.accepted)
        }
    }

    private mutating func replaceMark(_ body: (SeenMark?) -> SeenMark?) throws {
        noted = nil
        var isReplaced = false
        try record.update { known in
            let mark = body(known)
            isReplaced = mark != nil
            return mark
        }
        if isReplaced { try record.sync() }
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

    /// Lets the log go on as it is, for good.
    ///
    /// - Parameters:
    ///   - loss: what is given up.
    ///   - tip: the end of the log, where it is recorded that it happened.
    /// - Throws: when it cannot be noted; then everything is as before.
    mutating func accept(_ loss: AcceptedLoss, at tip: LogTip) throws {
        var mark: SeenMark?
        try record.update { known in
            mark = SeenMark(size: tip.head.size, root: tip.edge.root, accepted: loss.joined(with: known?.accepted))
            return mark
        }
        try record.sync()
        noted = mark
        standing = .complete
    }
}
