import AgendaModel
import EventLog
import EventLogSQLite
import Projections

/// A server's agendas: all in its data folder, or their logs in a database that it shares with others.
struct ServerData: Sendable {
    let folder: DataFolder
    /// Where the logs are; nil for the data folder.
    let database: (any LogDatabase)?

    /// One agenda, opened.
    struct Agenda: Sendable {
        var store: any LogStore
        var key: LogKey
        /// How much of the log this server has shown.
        var seen: SeenFile
        var statePath: String

        init(_ agenda: DataFolder.Agenda) {
            store = agenda.store
            key = agenda.key
            seen = agenda.seen
            statePath = agenda.statePath
        }

        init(_ store: any LogStore, _ beside: DataFolder.Beside) {
            self.store = store
            key = beside.key
            seen = beside.seen
            statePath = beside.statePath
        }

        /// Whether the log holds everything that has been shown of it, as far as the files here say.
        func standing() throws -> LogStanding {
            let remembered = StateFile.rememberedEnd(at: statePath, of: store.identity)
            return try LogStanding(of: store, noted: seen, remembered: remembered)
        }

        func close() throws { try (store as? SQLiteLogStore)?.close() }
    }

    /// - Throws: `Failure` for a store that this program cannot use.
    init(folder path: String, store: StoreAddress?) throws {
        folder = DataFolder(at: path)
        database = try store?.open()
    }

    /// The names of the agendas, sorted.
    func list() throws -> [AgendaName] { try database?.names() ?? folder.list() }

    /// The latest moment that is known to have been; nil when nothing says one.
    ///
    /// Something in the folder was changed then, or the last entry of an agenda was recorded.
    ///
    /// Agendas that cannot be opened say nothing.
    func latestMoment() -> Timestamp? {
        // Opening logs changes what is in the folder.
        let changed = folder.lastChange()
        let recorded = ((try? list()) ?? []).map { name -> Timestamp? in
            guard let agenda = try? open(name) else { return nil }
            defer { try? agenda.close() }
            return (try? agenda.store.head())?.recordedTime
        }
        return (recorded + [changed]).compactMap(\.self).max()
    }

    /// Whether there is an agenda of this name: anybody may ask for any.
    func has(_ name: AgendaName) throws -> Bool {
        guard let database else { return try folder.has(name) }
        return try database.names().contains(name)
    }

    /// Makes an agenda with an empty log.
    ///
    /// The key comes first: a log without one could never grow.
    ///
    /// - Throws: `alreadyExists`, and what the store or the folder throws.
    func create(_ name: AgendaName, key: LogKey) throws -> Agenda {
        guard let database else { return Agenda(try folder.create(name, key: key)) }
        try database.prepare()
        guard try !database.names().contains(name) else {
            throw LogError(.alreadyExists, "there is an agenda \(name) in the store already; choose another name")
        }
        guard !folder.hasFolder(of: name) else {
            throw LogError(
                .alreadyExists,
                "\(folder.folder(of: name)) exists, and the store has no such agenda: a creation was cut off there, or it is of "
                    + "another store; remove it if it is of no use, then try again"
            )
        }
        let beside = try folder.createBeside(name, key: key)
        let identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
        return Agenda(try database.makeLog(name, identity: identity), beside)
    }

    /// Opens an agenda.
    ///
    /// - Throws: `notFound`, and what opening the log throws.
    func open(_ name: AgendaName) throws -> Agenda {
        guard let database else { return Agenda(try folder.open(name)) }
        let store = try database.openLog(name)
        return Agenda(store, try folder.beside(name, holding: store.identity))
    }
}
