package import AgendaModel
package import EventLog
package import Projections

/// An agenda as it was at one size of its log: what all files of a snapshot are made of.
package struct Snapshot: Sendable {
    /// What it is of, and what it can be held against.
    package let manifest: Manifest
    /// The agenda's own subject; nil before it was founded.
    package let agenda: String?
    let state: FoldedState

    /// When the last of its entries was recorded; nil for an empty log.
    package var moment: Timestamp? { state.moment }
    /// How many of its entries had been erased.
    package let erasures: Int

    /// Folds the first `size` entries of a log.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - workspace: where the state is kept.
    ///   - progress: called now and then with the size reached.
    ///   - reporting: gets each event in order, with what it changed and without titles; nil is faster.
    /// - Throws: as `FoldedState`.
    package init(
        of log: any LogReader,
        at size: LogSize,
        in workspace: FoldedState.Workspace = FoldedState.Workspace(),
        progress: ((LogSize) -> Void)? = nil,
        reporting: ((HistoryEvent) throws -> Void)? = nil
    ) throws {
        let state = try FoldedState(of: log, at: size, in: workspace, progress: progress, reporting: reporting)
        manifest = try Manifest(of: log, at: size, digest: state.digest())
        var agenda: String?
        try state.forEachSubject(of: "agenda") { agenda = agenda ?? $0.name }
        self.agenda = agenda
        // The log's head counts those that were erased there, and not those that came erased.
        erasures = try state.erasures ?? log.erasedCount(in: size.positions)
        self.state = state
    }
}
