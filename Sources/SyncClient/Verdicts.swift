internal import SyncProtocol

/// A push answer, checked against what was pushed.
struct Verdicts: Hashable {
    /// Where own events stand in the log.
    struct Placed: Hashable {
        var counters: ClosedRange<Int>
        /// Of the first.
        var position: Int
    }

    struct Refusal: Hashable {
        var counter: Int
        var problem: String
        var detail: String
    }

    /// Accepted now or at an earlier push.
    var placed: [Placed] = []
    var refusals: [Refusal] = []
    /// Whether an event was refused because its counter has been used before.
    ///
    /// No replica goes back in its own counters, so somebody else counts for this device. Such events stay pending.
    var isIdentityShared = false

    /// - Returns: nil when the answer does not give exactly one verdict to every event of the batch.
    init?(_ answer: PushAnswer, on batch: SyncMachine.Batch) {
        guard answer.size >= 0 else { return nil }
        var open = Set(batch.counters)
        for verdict in answer.accepted + answer.duplicate {
            guard let first = Int(verdict.first), let last = Int(verdict.last), first > 0, first <= last,
                last - first < batch.counters.count, verdict.position >= 0,
                verdict.position <= answer.size - (last - first + 1)
            else { return nil }
            for counter in first...last {
                guard open.remove(counter) != nil else { return nil }
            }
            placed.append(Placed(counters: first...last, position: verdict.position))
        }
        placed.sort { $0.counters.lowerBound < $1.counters.lowerBound }
        for rejected in answer.rejected {
            guard (1...batch.counters.count).contains(rejected.line) else { return nil }
            let counter = batch.counters[rejected.line - 1]
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
