package import SyncProtocol

/// A push answer, checked against what was pushed.
package struct Verdicts: Hashable {
    /// Where own events stand in the log.
    package struct Placed: Hashable {
        package var counters: ClosedRange<Int>
        /// Of the first.
        package var position: Int
    }

    package struct Refusal: Hashable {
        package var counter: Int
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
    package init?(_ answer: PushAnswer, on counters: [Int]) {
        guard answer.size >= 0 else { return nil }
        var open = Set(counters)
        for (number, verdict) in (answer.accepted + answer.duplicate).enumerated() {
            guard let first = DecimalNumber.parse(verdict.first), let last = DecimalNumber.parse(verdict.last),
                first > 0, first <= last,
                last - first < counters.count, verdict.position >= 0,
                verdict.position <= answer.size - (last - first + 1)
            else { return nil }
            for counter in first...last {
                guard open.remove(counter) != nil else { return nil }
            }
            let run = Placed(counters: first...last, position: verdict.position)
            placed.append(run)
            if number < answer.accepted.count { accepted.append(run) }
        }
        accepted.sort { $0.position < $1.position }
        placed.sort { $0.counters.lowerBound < $1.counters.lowerBound }
        for rejected in answer.rejected {
            guard (1...counters.count).contains(rejected.line) else { return nil }
            let counter = counters[rejected.line - 1]
            guard rejected.id == nil || rejected.id == String(counter), open.remove(counter) != nil else { return nil }
            let refusal = Refusal(rejected.problem, of: counter)
            if Self.signsOfSharing.contains(refusal.problem) {
                isIdentityShared = true
            } else {
                refusals.append(refusal)
            }
        }
        guard open.isEmpty else { return nil }
    }

    private static let signsOfSharing = [
        ProblemType.identityReused.rawValue, ProblemType.sequenceNotIncreasing.rawValue,
    ]
}

extension Verdicts.Refusal {
    init(_ details: ProblemDetails, of counter: Int) {
        self.counter = counter
        problem = details.type.split(separator: "/").last.map(String.init) ?? details.type
        detail = details.detail ?? details.title
    }
}
