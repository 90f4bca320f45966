import AgendaModel
import EventLog
import EventLogSQLite
import Files
import Projections
import SyncClient
import SyncProtocol

/// An agenda in a server's data folder, while it is administered from there.
struct ServedAgenda {
    let store: any LogStore
    let administration: Administration

    private let devicesSeenPath: String

    init(_ agenda: ServerData.Agenda, devicesSeen: String, acceptsClock: Bool) {
        devicesSeenPath = devicesSeen
        store = agenda.store
        administration = Administration(
            of: agenda.store,
            by: .keyHolder(agenda.key, agenda.seen),
            environment: .system,
            acceptsClock: acceptsClock,
            remembering: StateFile.rememberedEnd(at: agenda.statePath, of: agenda.store.identity),
            reporting: UpkeepFailure.onStandardError
        )
    }

    /// What the server has last seen of each device; nothing where it has noted nothing.
    func devicesSeen() throws -> [DeviceSightings.Item] {
        guard FileEntry(devicesSeenPath).exists,
            let bytes = try ReadableFile(devicesSeenPath).contents(upTo: DataFolder.devicesSeenBytes)
        else { return [] }
        return try ProtocolJSON.decode(DeviceSightings.self, from: bytes).devices
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
