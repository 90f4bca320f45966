internal import AgendaModel
internal import Dispatch
internal import EventLog
internal import EventLogTesting
internal import Synchronization

/// What becomes of a write that a server has asked its store for.
enum WriteFate: String, CaseIterable, Sendable {
    case written
    /// Reported as failed, and not done.
    case failed
    /// Reported as failed, although done.
    case failedAfter
    /// Reported as impossible for want of room, and not done.
    case full
}

/// A server's store with a gate.
///
/// Every write waits there until the world decides what becomes of it.
///
/// It belongs to one life of a server: after a crash it writes nothing any more.
final class GatedStore: ForwardingLogStore {
    let store: SimulatedDisk
    private let scheduler: Scheduler
    private let release = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        var isDead = false
        var write: String?
        var fate = WriteFate.written
    }

    init(_ store: SimulatedDisk, scheduler: Scheduler) {
        self.store = store
        self.scheduler = scheduler
    }

    /// From now on writes wait; before that they are done at once.
    func closeGate() { state.withLock { $0.isClosed = true } }

    /// The write that waits, in words.
    var waitingWrite: String? { state.withLock { $0.write } }

    /// Lets the waiting write go on.
    func resume(_ fate: WriteFate) {
        state.withLock { state in
            state.write = nil
            state.fate = fate
        }
        release.signal()
    }

    /// The server's process ends: what waits is done or not, and nothing more is.
    func die(applying: Bool) {
        let waits = state.withLock { state in
            state.isDead = true
            return state.write != nil
        }
        if waits { resume(applying ? .failedAfter : .failed) }
    }

    func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        let what = "append \(commit.count) entries at \(size), \(commit.rejections.count) rejections"
        return try write(what) { try store.append(commit, expecting: size) }
    }

    func seal(_ segment: Segment) throws {
        try write("seal segment \(segment.number)") { try store.seal(segment) }
    }

    private func write<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
        let (isDead, isClosed) = state.withLock { state in
            if state.isClosed, !state.isDead { state.write = what }
            return (state.isDead, state.isClosed)
        }
        guard !isDead else { throw LogError(.inputOutput, "the process has ended") }
        guard isClosed else { return try body() }
        scheduler.note()
        release.wait()
        switch state.withLock({ $0.fate }) {
        case .written: return try body()
        case .failed: throw LogError(.inputOutput, "the write failed")
        case .full: throw LogError(.diskFull, "the disk is full")
        case .failedAfter:
            _ = try body()
            throw LogError(.inputOutput, "the write failed to say that it was done")
        }
    }
}
