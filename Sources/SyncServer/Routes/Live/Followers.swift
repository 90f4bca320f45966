internal import AgendaModel
internal import Dispatch
internal import EventLog
internal import Synchronization

/// Everybody who follows one agenda; owned by that.
///
/// Woken by the sequencer's publications alone. Only what another process writes to the same files has to be looked
/// for: once a second, while there is somebody to tell.
final class Followers: Sendable {
    private struct State {
        var head: LogHead
        var access: Access
        var all: [ObjectIdentifier: Follower] = [:]
        /// How many of them are sent entries.
        var streams = 0
        /// Where the entries begin that nobody has been told of; nil when there are none.
        var untold: Position?
        var isTicking = false
        var isStopped = false
    }

    let pieces: LivePieces
    private let sequencer: Sequencer
    /// Never held while a follower is woken or ended.
    private let state: Mutex<State>
    // Wakes followers, in order and beside the sequencer.
    private let queue = DispatchQueue(label: "ambit.followers")

    init(of sequencer: Sequencer, store: any LogStore) {
        self.sequencer = sequencer
        pieces = LivePieces(of: store)
        state = Mutex(State(head: sequencer.head, access: sequencer.access))
    }

    /// The log's end as followers are told of it.
    var head: LogHead { state.withLock { $0.head } }

    /// Counts a follower in.
    ///
    /// It is ended at once when the server is stopping, or when it may not follow any more.
    ///
    /// - Parameters:
    ///   - follower: until `leave`.
    ///   - isStream: whether it is sent entries.
    func join(_ follower: Follower, isStream: Bool) {
        let (isWelcome, startsTicking) = state.withLock { state in
            state.all[ObjectIdentifier(follower)] = follower
            if isStream { state.streams += 1 }
            defer { state.isTicking = true }
            return (!state.isStopped && follower.mayFollow(state.access), !state.isTicking)
        }
        if !isWelcome { follower.end() }
        if startsTicking { Task { [self] in await tick() } }
    }

    func leave(_ follower: Follower, isStream: Bool) {
        let isLastStream = state.withLock { state in
            state.all[ObjectIdentifier(follower)] = nil
            if isStream { state.streams -= 1 }
            return isStream && state.streams == 0
        }
        if isLastStream { pieces.forget() }
    }

    /// Ends all of them, and those that come.
    func stop() {
        let all = state.withLock { state in
            state.isStopped = true
            return Array(state.all.values)
        }
        for follower in all { follower.end() }
    }

    /// Takes over what the sequencer has published; called on its queue, so no more than noting it happens here.
    func take(_ head: LogHead, _ access: Access) {
        let (withdrawn, wakes, isOutdated) = state.withLock { state in
            // Equal dictionaries that share their storage are compared in no time.
            let withdrawn = access == state.access ? [] : state.all.values.filter { !$0.mayFollow(access) }
            let wakes = head.size != state.head.size && !state.all.isEmpty && state.untold == nil
            if wakes { state.untold = state.head.size.next }
            let isOther = head.size == state.head.size && head.checkpoint != state.head.checkpoint
            let isOutdated = head.erasureMark != state.head.erasureMark || head.size < state.head.size || isOther
            state.head = head
            state.access = access
            return (withdrawn, wakes, isOutdated)
        }
        if isOutdated { pieces.forget() }
        if !withdrawn.isEmpty { queue.async { for follower in withdrawn { follower.end() } } }
        if wakes { queue.async { [self] in wake() } }
    }

    /// On the queue: encodes what is new once for those who wait for it, and wakes everybody.
    private func wake() {
        let (start, head, hasStreams) = state.withLock { state in
            defer { state.untold = nil }
            return (state.untold, state.head, state.streams > 0)
        }
        if let start, hasStreams { pieces.prepare(from: start, to: head) }
        for follower in state.withLock({ Array($0.all.values) }) { follower.wake() }
    }

    /// The clock of all followers; goes while there are any.
    private func tick() async {
        while state.withLock({ state in
            state.isTicking = !state.all.isEmpty
            return state.isTicking
        }) {
            try? await Task.sleep(for: Self.tickInterval)
            await sequencer.refresh()
            let now = ContinuousClock.now
            let all = state.withLock { Array($0.all.values) }
            for follower in all { follower.tick(now) }
        }
    }

    /// As often as the sequencer looks for what another process has written.
    private static let tickInterval = Duration.seconds(1)
}
