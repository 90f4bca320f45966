import AgendaModel
import EventLog
import EventLogSQLite
import SyncServer

/// The agendas of a data folder, for the server.
struct ServedFolder: AgendaSource {
    let folder: DataFolder

    func names() throws -> [AgendaName] { try folder.list() }

    func open(_ name: AgendaName) throws -> OpenedAgenda? {
        guard try folder.list().contains(name) else { return nil }
        let agenda = try folder.open(name)
        return OpenedAgenda(
            store: agenda.store,
            key: agenda.key,
            seen: agenda.seen,
            statePath: agenda.statePath
        ) {
            try agenda.store.tidy()
            try agenda.store.close()
        }
    }
}
