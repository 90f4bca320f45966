package import AgendaModel

/// How much of a log has been shown to anybody.
package struct SeenMark: Hashable, Sendable {
    /// How many entries it had.
    package var size: LogSize
    /// The tree's root at that size; nil when only the size is known.
    package var root: Hash?
    /// What has been given up for good; nil when nothing has.
    package var accepted: AcceptedLoss?

    package init(size: LogSize, root: Hash?, accepted: AcceptedLoss? = nil) {
        self.size = size
        self.root = root
        self.accepted = accepted
    }

    /// Whether a history of this size may be one that was given up.
    func hasGivenUp(_ size: LogSize) -> Bool { accepted?.covers(size) ?? false }

    /// Of a log that nobody has been shown.
    package static let nothing = SeenMark(size: .zero, root: Merkle.emptyRoot)
}

/// Entries that were shown once, and that those who run the server have given up.
///
/// Checkpoints that cover them have another root than the log, and will turn up as long as there are laptops that hold them.
package struct AcceptedLoss: Hashable, Sendable {
    /// How many entries the log had kept.
    package var after: LogSize
    /// How many entries it had been known to have.
    package var through: LogSize

    package init(after: LogSize, through: LogSize) {
        self.after = after
        self.through = through
    }

    /// Whether a checkpoint of this size may be one of the history that was given up.
    fileprivate func covers(_ size: LogSize) -> Bool { size > after && size <= through }

    /// Both losses as one.
    func joined(with other: AcceptedLoss?) -> AcceptedLoss {
        guard let other else { return self }
        return AcceptedLoss(after: min(after, other.after), through: max(through, other.through))
    }
}
