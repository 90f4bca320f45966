package import AgendaModel
internal import EventLogSQLite
package import SyncProtocol

/// A push answer, checked against what was pushed.
package struct Verdicts: Hashable {
    /// Where own events stand in the log.
    package struct Placed: Hashable {
        package var counters: ClosedRange<Counter>
        /// Of the first.
        package var position: Position
    }

    package struct Refusal: Hashable {
        package var counter: Counter
        var problem: String
        var detail: String
    }

    /// Accepted now or at an earlier push.
    package var placed: [Placed] = []
    package var refusals: [Refusal] = []
    /// The part of `placed` that this push brought into the log, by position.
    var accepted: [Placed] = []
    /// Whether an event was refused because its counter has been used before.
    ///
    /// No replica goes back in its own counters, so somebody else counts for this device. Such events stay pending.
    var isIdentityShared = false

    /// Checks an answer against the counters of what was pushed, which are in the order of the lines.
    ///
    /// Nil when it does not give exactly one verdict to every event.
    package init?(_ answer: PushAnswer, on counters: [Counter]) {
        guard answer.size >= 0 else { return nil }
        var open = Set(counters)
        for (number, verdict) in (answer.accepted + answer.duplicate).enumerated() {
            guard let first = DecimalNumber.parse(verdict.first), let last = DecimalNumber.parse(verdict.last),
                first > 0, first <= last,
                last - first < counters.count, verdict.position >= 0,
                verdict.position <= answer.size - (last - first + 1)
            else { return nil }
            let run = Placed(counters: Counter(first)...Counter(last), position: Position(verdict.position))
            for counter in run.counters {
                guard open.remove(counter) != nil else { return nil }
            }
            placed.append(run)
            if number < answer.accepted.count { accepted.append(run) }
        }
        accepted.sort { $0.position < $1.position }
        placed.sort { $0.counters.lowerBound < $1.counters.lowerBound }
        for rejected in answer.rejected {
            guard (1...counters.count).contains(rejected.line) else { return nil }
            let counter = counters[rejected.line - 1]
            guard rejected.id == nil || rejected.id == counter.description, open.remove(counter) != nil else {
                return nil
            }
            let refusal = Refusal(rejected.problem, of: counter)
            if Self.signsOfSharing.contains(refusal.problem) {
                isIdentityShared = true
            } else {
                refusals.append(refusal)
            }
        }
        guard open.isEmpty else { return nil }
    }

    /// What becomes of an event that did not get through as a request of its own.
    ///
    /// - Parameters:
    ///   - counter: of the event.
    ///   - problem: what the server said; nil when something in between answered in its place.
    ///   - status: of the answer.
    init(of counter: Counter, _ problem: ProblemDetails?, status: Int?) {
        let refusal = problem.map { Refusal($0, of: counter) }
        let words = status.map { " with status \($0)" } ?? ""
        refusals = [
            refusal
                ?? Refusal(
                    counter: counter,
                    problem: Outbox.notLetThrough,
                    detail:
                        "a proxy, a firewall or something else between here and the server refused it\(words); retry it "
                        + "from another network, or correct it"
                )
        ]
    }

    /// That the server takes nothing of a push, and why.
    init(refusing counters: [Counter], _ problem: ProblemDetails) {
        refusals = counters.map { Refusal(problem, of: $0) }
    }

    private static let signsOfSharing = [
        ProblemType.identityReused.rawValue, ProblemType.sequenceNotIncreasing.rawValue,
    ]
}

extension Verdicts.Refusal {
    init(_ details: ProblemDetails, of counter: Counter) {
        self.counter = counter
        problem = details.type.split(separator: "/").last.map(String.init) ?? details.type
        detail = details.detail ?? details.title
    }
}
