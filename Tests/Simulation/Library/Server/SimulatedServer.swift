internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import HTTPTypes
internal import Hummingbird
internal import LogClient
internal import Logging
internal import NIOCore
internal import NIOEmbedded
internal import SyncClient
internal import SyncServer
internal import Synchronization

/// An answer, whole.
struct Answer: Sendable {
    var status: Int
    /// By lowercase name.
    var headers: [String: String]
    var body: [UInt8]
}

/// One life of a server: the real one, asked without a socket.
final class SimulatedServer: Sendable {
    static let agenda: AgendaName = "proef"

    let number: Int
    let store: GatedStore
    let sequencer: Sequencer
    private let ambit: AmbitServer
    private let respond: @Sendable (Request) async throws -> Response
    private let scheduler: Scheduler
    // Requests that it works on.
    private let open = Mutex<Set<Int>>([])

    /// Starts a server on a disk.
    init(
        _ number: Int,
        on disk: SimulatedDisk,
        seen: SeenInMemory,
        statePath: String,
        acceptsClock: Bool,
        environment: RuntimeEnvironment,
        scheduler: Scheduler
    ) async throws {
        self.number = number
        self.scheduler = scheduler
        store = GatedStore(disk, scheduler: scheduler)
        let source = Source(store: store, key: disk.key, seen: seen, statePath: statePath)
        var logger = Logger(label: "simulation")
        logger.logLevel = .critical
        var options = ServerOptions()
        options.acceptsClock = acceptsClock
        ambit = try AmbitServer(source: source, options: options, environment: environment, logger: logger)
        respond = try await Self.responder(of: try ambit.application(), logger)
        sequencer = try await ambit.sequencer(of: Self.agenda.rawValue)
        sequencer.observeLoad { scheduler.note() }
    }

    private static func responder<App: ApplicationProtocol>(
        of application: App,
        _ logger: Logger
    ) async throws -> @Sendable (Request) async throws -> Response {
        let responder = try await application.responder
        let channel = NIOAsyncTestingChannel()
        // As the server's own HTTP would: each request has a number, here always the same.
        var logger = logger
        logger[metadataKey: "hb.request.id"] = "1"
        let named = logger
        return { request in
            let source = ApplicationRequestContextSource(channel: channel, logger: named)
            return try await responder.respond(to: request, context: App.Context(source: source))
        }
    }

    /// Works on a request; the scheduler gets the answer.
    func take(_ request: TransportRequest, number: Int) {
        open.withLock { _ = $0.insert(number) }
        Task { [self] in
            scheduler.post(await answer(request), to: number)
            open.withLock { _ = $0.remove(number) }
            scheduler.note()
        }
    }

    /// Answers a request.
    func answer(_ request: TransportRequest) async -> Answer {
        var fields = HTTPFields()
        for (name, value) in request.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        fields[.contentLength] = String(request.body.count)
        let head = HTTPRequest(
            method: HTTPRequest.Method(request.method) ?? .get,
            scheme: "https",
            authority: "test.example",
            path: "/v1/agendas/\(Self.agenda)\(request.path)",
            headerFields: fields
        )
        let collector = BodyCollector()
        do {
            let body = RequestBody(buffer: ByteBuffer(bytes: request.body))
            let response = try await respond(Request(head: head, body: body))
            try await response.body.write(collector)
            var headers: [String: String] = [:]
            for field in response.headers { headers[field.name.canonicalName] = field.value }
            return Answer(status: response.status.code, headers: headers, body: collector.bytes)
        } catch {
            return Answer(status: 500, headers: ["content-type": "text/plain"], body: Array("\(error)".utf8))
        }
    }

    /// Whether it does nothing: everything that was asked of it is answered, or waits behind a write at the gate.
    var isQuiet: Bool {
        let isGated = store.waitingWrite != nil
        let load = sequencer.load
        let count = open.withLock { $0.count }
        return isGated ? count == load.unanswered : count == 0 && !load.isWorking
    }

    /// The requests that it works on, in order.
    var openRequests: [Int] { open.withLock { $0.sorted() } }

    /// The process ends; returns when nothing of it moves any more.
    func end(applying: Bool) async {
        store.die(applying: applying)
        while case let version = scheduler.present.version, !isQuiet { await scheduler.change(since: version) }
        await ambit.close()
    }
}

/// The one agenda there is.
private struct Source: AgendaSource {
    let store: GatedStore
    let key: LogKey
    let seen: SeenInMemory
    let statePath: String

    func names() -> [AgendaName] { [SimulatedServer.agenda] }

    func open(_ name: AgendaName) -> OpenedAgenda? {
        name == SimulatedServer.agenda ? OpenedAgenda(store: store, key: key, seen: seen, statePath: statePath) : nil
    }
}

/// Puts an answer's body together.
private final class BodyCollector: ResponseBodyWriter, Sendable {
    private let collected = Mutex<[UInt8]>([])

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        collected.withLock { $0 += buffer.readableBytesView }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
