internal import AgendaModel
package import EventLog
package import Projections
internal import Synchronization

/// An agenda as it was, for pages: its state, and what pages have to know of all of it.
package final class PastAgenda: Sendable {
    let place: PastPlace
    private let state: FoldedState
    private let facts: AgendaFacts
    private let personal: PersonalFields.Treatment

    /// Folds a log and reads every document; blocks.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - place: of this log.
    ///   - personal: whether personal fields are part of what is read.
    ///   - workspace: where the state is kept, as long as this is.
    /// - Throws: as `FoldedState`.
    package init(
        of log: any LogReader,
        at place: PastPlace,
        personal: PersonalFields.Treatment,
        in workspace: FoldedState.Workspace
    ) throws {
        self.place = place
        self.personal = personal
        state = try FoldedState(of: log, at: place.size, in: workspace)
        facts = try state.read(personal: personal) { try AgendaFacts($0) }
    }

    /// Reads the agenda.
    ///
    /// - Parameter body: reads; the view must not leave it.
    /// - Returns: what the body returns.
    /// - Throws: what reading and the body throw.
    package func read<Value>(_ body: (StateView, AgendaFacts) throws -> Value) throws -> Value {
        try state.read(personal: personal) { try body($0, facts) }
    }
}

/// The agendas of the past that were looked at last: the first look folds the log, the next ones take what is here.
package final class PastAgendas: Sendable {
    /// Newest last.
    private let kept = Mutex<[PastAgenda]>([])
    /// A day, and another one to hold it against.
    private static let capacity = 2

    package init() {}

    /// The one of a place, if it is here; lets go of what was folded before an entry was erased.
    package func agenda(at place: PastPlace) -> PastAgenda? {
        forget(place.origin, but: place.erasureMark)
        return kept.withLock { $0.first { $0.place == place } }
    }

    /// Keeps one.
    package func keep(_ agenda: PastAgenda) {
        kept.withLock { kept in
            kept.removeAll { $0.place == agenda.place }
            kept.append(agenda)
            if kept.count > Self.capacity { kept.removeFirst() }
        }
    }

    /// Lets go of a log's past that was folded before an entry was erased.
    package func forget(_ origin: String, but erasureMark: Int) {
        kept.withLock { $0.removeAll { $0.place.origin == origin && $0.place.erasureMark != erasureMark } }
    }
}
