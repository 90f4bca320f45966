package import AgendaModel
package import EventLog
internal import Synchronization

/// A store whose writes fail when a plan says so: before they are applied, or after.
///
/// Reads are passed on.
package final class FaultingLogStore<Base: LogStore>: ForwardingLogStore {
    package enum Fault: Sendable {
        /// The write reports failure and was not applied.
        case before
        /// The write reports failure although it was applied.
        case after
    }

    /// Which of the writes fail; asked once for each, in order.
    package struct Plan: Sendable {
        fileprivate var next: @Sendable (_ write: Int) -> Fault?

        /// One item per write; later writes do not fail.
        package static func script(_ faults: [Fault?]) -> Plan {
            Plan { $0 < faults.count ? faults[$0] : nil }
        }

        /// Each write fails with this probability, half of the time before and half of the time after.
        package static func random(seed: UInt64, probability: Double) -> Plan {
            Plan { write in
                var random = SplitMix64(seed: seed &+ UInt64(write))
                guard random.chance(probability) else { return nil }
                return random.chance(0.5) ? .before : .after
            }
        }
    }

    package let store: Base
    private let plan: Plan
    private let writes = Mutex(0)

    package init(_ store: Base, plan: Plan) {
        self.store = store
        self.plan = plan
    }

    /// How many writes have been asked for, failed ones included.
    package var writeCount: Int { writes.withLock { $0 } }

    private func faulting<Value>(_ write: () throws -> Value) throws -> Value {
        let number = writes.withLock { count in
            defer { count += 1 }
            return count
        }
        let fault = plan.next(number)
        let failure = LogError(.inputOutput, "write \(number) failed, as planned")
        if fault == .before { throw failure }
        let value = try write()
        if fault == .after { throw failure }
        return value
    }

    package func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        try faulting { try store.append(commit, expecting: size) }
    }

    package func seal(_ segment: Segment) throws {
        try faulting { try store.seal(segment) }
    }

    package func add(_ invite: Invite) throws {
        try faulting { try store.add(invite) }
    }

    package func withdrawInvite(hash: Hash) throws -> Bool {
        try faulting { try store.withdrawInvite(hash: hash) }
    }

    package func open(to openness: Openness) throws {
        try faulting { try store.open(to: openness) }
    }
}
