internal import AgendaModel
internal import EventLog
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Synchronization

/// What all requests share; its extensions are the handlers of the routes.
///
/// Owned by `AmbitServer`. Its parts guard their own state; what is left is told once, behind a lock each.
final class SyncService: Sendable {
    let options: ServerOptions
    let environment: RuntimeEnvironment
    let registry: AgendaRegistry
    let limiter: ConcurrencyLimiter
    let rates: RateLimiter
    /// In the form of `RemoteAddress.text`.
    let trustedProxies: Set<String>
    let counters = Counters()
    let work: BlockingWork
    /// For what takes much memory, whoever asks for it.
    let longWork: BlockingWork
    let pastStates: PastStates
    private let logger: Logger
    /// Set once, when the server begins to stop.
    private let stopping = Mutex(false)
    private let hasReportedProxy = Mutex(false)

    init(
        source: any AgendaSource,
        options: ServerOptions,
        environment: RuntimeEnvironment,
        logger: Logger
    ) {
        self.options = options
        self.logger = logger
        self.environment = environment
        limiter = ConcurrencyLimiter(options.capacity)
        rates = RateLimiter(options.rates, now: environment.elapsed)
        trustedProxies = Set(options.trustedProxies.compactMap(RemoteAddress.address).map(RemoteAddress.text))
        work = BlockingWork()
        longWork = BlockingWork(oneAtATime: true)
        pastStates = PastStates(on: work)
        registry = AgendaRegistry(
            source: source,
            environment: environment,
            options: options,
            work: work,
            counters: counters,
            logger: logger
        )
    }

    /// By what name the requests of whoever sent this one are counted together.
    func address(of request: Request, peer: SocketAddress?) -> String {
        RemoteAddress.key(peer: peer, request.headers, trusting: trustedProxies) {
            let isFirst = hasReportedProxy.withLock { hasReported in
                defer { hasReported = true }
                return !hasReported
            }
            guard isFirst else { return }
            logger.warning(
                "A trusted proxy's X-Forwarded-For cannot be read; its clients are counted as one. This is said once."
            )
        }
    }

    /// The device that has access to an open agenda with these credentials; nil when there is none.
    ///
    /// Cheap: opens no agenda.
    func caller(_ credentials: Credentials) -> Caller? {
        guard case .token = credentials else { return nil }
        return registry.current.open.lazy.compactMap { Identity(credentials, in: $0.sequencer.access).caller }.first
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
