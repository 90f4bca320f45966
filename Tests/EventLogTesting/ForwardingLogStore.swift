package import AgendaModel
package import EventLog

/// A store that passes everything on to another one: what a store under test changes is all that it writes itself.
package protocol ForwardingLogStore: LogStore {
    associatedtype Base: LogStore

    /// Where everything goes.
    var store: Base { get }
}

extension ForwardingLogStore {
    package var identity: LogIdentity { store.identity }

    // Writing.
    package func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        try store.append(commit, expecting: size)
    }
    package func seal(_ segment: Segment) throws { try store.seal(segment) }
    package func scrub() throws -> Bool { try store.scrub() }
    package func add(_ invite: Invite) throws { try store.add(invite) }
    package func withdrawInvite(hash: Hash) throws -> Bool { try store.withdrawInvite(hash: hash) }
    package func open(to openness: Openness) throws { try store.open(to: openness) }

    // Reading. The roots of segments come from `segments`, so that a store that changes those changes them too.
    package func head() throws -> LogHead { try store.head() }
    package func segments(_ numbers: Range<Int>) throws -> [Segment] { try store.segments(numbers) }
    package func entries(_ range: Range<Position>) throws -> [UInt8] { try store.entries(range) }
    package func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        try store.forEachBlock(in: range, body)
    }
    package func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? { try store.checkpoint(atMost: size) }
    package func size(at moment: Timestamp) throws -> LogSize { try store.size(at: moment) }
    package func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun? {
        try store.run(of: source, upTo: counter)
    }
    package func run(of source: EventSource, after counter: Counter) throws -> CounterRun? {
        try store.run(of: source, after: counter)
    }
    package func lastCounter(of source: EventSource) throws -> Counter? { try store.lastCounter(of: source) }
    package func rejection(of source: EventSource, counter: Counter) throws -> Rejection? {
        try store.rejection(of: source, counter: counter)
    }
    package func lastRejectedCounter(of source: EventSource) throws -> Counter? {
        try store.lastRejectedCounter(of: source)
    }
    package func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)] {
        try store.rejections(after: cursor, limit: limit)
    }
    package func position(ofSubject name: String) throws -> Position? { try store.position(ofSubject: name) }
    package func access() throws -> Access { try store.access() }
    package func accessVersion() throws -> Int { try store.accessVersion() }
    package func invite(hash: Hash) throws -> Invite? { try store.invite(hash: hash) }
    package func invites() throws -> [Invite] { try store.invites() }
}
