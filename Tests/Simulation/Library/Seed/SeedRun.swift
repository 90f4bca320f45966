internal import FoundationEssentials

/// One seed: what became of it.
package struct SeedRun: Sendable {
    /// The seed.
    package var seed: UInt64
    /// What was broken; empty when all promises were kept.
    package var breaches: [Breach] = []
    /// What went wrong with the simulation itself.
    package var error: String?
    /// What happened, counted.
    package var statistics = Statistics()
    /// The last steps.
    package var trace: [String] = []
    /// The same for every run of the seed.
    package var traceHash: UInt64 = 0

    /// Whether every promise was kept.
    package var isSound: Bool { breaches.isEmpty && error == nil }

    /// Runs the world of a seed.
    ///
    /// - Parameters:
    ///   - seed: from which everything follows.
    ///   - making: makes the sort of store that servers have; nil for one in memory alone.
    ///   - canary: what is broken on purpose.
    ///   - listener: gets every step as it happens, in words.
    /// - Returns: what became of it.
    package static func run(
        _ seed: UInt64,
        on making: StoreMaking? = nil,
        canary: Canary? = nil,
        listener: (@Sendable (String) -> Void)? = nil
    ) async -> SeedRun {
        var run = SeedRun(seed: seed)
        do {
            let world = try await World(seed: seed, in: folder(), on: making, canary: canary, listener: listener)
            do { try await world.run() } catch { run.error = "\(error)" }
            await world.close()
            run.breaches = world.model.breaches
            run.statistics = world.statistics
            run.trace = world.trace.end
            run.traceHash = world.trace.hash
        } catch {
            run.error = "\(error)"
        }
        run.statistics.seeds = 1
        return run
    }

    /// In memory where the system has such a place: a seed writes often, and no power cut is waited for.
    private static func folder() -> String {
        let memory = "/dev/shm"
        let isThere = FileManager.default.isWritableFile(atPath: memory)
        let place = isThere ? memory : FileManager.default.temporaryDirectory.path
        return "\(place)/ambit-simulation-\(UInt64.random(in: .min ... .max))"
    }
}
