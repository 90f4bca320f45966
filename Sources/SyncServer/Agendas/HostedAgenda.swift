internal import AgendaModel
internal import EventLog
internal import Logging
internal import Projections
internal import SyncProtocol
internal import Synchronization

/// One agenda that the server serves: its log, the one who writes it, and its read models.
///
/// Owned by the registry. Holds no lock: each part guards its own state.
final class HostedAgenda: Sendable {
    let name: AgendaName
    let store: any LogStore
    let sequencer: Sequencer
    let readModels: ReadModels
    let followers: Followers
    let cosignatures: Cosignatures
    private let closeStore: @Sendable () throws -> Void

    /// Checks the log and starts its sequencer.
    ///
    /// Blocks.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - opened: its data.
    ///   - options: how the server is set up.
    ///   - environment: time and randomness.
    ///   - counters: of the server.
    ///   - logger: of the server.
    /// - Throws: `LogError` for a log that cannot be used.
    init(
        _ name: AgendaName,
        _ opened: OpenedAgenda,
        options: ServerOptions,
        environment: RuntimeEnvironment,
        counters: Counters,
        logger: Logger
    ) throws {
        self.name = name
        store = opened.store
        let report: @Sendable (UpkeepFailure) -> Void = { failure in
            counters.addUpkeepFailure(failure.work)
            logger.log(
                // What was erased is still there.
                level: failure.work == .scrubbing ? .error : .warning,
                "A log's upkeep failed",
                metadata: ["agenda": "\(name)", "work": "\(failure.work)", "error": "\(failure)"]
            )
        }
        let sequencer = try Sequencer(
            store: opened.store,
            key: opened.key,
            environment: environment,
            seen: opened.seen,
            syncsSeen: options.syncsSeen,
            acceptsClock: options.acceptsClock,
            reporting: report
        )
        if let size = StateFile.rememberedSize(at: opened.statePath, of: opened.store.identity) {
            sequencer.remember(size)
        }
        self.sequencer = sequencer
        readModels = ReadModels(
            of: opened.store,
            at: opened.statePath,
            agenda: name,
            mayForget: { [weak sequencer] size in
                sequencer?.remember(size)
                return sequencer?.standing.takesEntries ?? false
            },
            reporting: report
        )
        followers = Followers(of: sequencer, store: opened.store)
        cosignatures = Cosignatures(of: opened.store, by: options.witnesses, logger: logger) { [weak sequencer] in
            await sequencer?.take($0)
        }
        closeStore = opened.close
        let last = Mutex(LogStanding.complete)
        sequencer.observe { [weak followers, weak cosignatures, weak readModels] head, access, standing in
            if last.withLock({ last in
                defer { last = standing }
                return last != standing
            }) {
                Self.log(standing, of: name, at: head.size, to: logger)
                readModels?.logHasGrown()
            }
            followers?.take(head, access)
            cosignatures?.logHasGrown(to: head.checkpoint)
        }
        readModels.logHasGrown()
    }

    /// Says how the log stands when that has changed, so once.
    private static func log(_ standing: LogStanding, of name: AgendaName, at size: LogSize, to logger: Logger) {
        let metadata: Logger.Metadata = ["agenda": "\(name)", "standing": "\(standing.word)"]
        guard let why = standing.explanation(at: size) else {
            return logger.notice("A log takes entries again", metadata: metadata)
        }
        logger.critical("A log takes no entries: \(why)", metadata: metadata)
    }

    /// Gives the body the read models at a size that includes everything that was committed before the call.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (StateFile, LogSize) throws -> Value
    ) async throws -> Value {
        try await readModels.read(atLeast: sequencer.head.size, body)
    }

    /// The read models, at a size that includes everything that was committed before the call, for what takes longer than
    /// a look: whoever reads them outside of `read` holds up no folding, and gets a snapshot with a size of its own.
    func stateFile() async throws -> StateFile { try await read { file, _ in file } }

    /// Whether the agenda is in everybody's list.
    var isOpen: Bool { AgendaPart.folded.isOpen(at: sequencer.access.openness) }

    /// What people call the agenda; its name when it has not been founded yet.
    func title() async throws -> String {
        struct Founded: Decodable {
            var title: String?
        }
        let document = try await read { file, _ in
            try file.documents(kind: "agenda", after: nil, limit: 1).first?.document
        }
        guard let document, let founded = try? ProtocolJSON.decode(Founded.self, from: document) else {
            return name.rawValue
        }
        return founded.title ?? name.rawValue
    }

    /// Takes what waits into the log, then lets go of the data.
    func close() async throws {
        followers.stop()
        cosignatures.stop()
        await sequencer.shutDown()
        await readModels.stop()
        try closeStore()
    }
}
