package import EventLog

/// An agenda's data, opened.
package struct OpenedAgenda: Sendable {
    /// The log.
    package var store: any LogStore
    /// What signs the log's checkpoints.
    package var key: LogKey
    /// Where it is noted how much of the log has been shown.
    package var seen: any SeenRecord
    /// Where the read models are kept; made anew when they are missing.
    package var statePath: String
    /// The folder in which finished files of snapshots are kept; made when it is missing.
    package var snapshotsPath: String
    /// What is known of the place where all that stands.
    package var place: AgendaPlace
    /// Called once, after the last use of the store.
    package var close: @Sendable () throws -> Void

    package init(
        store: any LogStore,
        key: LogKey,
        seen: any SeenRecord,
        statePath: String,
        place: AgendaPlace = AgendaPlace(),
        close: @escaping @Sendable () throws -> Void = {}
    ) {
        self.store = store
        self.key = key
        self.seen = seen
        self.statePath = statePath
        snapshotsPath = "\(statePath).snapshots"
        self.place = place
        self.close = close
    }
}
