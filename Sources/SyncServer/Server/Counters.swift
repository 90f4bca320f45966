internal import AgendaModel
internal import EventLog
internal import Synchronization

/// What the server has done since it started, for `/metrics`.
final class Counters: Sendable {
    struct Values: Sendable {
        var requests: [Int: Int] = [:]
        var pushes = 0
        var accepted = 0
        var duplicate = 0
        var rejected = 0
        var pulledBytes = 0
        var busy = 0
        var followersCutOff = 0
        var limited = 0
        var upkeepFailures: [UpkeepFailure.Work: Int] = [:]
    }

    private let values = Mutex(Values())

    var current: Values { values.withLock { $0 } }

    func addRequest(status: Int) {
        values.withLock { values in
            values.requests[status / 100, default: 0] += 1
            if status == 503 { values.busy += 1 }
            if status == 429 { values.limited += 1 }
        }
    }

    func add(_ outcome: PushOutcome) {
        let accepted = outcome.accepted.reduce(0) { $0 + $1.count }
        let duplicate = outcome.duplicate.reduce(0) { $0 + $1.count }
        values.withLock { values in
            values.pushes += 1
            values.accepted += accepted
            values.duplicate += duplicate
            values.rejected += outcome.rejected.count
        }
    }

    func addFollowerCutOff() {
        values.withLock { $0.followersCutOff += 1 }
    }

    func addUpkeepFailure(_ work: UpkeepFailure.Work) {
        values.withLock { $0.upkeepFailures[work, default: 0] += 1 }
    }

    func addPulled(bytes: Int) {
        values.withLock { $0.pulledBytes += bytes }
    }
}
