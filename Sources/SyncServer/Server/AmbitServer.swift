package import AgendaModel
package import EventLog
internal import Foundation
internal import HTTPTypes
package import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
package import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import SyncProtocol
internal import Synchronization

/// A server for the agendas of one source.
///
///     let server = try AmbitServer(source: folder, options: options, logger: logger)
///     async let port = server.port
///     try await server.runUntilSignal()
package final class AmbitServer: Service {
    private let service: SyncService
    private let options: ServerOptions
    /// nil when it is not served over TLS.
    private let certificate: ServerCertificate?
    private let manager: ServiceManager
    private let logger: Logger
    private let bound = BoundPort()
    private let limits: ConnectionLimits

    /// - Throws: `ServerError` when the certificate or its key cannot be used.
    package init(
        source: any AgendaSource,
        options: ServerOptions = ServerOptions(),
        environment: RuntimeEnvironment = .system,
        logger: Logger
    ) throws {
        self.options = options
        self.logger = logger
        certificate = try options.tls.map { try ServerCertificate($0) }
        manager = ServiceManager(environment: environment.variables)
        limits = options.connections ?? .ofProcess(serving: (try? source.names().count) ?? 1, logger)
        service = SyncService(
            source: source,
            options: options,
            environment: environment,
            logger: logger,
            connections: ConnectionTable(limits),
            certificateExpiry: { [certificate] in certificate?.expiry }
        )
    }

    /// The port that the server listens on, as soon as it does; nil when it stopped before that.
    package var port: Int? {
        get async { await bound.value }
    }

    /// Serves until the surrounding service group shuts down or the task is cancelled.
    ///
    /// Then it takes no new connections, answers what it has begun, ends what waits, and closes the agendas.
    ///
    /// - Throws: `ServerError` when the address cannot be listened on.
    package func run() async throws {
        defer { bound.set(nil) }
        let application = try application()
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: { [service, manager] in
                manager.notify(.stopping)
                service.beginStopping()
            }
        } catch {
            throw ServerError(listening: error, on: "\(options.host):\(options.port)") ?? error
        }
    }

    /// Serves until the process gets SIGTERM or SIGINT; SIGHUP has it `reload`.
    ///
    /// - Parameter settings: how the server is set up from then on; asked at each SIGHUP.
    /// - Throws: as `run`.
    package func runUntilSignal(reloading settings: @escaping @Sendable () throws -> ServerOptions) async throws {
        try await run(
            untilSignalWithin: options.deadlines.shutdown,
            onHangUp: { self.reload(settings) },
            logger: logger
        )
    }

    /// Takes over what may change while the server runs: certificate, rates, the token for metrics, whether pushes are
    /// taken.
    ///
    /// Ends no connection. What cannot be used is said in the log, and changes nothing.
    private func reload(_ settings: () throws -> ServerOptions) {
        manager.notifyReloading()
        defer { manager.notify(.ready) }
        do {
            let new = try settings()
            if let certificate, let files = new.tls { try certificate.load(files) }
            service.adopt(new)
            logger.notice(
                "The settings were read again",
                metadata: certificate?.expiry.map { ["certificate-expires": "\($0)"] }
            )
        } catch {
            logger.error("Nothing was read again; everything stays as it was: \(error)")
        }
    }

    /// The server as a value, for tests that talk to it without a socket.
    package func application() throws -> some ApplicationProtocol {
        Application(
            responder: SyncResponder(service: service),
            server: try channels(),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.pausing)
            ),
            services: [ClosingService(service: service), WatchdogService(manager: manager, work: service.work)],
            onServerRunning: { [bound, manager] channel in
                bound.set(channel.localAddress?.port)
                manager.notify(.ready)
            },
            logger: logger
        )
    }

    /// The writer of an agenda, which is opened if it was not.
    ///
    /// - Throws: `ProblemDetails` when there is no such agenda, or when it cannot be opened.
    package func sequencer(of agenda: String) async throws -> Sequencer {
        try await service.registry.agenda(agenda).sequencer
    }

    /// Lets go of the agendas, of a server that is not run but asked through `application`.
    package func close() async {
        service.beginStopping()
        await service.registry.close()
    }

    private func channels() throws -> HTTPServerBuilder {
        let counters = service.counters
        let proxies = service.trustedProxies
        let plain = HTTPServerBuilder.limited(
            by: service.connections,
            options.deadlines,
            countingAs: { RemoteAddress.key(ofConnection: $0, trusting: proxies) },
            answersOnEventLoop: true,
            onFollowerCutOff: { counters.addFollowerCutOff() }
        )
        guard let certificate else { return plain }
        return try .tls(plain, tlsConfiguration: certificate.configuration)
    }
}
