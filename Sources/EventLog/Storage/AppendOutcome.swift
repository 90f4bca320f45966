package import AgendaModel

/// What became of a commit that the store has answered.
package enum AppendOutcome: Hashable, Sendable {
    /// The commit is in the log, and lasts through a power cut.
    case committed
    /// Another writer was first.
    ///
    /// The log has grown, an identity that the commit spends has been refused, or an invite that it uses has been used
    /// or withdrawn.
    case conflict(actual: LogSize)
}
