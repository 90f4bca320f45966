import Simulation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Simulation")
struct SeedTests {
    /// `AMBIT_SIMULATION_SEED` names one seed, `AMBIT_SIMULATION_SEEDS` how many from 1 on.
    static var seeds: ClosedRange<UInt64> {
        func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }
        if let seed = number("AMBIT_SIMULATION_SEED") { return seed...seed }
        return 1...max(1, number("AMBIT_SIMULATION_SEEDS") ?? 24)
    }

    @Test("Whatever fails, Ambit keeps its promises", arguments: seeds)
    func promises(_ seed: UInt64) async {
        let run = await SeedRun.run(seed)
        let end = run.trace.suffix(20).joined(separator: "\n")
        #expect(run.isSound, "seed \(seed): \(run.breaches) \(run.error ?? "")\n\(end)")
    }

    @Test("Two runs of a seed take the same steps", arguments: [UInt64(1), 2, 3, 5, 8, 13])
    func sameSteps(_ seed: UInt64) async {
        let first = await SeedRun.run(seed)
        let second = await SeedRun.run(seed)
        #expect(first.traceHash == second.traceHash, "seed \(seed)")
        #expect(first.statistics == second.statistics, "seed \(seed)")
    }

    @Test("Seeds meet every sort of fault, and every sort of work")
    func everyFault() async {
        var statistics = Statistics()
        for seed in UInt64(1)...60 {
            statistics.add(await SeedRun.run(seed).statistics)
            if statistics.lacking.isEmpty { return }
        }
        Issue.record("never happened: \(statistics.lacking)")
    }
}
