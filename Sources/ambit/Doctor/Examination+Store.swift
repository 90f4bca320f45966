import AgendaModel
import EventLog
import EventLogSQLite
import Files

extension Examination {
    /// Looks at agendas whose logs are in a database: those that it has, and those of the data folder.
    mutating func examine(_ named: [AgendaName], in data: DataFolder, and store: StoreAddress) throws {
        let database = try store.open()
        let found: [AgendaName]
        do {
            found = try database.names()
        } catch let error as LogError {
            return noteUnreachable(store, error)
        }
        let isWhole = kind == .data
        for name in Set(named).union(isWhole ? found : []).sorted() {
            guard found.contains(name) else {
                // Its folder may have gone since it was listed.
                if data.hasFolder(of: name) { noteNoLog(of: name, in: data, store) }
                continue
            }
            do {
                try examine(name, log: database.openLog(name), in: data, at: store)
            } catch let error as LogError where error.code == .corrupt {
                noteDamage(at: store.words, error.message, restoring(name, data))
            } catch let error as LogError
                where error.code == .notFound && (try? database.names().contains(name)) == false
            {
                // It has gone since it was listed.
            } catch let error as LogError {
                return noteUnreachable(store, error)
            }
        }
    }

    private mutating func examine(
        _ name: AgendaName,
        log: any LogStore,
        in data: DataFolder,
        at store: StoreAddress
    ) throws {
        let path = data.folder(of: name)
        noteSecret("\(path)/log.key")
        guard isNamed(name, log.identity, in: data) else { return }
        noteKey(of: name, log.identity, in: data)
        let place = "\(store.words): \(name)"
        let isAhead = try noteShown(of: name, in: data, log: place, log.identity) { try log.head().size }
        noteContent(of: path, log, isKnownAhead: isAhead, repair: restoring(name, data))
    }

    private mutating func noteUnreachable(_ store: StoreAddress, _ error: LogError) {
        note(
            .storeUnreachable,
            at: store.words,
            "cannot be read: \(error.message)",
            meaning: "Servers serve nothing of it as long as that is so. Nothing is lost by it.",
            command: "psql \(ShellWord.quoted(store.words)) -c 'TABLE ambit'"
        )
    }

    private mutating func noteNoLog(of name: AgendaName, in data: DataFolder, _ store: StoreAddress) {
        let log = "\(data.folder(of: name))/log.sqlite"
        guard FileEntry(log).exists, (try? LogFile(reading: log).destination()) == nil else {
            return note(
                .logMissing,
                at: store.words,
                "has no log of the agenda \(name)",
                meaning: "The agenda is not served. A backup has its entries, and laptops have what came after it.",
                command: restoring(name, data)
            )
        }
        note(
            .logMissing,
            at: store.words,
            "has no log of the agenda \(name), and \(log) is one",
            meaning: "Servers on the database do not serve the agenda. It can be moved there.",
            command: "ambit agenda move \(name) --data \(ShellWord.quoted(data.path)) "
                + "--to \(ShellWord.quoted(store.words))"
        )
    }
}
