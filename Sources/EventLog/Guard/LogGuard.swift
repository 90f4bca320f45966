internal import AgendaModel

/// Keeps a log from signing two entries for one position: holds what the store has against what has been shown.
///
/// It has no lock. The writer that owns it calls it on its queue.
struct LogGuard {
    /// What became of noting the end of a log as shown.
    enum Noted {
        case noted
        /// Another process has shown more meanwhile: the store has to be read again.
        case overtaken
    }

    private let record: any SeenRecord
    private let store: any LogStore
    /// Whether each mark lasts through a power cut before anybody is shown the log.
    private let syncsEach: Bool
    /// As of the last look.
    private(set) var standing = LogStanding.unproven
    /// What the record is known to hold; the log as it was looked at last goes on from there.
    private var noted: SeenMark?
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
    /// - Throws: what the store throws, and what keeps a standing from being remembered.
    mutating func look(at tip: LogTip, against mark: SeenMark?, isContinuation: Bool = false) throws {
        guard let mark else {
            standing = .unproven
            return
        }
        if mark.size > tip.head.size {
            standing = .behind(mark.size)
        } else if isContinuation && mark == noted {
            standing = .complete
        } else {
            standing = try holds(mark.size, mark.root, tip) ? .complete : .forked(mark.size)
            noted = mark
        }
        // Nothing else knows it any more.
        if !standing.takesEntries { try record.sync() }
    }

    /// Notes the end of the log, before it may leave the process.
    ///
    /// Does nothing for a log that is not complete: what it shows has been shown before.
    ///
    /// - Throws: when it cannot be noted; then it must not be shown.
    mutating func note(_ tip: LogTip) throws -> Noted {
        let (size, root) = (tip.head.size, tip.edge.root)
        guard standing.takesEntries, noted?.size != size || noted?.root != root else { return .noted }
        var found = SeenMark(size: size, root: root, accepted: noted?.accepted)
        try record.update { mark in
            if let mark {
                guard mark.size <= size, mark != found else {
                    found = mark
                    return nil
                }
                found.accepted = mark.accepted
            }
            return found
        }
        noted = found
        guard found.size == size else { return .overtaken }
        guard found.root == root else {
            standing = .forked(size)
            return .overtaken
        }
        if syncsEach { try record.sync() } else { isSyncDue = true }
        return .noted
    }

    private func holds(_ size: LogSize, _ root: Hash?, _ tip: LogTip) throws -> Bool {
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
        let accepted = try record.mark()?.accepted
        if checkpoint.size > tip.head.size {
            guard accepted?.covers(checkpoint.size) != true else { return }
            try fallBehind(checkpoint.size, root: checkpoint.root)
        } else if try !holds(checkpoint.size, checkpoint.root, tip), accepted?.covers(checkpoint.size) != true {
            standing = .forked(checkpoint.size)
            try replaceMark { SeenMark(size: checkpoint.size, root: checkpoint.root, accepted: $0?.accepted) }
        }
    }

    /// Takes the size that a witness of this server says it has seen.
    mutating func take(witnessed size: LogSize, at tip: LogTip) throws {
        guard size > tip.head.size, try record.mark()?.accepted?.covers(size) != true else { return }
        try fallBehind(size, root: nil)
    }

    /// Takes a size that this server's own files say the log has had.
    ///
    /// Those files keep it, so it is noted nowhere else.
    mutating func take(remembered size: LogSize, at tip: LogTip) throws {
        guard size > tip.head.size, try record.mark()?.accepted?.covers(size) != true else { return }
        if case .behind(let shown) = standing, shown >= size { return }
        standing = .behind(size)
    }

    /// What was missing has been given back, or a witness that knew the log has confirmed it.
    mutating func prove() { if standing == .unproven { standing = .complete } }

    private mutating func fallBehind(_ size: LogSize, root: Hash?) throws {
        if case .behind(let shown) = standing, shown >= size { return }
        standing = .behind(size)
        try replaceMark { mark in
            if let mark, mark.size >= size { return nil }
            return SeenMark(size: size, root: root, accepted: mark?.accepted)
        }
    }

    private mutating func replaceMark(_ body: (SeenMark?) -> SeenMark?) throws {
        noted = nil
        try record.update(body)
        try record.sync()
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
