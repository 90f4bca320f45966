import Simulation
import Testing

/// A few canaries; all of them run in release.
///
/// These show in a debug build that the checks are at work.
@Suite("Canaries")
struct CanaryTests {
    @Test(
        "What is broken on purpose is caught",
        arguments: [Canary.doublesBatch, .dropsPending, .foldsWrong, .flipsByte]
    )
    func isCaught(_ canary: Canary) async {
        let run = await CanaryRun.run(canary)
        #expect(run.caughtBy != nil, "\(canary.rawValue) was not caught: \(canary.breaks.rawValue)")
    }

    @Test("There is a canary for every promise")
    func everyPromise() {
        #expect(Set(Canary.allCases.map(\.breaks)) == Set(Invariant.allCases))
    }
}
