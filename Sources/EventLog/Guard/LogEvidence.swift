package import AgendaModel

/// What others say of how much of a log they have seen.
package enum LogEvidence: Sendable {
    /// A checkpoint whose signature by the log's own key has been verified: it needs no trust. By a member, or by anybody.
    case checkpoint(Checkpoint, isByMember: Bool = true)
    /// The size that a witness of this server has seen, and the witness's key.
    case witnessed(LogSize, by: String)
    /// The end that this server's own files say the log has had.
    case remembered(RememberedEnd)
    /// All witnesses of this server have answered: one has seen just this end of the log, and none has seen more.
    case confirmed(Checkpoint)
}

/// The end of a log, as a server's own files remember it.
package struct RememberedEnd: Hashable, Sendable {
    /// How many entries the log had.
    package var size: LogSize
    /// The leaf hash of the last one; nil where nothing says it.
    package var lastEntry: Hash?

    package init(size: LogSize, lastEntry: Hash? = nil) {
        self.size = size
        self.lastEntry = lastEntry
    }

    /// Of files that remember no entry.
    package static let nothing = RememberedEnd(size: .zero)
}
