package import AgendaModel
package import EventLog
internal import Synchronization

/// A store whose writes fail when a plan says so: before they are applied, or after.
///
/// Reads are passed on.
package final class FaultingLogStore: LogStore {
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

    package var identity: LogIdentity { store.identity }
    private let store: any LogStore
    private let plan: Plan
    private let writes = Mutex(0)

    package init(_ store: any LogStore, plan: Plan) {
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
}

// Reading is the other store's.
extension FaultingLogStore {
    package func head() throws -> EventLog.Head { try store.head() }
    package func segments(_ numbers: Range<Int>) throws -> [Segment] { try store.segments(numbers) }
    package func entries(_ range: Range<Position>) throws -> [UInt8] { try store.entries(range) }
    package func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws { try store.forEachBlock(in: range, body) }
    package func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? { try store.checkpoint(atMost: size) }
    package func size(at moment: Timestamp) throws -> LogSize { try store.size(at: moment) }
    package func run(of source: String, containing counter: Counter) throws -> Run? {
        try store.run(of: source, containing: counter)
    }
    package func lastCounter(of source: String) throws -> Counter? { try store.lastCounter(of: source) }
    package func rejection(of source: String, counter: Counter) throws -> Rejection? {
        try store.rejection(of: source, counter: counter)
    }
    package func lastRejectedCounter(of source: String) throws -> Counter? {
        try store.lastRejectedCounter(of: source)
    }
    package func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)] {
        try store.rejections(after: cursor, limit: limit)
    }
    package func position(ofSubject name: String) throws -> Position? { try store.position(ofSubject: name) }
    package func access() throws -> Access { try store.access() }
    package func invite(hash: Hash) throws -> Invite? { try store.invite(hash: hash) }
}
