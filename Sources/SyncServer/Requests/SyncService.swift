internal import EventLog
internal import Hummingbird
internal import Logging
internal import NIOCore
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
    private let logger: Logger
    private let stopping = Mutex(false)
    private let hasReportedProxy = Mutex(false)

    init(
        source: any AgendaSource,
        options: ServerOptions,
        environment: Sequencer.Environment,
        logger: Logger
    ) {
        self.options = options
        self.logger = logger
        self.environment = environment
        admission = Admission(options.capacity)
        rates = RateLimiter(options.rates, now: environment.elapsed)
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

    /// Finds out whose good token this is, as far as that costs nothing.
    ///
    /// - Parameters:
    ///   - hash: the token's SHA-256.
    ///   - name: the agenda that has to know it; nil for any.
    /// - Returns: nil when it is not good, or when its agenda has not been opened yet.
    func caller(withToken hash: Hash, in name: String?) -> Caller? {
        let agendas = name.map { [registry.opened($0)].compactMap(\.self) } ?? registry.current.open
        return agendas.lazy.compactMap { Visibility.caller(knownBy: $0, token: hash) }.first
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
