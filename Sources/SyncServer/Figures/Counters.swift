internal import AgendaModel
internal import EventLog
internal import Synchronization

/// What the server has done since it started, for `/metrics`.
final class Counters: Sendable {
    struct Request: Hashable, Sendable {
        /// As the table of routes has it; `-` for what is no address.
        var route: String
        var status: Int
    }

    struct Witness: Sendable {
        /// How much of each agenda's log it has cosigned.
        var sizes: [AgendaName: LogSize] = [:]
        var errors = 0
    }

    struct Values: Sendable {
        var requests: [Request: Int] = [:]
        /// By route, in seconds.
        var durations: [String: Histogram] = [:]
        var pushes = 0
        var accepted = 0
        var duplicate = 0
        /// By the type of problem.
        var rejected: [String: Int] = [:]
        var commitSeconds = Histogram(.seconds)
        var commitEntries = Histogram(.counts)
        var pulledBytes = 0
        var followersCutOff = 0
        var upkeepFailures: [UpkeepFailure.Work: Int] = [:]
        /// By the witness's name.
        var witnesses: [String: Witness] = [:]
    }

    private let values = Mutex(Values())

    var current: Values { values.withLock { $0 } }

    func addRequest(_ request: Request, after duration: Duration) {
        values.withLock { values in
            values.requests[request, default: 0] += 1
            values.durations[request.route, default: Histogram(.seconds)].add(duration / .seconds(1))
        }
    }

    func add(_ outcome: PushOutcome) {
        let accepted = outcome.accepted.reduce(0) { $0 + $1.count }
        let duplicate = outcome.duplicate.reduce(0) { $0 + $1.count }
        values.withLock { values in
            values.pushes += 1
            values.accepted += accepted
            values.duplicate += duplicate
            for refusal in outcome.rejected { values.rejected[refusal.problem.code.rawValue, default: 0] += 1 }
        }
    }

    func add(_ commit: CommitMeasure) {
        values.withLock { values in
            values.commitSeconds.add(commit.duration / .seconds(1))
            values.commitEntries.add(Double(commit.entries))
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

    func addCosignature(of witness: String, on agenda: AgendaName, size: LogSize) {
        values.withLock { $0.witnesses[witness, default: Witness()].sizes[agenda] = size }
    }

    func addError(ofWitness witness: String) {
        values.withLock { $0.witnesses[witness, default: Witness()].errors += 1 }
    }
}
