package import AgendaModel
package import EventLog

/// What became of a witness's look at a log.
package enum LogVisit: Hashable, Sendable {
    /// The log has grown to so many entries, and that was cosigned.
    case cosigned(LogSize)
    /// It is as it was.
    case unchanged(LogSize)
    /// It went back on what it had signed. The evidence is kept.
    case refused(WitnessEvidence)
    /// It cannot be read, or what it gives out is not whole. Nothing was cosigned.
    ///
    /// With how long the log asks to be left alone, if it does.
    case failed(String, retryAfter: Duration? = nil)

    /// In a word, for programs.
    package var state: String {
        switch self {
        case .cosigned, .unchanged: "following"
        case .refused: "refused"
        case .failed: "waiting"
        }
    }

    /// What is wrong; nil when nothing is.
    package var because: String? {
        switch self {
        case .cosigned, .unchanged: nil
        case .refused(let evidence): evidence.words
        case .failed(let what, _): what
        }
    }
}
