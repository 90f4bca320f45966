internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Tells a service manager that the server is alive, after each part that serves requests has answered.
struct WatchdogService: Service {
    let manager: ServiceManager
    let work: BlockingWork

    func run() async throws {
        if let timeout = manager.watchdogTimeout {
            await cancelWhenGracefulShutdown {
                // Twice as often as needed, as sd_watchdog_enabled(3) recommends.
                while (try? await Task.sleep(for: timeout / 2)) != nil {
                    if await isAlive() { manager.notify(.alive) }
                }
            }
        }
        try? await gracefulShutdown()
    }

    /// Does not return while a thread that serves requests hangs.
    private func isAlive() async -> Bool {
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            guard (try? await loop.submit {}.get()) != nil else { return false }
        }
        return (try? await work.run {}) != nil
    }
}
