/// The sorts of faults, for counting and for choosing.
enum Fault: String, CaseIterable, Sendable {
    case requestLost = "requests lost"
    case requestDuplicated = "requests duplicated"
    case requestTurnedAway = "requests answered with 503 or 429 on the way"
    case requestOvertaken = "requests overtaken by later ones"
    case answerLost = "answers lost after the server had acted"
    case answerCut = "answers cut in the middle"
    case stall = "stalls until the deadline"
    case serverDown = "requests to a server that was down"
    case serverCrash = "server crashes, nothing being written"
    case serverCrashBeforeWrite = "server crashes before a write"
    case serverCrashAfterWrite = "server crashes after a write that nobody was told of"
    case writeFailed = "server writes that failed"
    case writeFailedAfter = "server writes that failed although applied"
    case diskFull = "server writes without room"
    case laptopKilled = "laptops killed while syncing"
    case laptopCrashBeforeWrite = "laptop crashes before a write"
    case laptopCrashAfterWrite = "laptop crashes after a write"
    case stateLost = "state files deleted"
    case stateDamaged = "state files damaged"
    case clockJump = "clocks that jumped"
    case revocation = "devices revoked"
}

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
            "entries redacted",
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
