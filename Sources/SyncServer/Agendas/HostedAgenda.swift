internal import AgendaModel
internal import EventLog
internal import Logging
internal import Projections
internal import SyncProtocol

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
    init(
        _ name: AgendaName,
        _ opened: OpenedAgenda,
        environment: RuntimeEnvironment,
        witnesses: [RemoteWitness],
        counters: Counters,
        logger: Logger
    ) throws {
        self.name = name
        store = opened.store
        sequencer = try Sequencer(store: opened.store, key: opened.key, environment: environment) { failure in
            counters.addUpkeepFailure(failure.work)
            logger.log(
                // What was erased is still there.
                level: failure.work == .scrubbing ? .error : .warning,
                "A log's upkeep failed",
                metadata: ["agenda": "\(name)", "work": "\(failure.work)", "error": "\(failure)"]
            )
        }
        readModels = ReadModels(of: opened.store, at: opened.statePath, agenda: name)
        followers = Followers(of: sequencer, store: opened.store)
        cosignatures = Cosignatures(of: opened.store, by: witnesses, logger: logger)
        closeStore = opened.close
        sequencer.observe { [weak followers, weak cosignatures] head, access in
            followers?.take(head, access)
            cosignatures?.logHasGrown(to: head.checkpoint)
        }
        readModels.logHasGrown()
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
