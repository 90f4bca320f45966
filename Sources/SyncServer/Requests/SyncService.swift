internal import AgendaModel
internal import AgendaPages
internal import EventLog
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Projections
internal import Synchronization

/// What all requests share; its extensions are the handlers of the routes.
///
/// Owned by `AmbitServer`. Its parts guard their own state; what is left is told once, behind a lock each.
final class SyncService: Sendable {
    let options: ServerOptions
    let contents: FixedContents
    let environment: RuntimeEnvironment
    let registry: AgendaRegistry
    let limiter: ConcurrencyLimiter
    let rates: RateLimiter
    /// In the form of `RemoteAddress.text`.
    let trustedProxies: Set<String>
    let counters = Counters()
    let work: BlockingWork
    /// For what takes much of a processor, or much memory, whoever asks for it.
    let heavyWork = HeavyWork()
    let bundles = CompressedBundles()
    let pastStates: PastStates
    let computingProgress = SharedWork<ProgressReaders, (size: LogSize, items: [Progress])>()
    /// What pages of the past are made of.
    let pasts = PastAgendas()
    let foldingPasts = SharedWork<PastPlace, PastAgenda>()
    /// Reading what pages have to know of all documents at once.
    let readingFacts = SharedWork<AgendaName, AgendaFacts>()
    let slowVisitors: SlowVisitors
    /// Of the agendas whose pages were asked for.
    private let factsOfAgendas = Mutex<[AgendaName: FactsCache]>([:])
    /// Looking at all agendas for whoever runs the server; beside all heavy work.
    let looking = HeavyWork(width: 1)
    /// By whether all agendas may be named.
    let writingMetrics = SharedWork<Bool, [UInt8]>()
    /// By whether pushes are taken at all.
    let findingReadiness = SharedWork<Bool, Readiness?>()
    let connections: ConnectionTable
    let log: Logger
    /// When the server's certificate ends; nil when it has none.
    let certificateExpiry: @Sendable () -> Timestamp?
    let refusals: RefusalLogRate
    /// What may change while the server runs; replaced as a whole by `adopt`.
    private let changing: Mutex<Changing>
    /// Set once, when the server begins to stop.
    private let stopping = Mutex(false)
    private let hasReportedProxy = Mutex(false)

    struct Changing: Sendable {
        /// SHA-256 of the token that lets metrics name every agenda; nil when there is none.
        var metricsToken: Hash?
        /// Whether anything but giving back lost entries may write.
        var takesPushes: Bool

        init(_ options: ServerOptions) {
            metricsToken = options.metricsToken
            takesPushes = options.takesPushes
        }
    }

    init(
        source: any AgendaSource,
        options: ServerOptions,
        environment: RuntimeEnvironment,
        logger: Logger,
        connections: ConnectionTable = ConnectionTable(ConnectionLimits(all: .max, each: .max)),
        certificateExpiry: @escaping @Sendable () -> Timestamp? = { nil }
    ) {
        self.options = options
        contents = FixedContents(options)
        self.connections = connections
        log = logger
        changing = Mutex(Changing(options))
        self.certificateExpiry = certificateExpiry
        refusals = RefusalLogRate(now: environment.elapsed)
        self.environment = environment
        limiter = ConcurrencyLimiter(options.capacity, now: environment.elapsed, sleeping: environment.sleep)
        rates = RateLimiter(options.rates, now: environment.elapsed)
        slowVisitors = SlowVisitors(now: environment.elapsed)
        trustedProxies = Set(options.trustedProxies.compactMap(RemoteAddress.address).map(RemoteAddress.text))
        work = BlockingWork()
        pastStates = PastStates(heavyWork: heavyWork)
        registry = AgendaRegistry(
            source: source,
            environment: environment,
            options: options,
            work: work,
            heavyWork: heavyWork,
            counters: counters,
            logger: logger
        )
    }

    /// What pages of an agenda have to know of all its documents, as far as it has been read.
    func facts(of agenda: AgendaName) -> FactsCache {
        factsOfAgendas.withLock { kept in
            let cache = kept[agenda] ?? FactsCache()
            kept[agenda] = cache
            return cache
        }
    }

    /// Lets go of a log's past that was folded before an entry was erased.
    func forgetPast(of origin: String, but erasureMark: Int) {
        pastStates.forget(origin, but: erasureMark)
        pasts.forget(origin, but: erasureMark)
    }

    /// By what name the requests of whoever sent this one are counted together.
    func address(of request: Request, peer: SocketAddress?) -> String {
        RemoteAddress.key(peer: peer, request.headers, trusting: trustedProxies) {
            let isFirst = hasReportedProxy.withLock { hasReported in
                defer { hasReported = true }
                return !hasReported
            }
            guard isFirst else { return }
            log.warning(
                "A trusted proxy's X-Forwarded-For cannot be read; its clients are counted as one. This is said once."
            )
        }
    }

    /// Whom the sender of a request is taken for, as far as that is known already.
    ///
    /// The agenda says so that the request is about. Where that is the server as a whole, any agenda does that lets the
    /// device in. Costs next to nothing: opens no agenda, and asks no writer whether another process has changed who has access.
    ///
    /// - Parameters:
    ///   - sender: with what was found before, if anything was.
    ///   - place: what the path of the request stands for; nil when for nothing.
    /// - Returns: what is known; nil when no agenda that is open says anything.
    func known(_ sender: RequestSender, at place: RouteTable.Address?) -> KnownSender? {
        if let name = place?.parameters.agenda { return registry.opened(name)?.known(sender) }
        if let known = sender.known { return known }
        guard case .token = sender.credentials else { return nil }
        return registry.current.open.lazy.map { $0.known(sender) }.first { $0.identity.caller != nil }
    }

    /// How the server is set up at the moment, as far as that may change.
    var current: Changing { changing.withLock { $0 } }

    /// Goes on with other options, as far as they may change.
    func adopt(_ options: ServerOptions) {
        changing.withLock { $0 = Changing(options) }
        rates.adopt(options.rates)
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
