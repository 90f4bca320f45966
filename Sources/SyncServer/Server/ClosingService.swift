internal import ServiceLifecycle

/// Opens the agendas, and closes them after the last connection has been closed.
struct ClosingService: Service {
    let service: SyncService

    func run() async throws {
        // Beside the first requests: what an interruption left to be cleared away does not wait for somebody to ask.
        async let opened = try? service.registry.all()
        try? await gracefulShutdown()
        service.beginStopping()
        await service.registry.close()
        _ = await opened
    }
}
