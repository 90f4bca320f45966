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
    private let tls: TLSConfiguration?
    private let logger: Logger
    private let bound = BoundPort()

    /// - Throws: `ServerError` when the certificate or its key cannot be used.
    package init(
        source: any AgendaSource,
        options: ServerOptions = ServerOptions(),
        environment: RuntimeEnvironment = .system,
        logger: Logger
    ) throws {
        self.options = options
        self.logger = logger
        tls = try options.tls.map { try TLSConfiguration(files: $0) }
        service = SyncService(source: source, options: options, environment: environment, logger: logger)
    }

    /// The port that the server listens on, as soon as it does; nil when it stopped before that.
    package var port: Int? {
        get async { await bound.value }
    }

    /// Serves until the surrounding service group shuts down or the task is cancelled: then takes no new connections,
    /// answers what it has begun, ends what waits, and closes the agendas.
    ///
    /// - Throws: `ServerError` when the address cannot be listened on.
    package func run() async throws {
        defer { bound.set(nil) }
        let application = try application()
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: { [service] in
                service.beginStopping()
            }
        } catch let error as IOError {
            let address = "\(options.host):\(options.port)"
            throw ServerError(
                "The server cannot listen on \(address) (\(String(cString: strerror(error.errnoCode)))). "
                    + "Choose another address or port."
            )
        }
    }

    /// Serves until the process gets SIGTERM or SIGINT.
    package func runUntilSignal() async throws {
        try await run(untilSignalWithin: options.deadlines.shutdown, logger: logger)
    }

    /// The server as a value, for tests that talk to it without a socket.
    package func application() throws -> some ApplicationProtocol {
        Application(
            responder: SyncResponder(service: service),
            server: try channels(),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                serverName: nil
            ),
            services: [ClosingService(service: service)],
            onServerRunning: { [bound] channel in bound.set(channel.localAddress?.port) },
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
        let deadlines = options.deadlines
        let counters = service.counters
        let plain = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [
                    UnreadableRequestHandler(), DepartureHandler(),
                    StalledConnectionHandler(deadline: deadlines.idle, streamDeadline: deadlines.stream) {
                        counters.addFollowerCutOff()
                    },
                ],
                idleTimeout: TimeAmount(deadlines.idle),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: ServerOptions.requestHead,
                    maxHeaderListSize: ServerOptions.requestHead,
                    maxHeaderFieldCount: ServerOptions.headerFields
                )
            )
        )
        guard let tls else { return plain }
        return try .tls(plain, tlsConfiguration: tls)
    }
}
