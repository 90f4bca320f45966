import AgendaModel
import EventLog
import EventLogSQLite
import Files
import Foundation
import SyncServer
import Synchronization

/// The agendas of a data folder, or of a database beside it, for the server.
final class ServedFolder: AgendaSource {
    let data: ServerData
    /// Where backups go; nil where none are made.
    private let backups: BackupFolder?
    /// Those that are open: nobody else in this process may open them, or SQLite's locks on them are lost (fcntl(2)).
    private let opened = Mutex<[AgendaName: ServerData.Agenda]>([:])

    init(_ data: ServerData, backups: BackupFolder? = nil) {
        self.data = data
        self.backups = backups
    }

    func names() throws -> [AgendaName] { try data.list() }

    func open(_ name: AgendaName) throws -> OpenedAgenda? {
        guard try data.has(name) else { return nil }
        let agenda = try data.open(name)
        let store = agenda.store as? SQLiteLogStore
        opened.withLock { $0[name] = agenda }
        return OpenedAgenda(
            store: agenda.store,
            key: agenda.key,
            seen: agenda.seen,
            statePath: agenda.statePath,
            place: place(of: name, agenda.store.identity, store: store)
        ) { [self] in
            opened.withLock { $0[name] = nil }
            try store?.tidy()
            try store?.close()
        }
    }

    /// The agendas that are open now.
    var open: [AgendaName: ServerData.Agenda] { opened.withLock { $0 } }

    private func place(of name: AgendaName, _ log: LogIdentity, store: SQLiteLogStore?) -> AgendaPlace {
        let (folder, path) = (data.folder, data.folder.folder(of: name))
        return AgendaPlace(
            obstacle: {
                if let obstacle = store?.obstacle { return obstacle.message }
                guard let free = DiskSpace.free(at: path), free < DiskSpace.needed else { return nil }
                return "the disk that holds \(path) has \(free) bytes left; free some space"
            },
            freeBytes: { DiskSpace.free(at: path) },
            logBytes: { store?.fileBytes },
            lastBackup: { [backups] in try? backups?.lastTime(of: name, log, at: RuntimeEnvironment.system.now()) },
            readDevicesSeen: {
                try? ReadableFile(folder.devicesSeen(of: name)).contents(upTo: DataFolder.devicesSeenBytes)
            },
            writeDevicesSeen: { try? AtomicFile(folder.devicesSeen(of: name), replaces: true).write($0) }
        )
    }
}
