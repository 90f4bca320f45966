internal import AgendaModel
internal import EventLog
internal import Logging
internal import Projections
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
    let snapshots: SnapshotShelf
    let place: AgendaPlace
    let devicesSeen: DevicesSeen
    /// What the agenda is called, and for which size of the log that is known: lists ask for all titles, each time.
    private let knownTitle = Mutex<(size: LogSize, title: String)?>(nil)
    private let now: @Sendable () -> Timestamp
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
    ///   - heavyWork: of the server.
    ///   - counters: of the server.
    ///   - logger: of the server.
    /// - Throws: `LogError` for a log that cannot be used.
    init(
        _ name: AgendaName,
        _ opened: OpenedAgenda,
        options: ServerOptions,
        environment: RuntimeEnvironment,
        heavyWork: HeavyWork,
        counters: Counters,
        logger: Logger
    ) throws {
        self.name = name
        store = opened.store
        place = opened.place
        now = environment.now
        devicesSeen = DevicesSeen(at: opened.place, now: environment.now)
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
            heavyWork: heavyWork,
            measuring: { counters.add($0) },
            reporting: report
        )
        if let end = StateFile.rememberedEnd(at: opened.statePath, of: opened.store.identity) {
            sequencer.remember(end)
        }
        self.sequencer = sequencer
        readModels = ReadModels(
            of: opened.store,
            at: opened.statePath,
            agenda: name,
            mayForget: { [weak sequencer] end in
                sequencer?.remember(end)
                return sequencer?.standing.takesEntries ?? false
            },
            reporting: report
        )
        followers = Followers(of: sequencer, store: opened.store)
        cosignatures = Cosignatures(
            of: opened.store,
            by: options.witnesses,
            logger: logger,
            counting: { witness, size in
                if let size {
                    counters.addCosignature(of: witness, on: name, size: size)
                } else {
                    counters.addError(ofWitness: witness)
                }
            },
            reporting: { [weak sequencer] in await sequencer?.take($0) ?? true }
        )
        snapshots = SnapshotShelf(
            of: opened.store,
            at: opened.snapshotsPath,
            atMost: options.snapshotBytes,
            on: heavyWork,
            startingFrom: opened.statePath
        )
        snapshots.forgetOthers()
        closeStore = opened.close
        let last = Mutex(LogStanding.complete)
        let erasureMark = Mutex(sequencer.head.erasureMark)
        let known = Mutex(sequencer.access)
        // Where the state cannot be read, nothing is refused for its sake.
        sequencer.weigh { [weak readModels] subjects, body in try? readModels?.registers(of: subjects, body) }
        sequencer.observe {
            [weak followers, weak cosignatures, weak readModels, weak snapshots] head, access, standing in
            if erasureMark.withLock({ last in
                defer { last = head.erasureMark }
                return last != head.erasureMark
            }) {
                snapshots?.forgetOthers()
            }
            if last.withLock({ last in
                defer { last = standing }
                return last != standing
            }) {
                Self.log(standing, of: name, at: head.size, to: logger)
                readModels?.logHasGrown()
                // What was given up may have been shown in files.
                snapshots?.forgetOthers()
            }
            let former = known.withLock { last in
                defer { last = access }
                return last
            }
            for difference in AccessDifference.found(from: former, to: access) { difference.log(of: name, to: logger) }
            followers?.take(head, access)
            cosignatures?.logHasGrown(to: head.checkpoint, takingEntries: standing.takesEntries)
        }
        if let fault = sequencer.clockFault {
            logger.critical("A log takes no entries: \(fault.explanation)", metadata: ["agenda": "\(name)"])
        }
        readModels.logHasGrown()
        (opened.store as? any ListeningLogStore)?.listen { [weak sequencer] in
            Task { await sequencer?.refresh(isUrgent: true) }
        }
    }

    /// Says how the log stands when that has changed, so once.
    private static func log(_ standing: LogStanding, of name: AgendaName, at size: LogSize, to logger: Logger) {
        let metadata: Logger.Metadata = ["agenda": "\(name)", "standing": "\(standing.word)"]
        guard let why = standing.explanation(at: size) else {
            return logger.notice("A log takes entries again", metadata: metadata)
        }
        logger.critical("A log takes no entries: \(why)", metadata: metadata)
    }

    /// Why nothing is added to the log, in words; nil when something can be.
    var obstacle: String? { sequencer.obstacle ?? place.obstacle() }

    /// Whom the agenda takes the sender of a request for now.
    ///
    /// What was found when the request came stands while the access is the same.
    func known(_ sender: RequestSender) -> KnownSender {
        let access = sequencer.access
        let now = now()
        if let known = sender.known, known.stands(in: access, of: name, at: now) { return known }
        return KnownSender(sender.credentials, in: access, of: name, at: now)
    }

    /// Gives the body the read models at a size that includes everything that was committed before the call.
    ///
    /// It is for a look, since it holds up folding and runs beside pushes.
    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (StateFile, LogSize) throws -> Value
    ) async throws -> Value {
        try await readModels.read(atLeast: sequencer.head.size, body)
    }

    /// The read models, at a size that includes everything that was committed before the call.
    ///
    /// They are for what takes longer than a look. Whoever reads them outside of `read` holds up no folding, and gets a
    /// snapshot with a size of its own.
    func stateFile() async throws -> StateFile { try await read { file, _ in file } }

    /// Whether the agenda is in everybody's list, as far as is known.
    var isOpen: Bool { AgendaPart.folded.isOpen(at: sequencer.access.openness) }

    /// Whether anybody may read a part of the agenda; before that is denied, what other processes have written is looked at.
    func opens(_ part: AgendaPart) async -> Bool {
        if part.isOpen(at: sequencer.access.openness) { return true }
        await sequencer.refresh(isUrgent: true)
        return part.isOpen(at: sequencer.access.openness)
    }

    /// What people call the agenda; its name when it has not been founded yet.
    func title() async throws -> String {
        let size = sequencer.head.size
        if let known = knownTitle.withLock({ $0 }), known.size == size { return known.title }
        let (document, folded) = try await read { file, folded in
            (try file.documents(kind: "agenda", after: nil, limit: 1).first?.document, folded)
        }
        let founded = try document.map { try JSONValue(folded: $0) }
        let title = founded?["title"]?.text ?? name.rawValue
        knownTitle.withLock { $0 = (folded, title) }
        return title
    }

    /// Takes what waits into the log, then lets go of the data.
    func close() async throws {
        followers.stop()
        cosignatures.stop()
        await sequencer.shutDown()
        await readModels.stop()
        devicesSeen.write()
        try closeStore()
    }
}
