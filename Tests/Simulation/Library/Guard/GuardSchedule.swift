internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import Synchronization

/// One log under a writer whose store goes back, whose process ends anywhere, and whose note of what it has shown is lost,
/// cut off or a copy: whatever happens, no size of the log is signed with two roots where anybody can see it.
package struct GuardSchedule: Sendable {
    /// The seed from which everything follows.
    package var seed: UInt64
    /// What was seen to be broken; nil when the promise was kept.
    package var breach: String?
    /// What happened, counted.
    package var counts: [String: Int] = [:]
    /// What happened, in order.
    package var steps: [String] = []

    /// Runs the schedule of a seed.
    ///
    /// - Parameters:
    ///   - seed: from which everything follows.
    ///   - canary: what is broken on purpose, which has to be noticed; nil for nothing.
    /// - Returns: what became of it.
    package static func run(_ seed: UInt64, canary: GuardCanary? = nil) async -> GuardSchedule {
        var schedule = GuardSchedule(seed: seed)
        do {
            let site = try await GuardedSite(seed: seed, canary: canary)
            do {
                try await site.run()
            } catch let breach as GuardedSite.Breach {
                schedule.breach = breach.description
            }
            schedule.counts = site.counts
            schedule.steps = site.steps
        } catch {
            schedule.breach = "the schedule itself failed: \(error)"
        }
        return schedule
    }
}
