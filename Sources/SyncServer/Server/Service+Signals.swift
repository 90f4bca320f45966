internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

extension Service {
    /// Runs until it ends, or the process gets SIGTERM or SIGINT.
    ///
    /// - Parameters:
    ///   - deadline: how long it may take to shut down in order; nil for as long as it wants.
    ///   - logger: of the group that it runs in.
    /// - Throws: what `run` throws, or `ServiceGroupError`.
    func run(untilSignalWithin deadline: Duration?, logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = deadline
        try await ServiceGroup(configuration: configuration).run()
    }
}
