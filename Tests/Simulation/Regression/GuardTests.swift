import Simulation
import Testing

/// A few schedules; 10,000 of them run in release.
@Suite("The guard of a log")
struct GuardTests {
    @Test("Whatever goes back, is cut off or copied, no size is shown with two roots")
    func oneHistory() async {
        for seed in UInt64(1)...150 {
            let schedule = await GuardSchedule.run(seed)
            #expect(schedule.breach == nil, "schedule \(seed):\n\(schedule.steps.joined(separator: "\n"))")
        }
    }

    @Test("Without the guard a log forks")
    func withoutGuard() async {
        for seed in UInt64(1)...100 where await GuardSchedule.run(seed, isGuarded: false).breach != nil { return }
        Issue.record("the guard was switched off, and nothing forked")
    }
}
