/// What happened in a run, counted.
package struct Statistics: Hashable, Sendable {
    /// Seeds that were run.
    package var seeds = 0
    /// Choices that the seeds made.
    package var steps = 0
    /// By name.
    package var counts: [String: Int] = [:]
    /// Faults, by name.
    package var faults: [String: Int] = [:]

    package init() {}

    /// What has not happened: there are few seeds of which that can be said for long.
    package var lacking: [String] {
        let work = [
            "events recorded", "events refused", "events discarded", "conflicts settled", "events imported",
            "entries redacted", "laptops invited again", "repairs by laptops", "repairs by those who run the servers",
            "losses accepted", "clocks accepted",
        ]
        return Fault.allCases.map(\.rawValue).filter { faults[$0] == nil } + work.filter { counts[$0] == nil }
    }

    mutating func count(_ fault: Fault) { faults[fault.rawValue, default: 0] += 1 }
    mutating func count(_ name: String, _ amount: Int = 1) { counts[name, default: 0] += amount }

    /// Adds another run's.
    package mutating func add(_ other: Statistics) {
        seeds += other.seeds
        steps += other.steps
        counts.merge(other.counts, uniquingKeysWith: +)
        faults.merge(other.faults, uniquingKeysWith: +)
    }
}
