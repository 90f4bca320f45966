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

    @Test("A schedule follows from its seed", arguments: [189, 291, 6130, 7425, 8107] as [UInt64])
    func sameAgain(_ seed: UInt64) async {
        let first = await GuardSchedule.run(seed)
        #expect(first.breach == nil)
        for _ in 0..<20 {
            let again = await GuardSchedule.run(seed)
            #expect((again.steps, again.breach) == (first.steps, first.breach))
        }
    }

    @Test("With a guard that is broken on purpose a log forks", arguments: GuardCanary.allCases)
    func broken(_ canary: GuardCanary) async {
        for seed in UInt64(1)...500 where await GuardSchedule.run(seed, canary: canary).breach != nil { return }
        Issue.record("\(canary.rawValue) was not caught")
    }
}
