internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import Synchronization

/// What a server's store keeps when its process ends; broken on purpose for a canary.
final class SimulatedDisk: ForwardingLogStore {
    let key: LogKey
    private let state: Mutex<State>

    private struct State {
        var contents: TwinStore
        /// What goes wrong, once, at one of the next appends.
        var canary: Canary?
        /// Whether it has lost sight of what it wrote last.
        var isBlind = false
        /// What it held after each of the last commits, the last one at the end.
        var history: [TwinStore] = []
    }

    init(_ contents: TwinStore, key: LogKey) {
        self.key = key
        state = Mutex(State(contents: contents))
    }

    var store: TwinStore { state.withLock { $0.contents } }

    /// Puts other contents in place of those that there are.
    func replace(with contents: TwinStore) { state.withLock { $0.contents = contents } }

    /// The next append with entries goes wrong.
    func arm(_ canary: Canary) { state.withLock { $0.canary = canary } }

    /// What it held before each of the last commits, or some other time after which it has grown.
    var past: [TwinStore] { state.withLock { $0.history.dropLast() } }

    /// It does not go back beyond what it holds now.
    func forgetPast() { state.withLock { $0.history = [] } }

    func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        defer { state.withLock { $0.history = $0.history.suffix(4) + [$0.contents.copy()] } }
        return try write(commit, expecting: size)
    }

    private func write(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        let (canary, wasBlind) = state.withLock { state in
            let isDue = commit.count > 0 && (state.canary != .keepsErased || !commit.erasures.isEmpty)
            let (canary, wasBlind) = (isDue ? state.canary : nil, state.isBlind)
            if canary != nil { state.canary = nil }
            state.isBlind = canary == .doublesBatch
            return (canary, wasBlind)
        }
        switch canary {
        case .forgetsCommit: return .committed
        case .keepsErased:
            var commit = commit
            commit.erasures = []
            return try store.append(commit, expecting: size)
        case .doublesBatch:
            _ = try store.append(commit, expecting: size)
            throw LogError(.inputOutput, "the write failed to say that it was done")
        default:
            return try store.append(wasBlind ? try withoutKnown(commit) : commit, expecting: size)
        }
    }

    /// The commit without the marks that would show that its events are there already.
    private func withoutKnown(_ commit: Commit) throws -> Commit {
        var commit = commit
        commit.runs = try commit.runs.filter { try store.lastCounter(of: $0.source) ?? Counter(0) < $0.first }
        commit.subjects = try commit.subjects.filter { try store.position(ofSubject: $0.name) == nil }
        return commit
    }

    private var isBlind: Bool { state.withLock { $0.isBlind } }

    func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun? {
        isBlind ? nil : try store.run(of: source, upTo: counter)
    }

    func run(of source: EventSource, after counter: Counter) throws -> CounterRun? {
        isBlind ? nil : try store.run(of: source, after: counter)
    }

    func lastCounter(of source: EventSource) throws -> Counter? {
        isBlind ? nil : try store.lastCounter(of: source)
    }

    func position(ofSubject name: String) throws -> Position? {
        guard let position = try store.position(ofSubject: name) else { return nil }
        return isBlind && position >= lastCommit ? nil : position
    }

    func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? {
        isBlind ? nil : try store.checkpoint(atMost: size)
    }

    /// Where the last commit began, for one who may have lost sight of it.
    private var lastCommit: Position { store.memory.lastCommit() }
}
