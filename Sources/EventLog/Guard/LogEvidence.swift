package import AgendaModel

/// What others say of how much of a log they have seen.
package enum LogEvidence: Sendable {
    /// A checkpoint whose signature by the log's own key has been verified: it needs no trust.
    case checkpoint(Checkpoint)
    /// The size that a witness of this server has seen.
    case witnessed(LogSize)
    /// A size that this server's own files say the log has had.
    case remembered(LogSize)
    /// A witness that had seen the log before has found that this one goes on from there.
    case confirmed
}
