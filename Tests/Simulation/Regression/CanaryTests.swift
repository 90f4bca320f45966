import Simulation
import Testing

@Suite("Canaries")
struct CanaryTests {
    @Test("What is broken on purpose is caught", arguments: Canary.allCases)
    func isCaught(_ canary: Canary) async {
        for seed in UInt64(1)...40 {
            let run = await SeedRun.run(seed, canary: canary)
            if run.breaches.contains(where: { $0.invariant == canary.breaks }) { return }
        }
        Issue.record("\(canary.rawValue) was not caught: \(canary.breaks.rawValue)")
    }

    @Test("There is a canary for every promise")
    func everyPromise() {
        #expect(Set(Canary.allCases.map(\.breaks)) == Set(Invariant.allCases))
    }
}
