internal import AgendaModel
internal import EventLog
internal import Logging
internal import SyncProtocol
internal import Synchronization

/// Owns the agendas that are open, from their opening until `close`.
///
/// Each is opened once, when the server starts or somebody asks for it. One that cannot be opened does not touch the
/// others, and is tried again after a while.
final class AgendaRegistry: Sendable {
    /// How long a failure to open is remembered.
    static let retryInterval = Duration.seconds(5)

    private let source: any AgendaSource
    private let environment: RuntimeEnvironment
    private let options: ServerOptions
    private let work: BlockingWork
    private let heavyWork: HeavyWork
    private let counters: Counters
    private let logger: Logger
    /// Held for look-ups alone, never while an agenda is opened or closed.
    private let state = Mutex(State())

    fileprivate struct State {
        var slots: [AgendaName: Slot] = [:]
        var isClosed = false
    }

    fileprivate enum Slot {
        case open(HostedAgenda)
        case opening(Task<HostedAgenda?, any Error>)
        case failed(ProblemDetails, since: ContinuousClock.Instant)
    }

    init(
        source: any AgendaSource,
        environment: RuntimeEnvironment,
        options: ServerOptions,
        work: BlockingWork,
        heavyWork: HeavyWork,
        counters: Counters,
        logger: Logger
    ) {
        self.source = source
        self.environment = environment
        self.options = options
        self.work = work
        self.heavyWork = heavyWork
        self.counters = counters
        self.logger = logger
    }

    /// The agenda of this name.
    ///
    /// - Throws: `not-found`, or `unavailable` when it cannot be opened.
    func agenda(_ text: String) async throws -> HostedAgenda {
        guard let name = AgendaName(rawValue: text) else { throw Self.notFound }
        return try await agenda(name)
    }

    private func agenda(_ name: AgendaName) async throws -> HostedAgenda {
        let opening: Task<HostedAgenda?, any Error>
        switch try state.withLock({ try $0.slot(name, opening: open) }) {
        case .open(let agenda):
            await agenda.sequencer.refresh()
            return agenda
        case .failed(let problem, _): throw problem
        case .opening(let task): opening = task
        }
        guard let agenda = try await opening.value else { throw Self.notFound }
        return agenda
    }

    /// The agenda of this name if it costs nothing to find it.
    func opened(_ text: String) -> HostedAgenda? {
        guard let name = AgendaName(rawValue: text) else { return nil }
        return state.withLock { state in
            if case .open(let agenda) = state.slots[name] { agenda } else { nil }
        }
    }

    /// All agendas that can be opened, sorted by name.
    func all() async throws -> [HostedAgenda] {
        let source = source
        var agendas: [HostedAgenda] = []
        for name in try await work.run({ try source.names().sorted() }) {
            if let agenda = try? await agenda(name) { agendas.append(agenda) }
        }
        return agendas
    }

    /// The agendas that are open now, and those that could not be opened, each sorted by name.
    var current: (open: [HostedAgenda], failed: [AgendaName]) {
        state.withLock { state in
            var open: [HostedAgenda] = []
            var failed: [AgendaName] = []
            for (name, slot) in state.slots {
                switch slot {
                case .open(let agenda): open.append(agenda)
                case .failed: failed.append(name)
                case .opening: break
                }
            }
            return (open.sorted { $0.name < $1.name }, failed.sorted())
        }
    }

    /// Whether the place where agendas come from can be read.
    func canList() async -> Bool {
        let source = source
        return (try? await work.run { try source.names() }) != nil
    }

    /// Closes all agendas and opens no more.
    func close() async {
        let slots = state.withLock { state in
            state.isClosed = true
            defer { state.slots = [:] }
            return state.slots
        }
        for (name, slot) in slots {
            let agenda: HostedAgenda?
            switch slot {
            case .open(let open): agenda = open
            case .opening(let task): agenda = try? await task.value
            case .failed: agenda = nil
            }
            do { try await agenda?.close() } catch {
                logger.error("An agenda was not closed in order", metadata: ["agenda": "\(name)", "error": "\(error)"])
            }
        }
    }

    private static let notFound = ProblemDetails(.notFound, "There is no agenda of this name.")

    private func open(_ name: AgendaName) -> Task<HostedAgenda?, any Error> {
        Task { [self] in
            do {
                let agenda = try await work.run {
                    [source, environment, options, heavyWork, counters, logger] () -> HostedAgenda? in
                    guard let opened = try source.open(name) else { return nil }
                    do {
                        return try HostedAgenda(
                            name,
                            opened,
                            options: options,
                            environment: environment,
                            heavyWork: heavyWork,
                            counters: counters,
                            logger: logger
                        )
                    } catch {
                        try? opened.close()
                        throw error
                    }
                }
                state.withLock { $0.opened(name, agenda) }
                return agenda
            } catch {
                logger.error("An agenda cannot be opened", metadata: ["agenda": "\(name)", "error": "\(error)"])
                let problem = ProblemDetails(openingFailedWith: error)
                state.withLock { $0.slots[name] = .failed(problem, since: .now) }
                throw problem
            }
        }
    }
}

extension AgendaRegistry.State {
    fileprivate mutating func slot(
        _ name: AgendaName,
        opening: (AgendaName) -> Task<HostedAgenda?, any Error>
    ) throws -> AgendaRegistry.Slot {
        guard !isClosed else { throw ProblemDetails(.busy, "The server is stopping.") }
        switch slots[name] {
        case .failed(_, let since)? where since.duration(to: .now) > AgendaRegistry.retryInterval: break
        case let slot?: return slot
        case nil: break
        }
        let slot = AgendaRegistry.Slot.opening(opening(name))
        slots[name] = slot
        return slot
    }

    /// A name without an agenda is forgotten: it may get one.
    fileprivate mutating func opened(_ name: AgendaName, _ agenda: HostedAgenda?) {
        guard !isClosed else { return }
        slots[name] = agenda.map { .open($0) }
    }
}
