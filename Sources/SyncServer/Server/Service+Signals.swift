package import Logging
package import ServiceLifecycle
internal import UnixSignals

extension Service {
    /// Runs until it ends, or the process gets SIGTERM or SIGINT.
    ///
    /// - Parameters:
    ///   - deadline: how long it may take to shut down in order; nil for as long as it wants.
    ///   - onHangUp: done for each SIGHUP, one after the other; nil where that ends the process, as usual.
    ///   - logger: of the group that it runs in.
    /// - Throws: what `run` throws, or `ServiceGroupError`.
    package func run(
        untilSignalWithin deadline: Duration?,
        onHangUp: (@Sendable () async -> Void)? = nil,
        logger: Logger
    ) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = deadline
        if let onHangUp {
            // Trapped before anything runs: who is told that it does may send one.
            let signals = await UnixSignalsSequence(trapping: .sighup)
            configuration.services.append(.init(service: HangUpService(signals: signals, body: onHangUp)))
        }
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// Does something for each SIGHUP, until the group that it runs in shuts down.
private struct HangUpService: Service {
    let signals: UnixSignalsSequence
    let body: @Sendable () async -> Void

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() { await body() }
    }
}
