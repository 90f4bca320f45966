internal import EventLog
internal import Logging
internal import Synchronization

/// What all requests share.
final class SyncService: Sendable {
    let options: ServerOptions
    let environment: Sequencer.Environment
    let registry: AgendaRegistry
    let admission: Admission
    let rates: RateLimiter
    /// In the form of `RemoteAddress.text`.
    let trustedProxies: Set<String>
    let counters = Counters()
    let work: BlockingWork
    /// For what takes much memory, whoever asks for it.
    let longWork: BlockingWork
    let pastStates = PastStates()
    private let stopping = Mutex(false)

    init(
        source: any AgendaSource,
        options: ServerOptions,
        environment: Sequencer.Environment,
        logger: Logger
    ) {
        self.options = options
        self.environment = environment
        admission = Admission(options.capacity)
        rates = RateLimiter(options.rates, now: environment.now)
        trustedProxies = Set(options.trustedProxies.compactMap(RemoteAddress.address).map(RemoteAddress.text))
        work = BlockingWork()
        longWork = BlockingWork(oneAtATime: true)
        registry = AgendaRegistry(
            source: source,
            environment: environment,
            rates: rates,
            witnesses: options.witnesses,
            work: work,
            logger: logger
        )
    }

    var isStopping: Bool { stopping.withLock { $0 } }

    /// Ends everything that waits for something to happen, now and later.
    func beginStopping() {
        stopping.withLock { $0 = true }
        for agenda in registry.current.open {
            agenda.followers.stop()
            agenda.cosignatures.stop()
        }
    }
}
