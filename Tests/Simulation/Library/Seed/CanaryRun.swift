/// One canary, run over seeds until its broken promise is noticed.
package struct CanaryRun: Sendable {
    /// What was broken on purpose.
    package var canary: Canary
    /// The first seed in which the promise that the canary breaks was seen to be broken; nil: none of them.
    package var caughtBy: UInt64?

    /// Seeds that suffice for every canary.
    package static let seeds: ClosedRange<UInt64> = 1...40

    /// Runs seeds with something broken, until that is noticed.
    ///
    /// - Parameters:
    ///   - canary: what is broken on purpose.
    ///   - seeds: which ones, in order.
    /// - Returns: whether and where it was noticed.
    package static func run(_ canary: Canary, seeds: ClosedRange<UInt64> = seeds) async -> CanaryRun {
        for seed in seeds {
            let run = await SeedRun.run(seed, canary: canary)
            if run.breaches.contains(where: { $0.invariant == canary.breaks }) {
                return CanaryRun(canary: canary, caughtBy: seed)
            }
        }
        return CanaryRun(canary: canary, caughtBy: nil)
    }
}
