import AgendaModel
import EventLog
import EventLogSQLite
import Projections
import SyncClient

/// An agenda in a server's data folder, while it is administered from there.
struct ServedAgenda {
    let store: any LogStore
    let administration: Administration

    init(_ agenda: DataFolder.Agenda) {
        store = agenda.store
        administration = Administration(
            of: agenda.store,
            by: .keyHolder(agenda.key, agenda.seen),
            environment: .system,
            reporting: UpkeepFailure.onStandardError
        )
    }

    /// The documents of a kind, sorted by subject.
    func documents(of kind: String) throws -> [(subject: String, document: JSONValue)] {
        let state = try TimeTravel.state(of: store, at: store.head().size)
        return try state.subjects.filter { $0.hasPrefix("\(kind)/") }.compactMap { subject in
            try state.document(of: subject).map {
                (subject, try JSONValue(parsing: $0))
            }
        }
    }
}
