internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import Synchronization

/// What a server's disk holds: a store in memory, and beside it the one that is tested, if any, which has to give the same
/// answers.
///
/// A copy of it is cheap: what was written to it makes the tested store of the copy when somebody uses that.
final class TwinStore: LogStore {
    private enum Write: Sendable {
        case append(Commit, LogSize)
        case seal(Segment)
        case add(Invite)
        case withdraw(Hash)
        case open(Openness)
    }

    private struct State {
        var other: (any LogStore)?
        /// Everything that made the store what it is; empty where none is tested.
        var writes: [Write] = []
    }

    let memory: InMemoryLogStore
    private let tested: TestedStore?
    /// Held while both are asked: what one writes, the other has before anybody asks again.
    private let state: Mutex<State>

    convenience init(_ memory: InMemoryLogStore, tested: TestedStore? = nil) {
        self.init(memory, tested, State())
    }

    private init(_ memory: InMemoryLogStore, _ tested: TestedStore?, _ state: sending State) {
        self.memory = memory
        self.tested = tested
        self.state = Mutex(state)
    }

    /// A store of its own with what this one holds now.
    func copy() -> TwinStore {
        state.withLock { TwinStore(memory.copy(), tested, State(writes: $0.writes)) }
    }

    var identity: LogIdentity { memory.identity }

    // MARK: - Writing

    func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        try both("append", { try $0.append(commit, expecting: size) }) {
            $0 == .committed ? .append(commit, size) : nil
        }
    }

    func seal(_ segment: Segment) throws {
        _ = try both(
            "seal",
            {
                try $0.seal(segment); return true
            }
        ) { _ in .seal(segment) }
    }

    func scrub() throws -> Bool {
        // When there is anything to clear away is the store's own matter.
        try state.withLock { state in
            guard let other = try other(&state) else { return try memory.scrub() }
            return try other.scrub()
        }
    }

    func add(_ invite: Invite) throws {
        _ = try both(
            "add",
            {
                try $0.add(invite); return true
            }
        ) { _ in .add(invite) }
    }

    func withdrawInvite(hash: Hash) throws -> Bool {
        try both("withdrawInvite", { try $0.withdrawInvite(hash: hash) }) { _ in .withdraw(hash) }
    }

    func open(to openness: Openness) throws {
        _ = try both(
            "open",
            {
                try $0.open(to: openness); return true
            }
        ) { _ in .open(openness) }
    }

    // MARK: - Reading

    func head() throws -> LogHead { try both("head") { ComparedHead(head: try $0.head()) }.head }
    func segments(_ numbers: Range<Int>) throws -> [Segment] { try both("segments") { try $0.segments(numbers) } }
    func segmentRoots(_ numbers: Range<Int>) throws -> [Hash] {
        try both("segmentRoots") { try $0.segmentRoots(numbers) }
    }
    func entries(_ range: Range<Position>) throws -> [UInt8] { try both("entries") { try $0.entries(range) } }
    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        struct Block {
            var first: Position
            var count: Int
            var entries: [UInt8]
        }
        // How entries are put together in blocks is the store's own matter.
        let blocks = try state.withLock { state in
            var blocks: [Block] = []
            let store = try other(&state) ?? memory
            try store.forEachBlock(in: range) { first, count, entries in
                blocks.append(Block(first: first, count: count, entries: Array(entries)))
            }
            if tested != nil, try blocks.flatMap(\.entries) != memory.entries(range) {
                tested?.differs("forEachBlock: other entries in \(range)")
            }
            return blocks
        }
        for block in blocks {
            try block.entries.withUnsafeBufferPointer { try body(block.first, block.count, $0) }
        }
    }
    func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? {
        try both("checkpoint") { try $0.checkpoint(atMost: size) }
    }
    func size(at moment: Timestamp) throws -> LogSize { try both("size") { try $0.size(at: moment) } }
    func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun? {
        try both("run up to") { try $0.run(of: source, upTo: counter) }
    }
    func run(of source: EventSource, after counter: Counter) throws -> CounterRun? {
        try both("run after") { try $0.run(of: source, after: counter) }
    }
    func lastCounter(of source: EventSource) throws -> Counter? {
        try both("lastCounter") { try $0.lastCounter(of: source) }
    }
    func rejection(of source: EventSource, counter: Counter) throws -> Rejection? {
        try both("rejection") { try $0.rejection(of: source, counter: counter) }
    }
    func lastRejectedCounter(of source: EventSource) throws -> Counter? {
        try both("lastRejectedCounter") { try $0.lastRejectedCounter(of: source) }
    }
    func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)] {
        // What a cursor counts is the store's own matter.
        try state.withLock { state in
            try (other(&state) ?? memory).rejections(after: cursor, limit: limit)
        }
    }
    func position(ofSubject name: String) throws -> Position? {
        try both("position") { try $0.position(ofSubject: name) }
    }
    func access() throws -> Access { try both("access") { try $0.access() } }
    func accessVersion() throws -> Int {
        // What it counts is the store's own matter.
        try state.withLock { state in try (other(&state) ?? memory).accessVersion() }
    }
    func invite(hash: Hash) throws -> Invite? { try both("invite") { try $0.invite(hash: hash) } }
    func invites() throws -> [Invite] {
        try both("invites") { try $0.invites().sorted { $0.hash.description < $1.hash.description } }
    }

    // MARK: - Both

    /// Asks both for the same, and gives what the tested one says.
    ///
    /// - Parameters:
    ///   - what: the name of what is asked.
    ///   - ask: asks one of them.
    ///   - write: what has been written when this was the answer; nil for nothing.
    /// - Returns: the answer.
    /// - Throws: what the tested one throws.
    private func both<Value: Equatable & Sendable>(
        _ what: String,
        _ ask: (any LogStore) throws -> Value,
        _ write: (Value) -> Write? = { _ in nil }
    ) throws -> Value {
        try state.withLock { state in
            guard let tested, let other = try other(&state) else { return try ask(memory) }
            let (expected, found) = (Result { try ask(memory) }, Result { try ask(other) })
            switch (expected, found) {
            case (.failure, .failure): break
            case (.success(let expected), .success(let found)) where expected == found:
                if let write = write(found) { state.writes.append(write) }
            default: tested.differs("\(what): \(found) instead of \(expected)")
            }
            return try found.get()
        }
    }

    /// The tested store with everything that was written; nil where none is tested.
    private func other(_ state: inout State) throws -> (any LogStore)? {
        guard let tested else { return nil }
        if let other = state.other { return other }
        let other = try tested.make(identity)
        for write in state.writes {
            switch write {
            case .append(let commit, let size):
                let outcome = try other.append(commit, expecting: size)
                if outcome != .committed { tested.differs("a commit at \(size) is not taken once more: \(outcome)") }
            case .seal(let segment): try other.seal(segment)
            case .add(let invite): try other.add(invite)
            case .withdraw(let hash): _ = try other.withdrawInvite(hash: hash)
            case .open(let openness): try other.open(to: openness)
            }
        }
        state.other = other
        return other
    }
}

/// A head; how a store numbers its erasures is its own matter.
private struct ComparedHead: Equatable, Sendable {
    var head: LogHead

    static func == (one: Self, other: Self) -> Bool {
        var (one, other) = (one.head, other.head)
        (one.erasureMark, other.erasureMark) = (0, 0)
        return one == other
    }
}
