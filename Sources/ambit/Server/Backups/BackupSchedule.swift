import AgendaModel
import EventLog
import EventLogSQLite
import Logging

/// Makes backups of all agendas of a server, one after the other, as often as wanted.
struct BackupSchedule: Sendable {
    let served: ServedFolder
    let folder: BackupFolder
    let every: Duration
    let retention: BackupRetention
    let logger: Logger
    let environment = RuntimeEnvironment.system

    init(
        of served: ServedFolder,
        to folder: BackupFolder,
        every: Duration,
        keeping retention: BackupRetention,
        logger: Logger
    ) {
        self.served = served
        self.folder = folder
        self.every = every
        self.retention = retention
        self.logger = logger
    }

    /// Goes on until the task is cancelled.
    ///
    /// Blocks: what takes long and is in no hurry should not take the threads that serve requests.
    func run() async {
        // A server that is started again and again makes no more than one that runs.
        while !Task.isCancelled {
            do { try await environment.sleep(makeThoseDue()) } catch { return }
        }
    }

    /// - Returns: how long to wait for the next one.
    private func makeThoseDue() async -> Duration {
        var pause = every
        for (name, agenda) in served.open.sorted(by: { $0.key < $1.key }) {
            let due = untilDue(name, agenda.store.identity)
            if due <= .zero { await backUp(name, agenda) } else { pause = min(pause, due) }
        }
        // Agendas that appear, or could not be opened at first, are not left waiting for hours.
        return min(pause, .seconds(60))
    }

    private func untilDue(_ name: AgendaName, _ log: LogIdentity) -> Duration {
        // A clock that was set back must not put backups off.
        let now = environment.now()
        guard let last = try? folder.lastTime(of: name, log, at: now) else { return .zero }
        return every - .milliseconds(now.millisecondsSince1970 - last.millisecondsSince1970)
    }

    private func backUp(_ name: AgendaName, _ agenda: ServerData.Agenda) async {
        let log = agenda.store.identity
        // Where nobody can tell, nothing is taken away either.
        let isComplete = (try? agenda.standing().takesEntries) ?? false
        let made: Timestamp
        let size: LogSize
        do {
            // Of a log that went back, what it has now is kept once, beside what it had before.
            if !isComplete,
                try folder.newestSize(of: name, log, at: environment.now()) == agenda.store.head().size
            {
                return
            }
            let (backup, head) = try await folder.backUp(
                agenda.store,
                of: name,
                key: agenda.key,
                environment: environment
            )
            made = backup.time
            size = head.size
            logger.info(
                "a backup was made and checked",
                metadata: ["agenda": "\(name)", "entries": "\(size)", "file": "\(backup.path)"]
            )
        } catch {
            logger.error(
                "a backup failed; the next one is tried in time",
                metadata: ["agenda": "\(name)", "error": "\(error)"]
            )
            return
        }
        if isComplete { return thin(name, log, at: size, made: made) }
        logger.warning(
            "the log may lack entries: none of its backups is removed until it is complete",
            metadata: ["agenda": "\(name)", "entries": "\(size)"]
        )
    }

    private func thin(_ name: AgendaName, _ log: LogIdentity, at size: LogSize, made: Timestamp) {
        do {
            guard try folder.thin(name, of: log, at: size, made: made, keeping: retention) else { return }
            logger.warning(
                "the folder of backups has some that are not of this log; they are left as they are",
                metadata: ["agenda": "\(name)", "folder": "\(folder.path)"]
            )
        } catch {
            logger.error(
                "backups that are not kept any more could not be removed",
                metadata: ["agenda": "\(name)", "error": "\(error)"]
            )
        }
    }
}
