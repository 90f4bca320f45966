import Foundation
import Testing

@testable import Simulation

@Suite("Simulation")
struct SeedTests {
    @Test("Two runs of a seed are the same, step by step", arguments: [UInt64(1), 2, 3])
    func sameSteps(_ seed: UInt64) async {
        let first = await SeedRun.run(seed)
        let second = await SeedRun.run(seed)
        #expect(first.traceHash == second.traceHash, "seed \(seed)")
        #expect(first.statistics == second.statistics, "seed \(seed)")
    }
}
