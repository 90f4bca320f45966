internal import EventLog
internal import Synchronization

/// One request that waits for what is new: a live stream, or a pull with `wait`.
///
/// Waiting takes no timer and no task of its own: commits, changes of access and one clock per agenda wake it.
final class Follower: Sendable {
    enum Signal: Hashable, Sendable {
        /// The log may have grown.
        case news
        /// The time that was set with `rest` is up.
        case due
        /// Whatever comes, this follower gets no more of it.
        case ended
    }

    /// Whether whoever follows may still read the log.
    let mayFollow: @Sendable (Access) -> Bool

    fileprivate struct State {
        var waiting: CheckedContinuation<Signal, Never>?
        var hasNews = false
        var isEnded = false
        var due: ContinuousClock.Instant
        /// Set while something is being sent: ends it, however slowly it is taken.
        var abort: (@Sendable () -> Void)?
    }

    /// Continuations and `abort` are taken out under it, and called when it is free again.
    private let state: Mutex<State>

    /// - Parameters:
    ///   - time: how long nothing may happen before `wait` says `due`.
    ///   - mayFollow: whether access like this still lets it follow.
    init(resting time: Duration, mayFollow: @escaping @Sendable (Access) -> Bool) {
        self.mayFollow = mayFollow
        state = Mutex(State(due: .now + time))
    }

    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Waits for the next signal.
    ///
    /// News that came since the last call is told at once. Ended by the cancellation of the task.
    func wait() async -> Signal {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let signal: Signal? = state.withLock { state in
                    if state.isEnded { return .ended }
                    if state.hasNews {
                        state.hasNews = false
                        return .news
                    }
                    state.waiting = continuation
                    return nil
                }
                if let signal { continuation.resume(returning: signal) }
            }
        } onCancel: {
            end()
        }
    }

    /// Says that something is being sent: an end that comes before `hasSent` calls `abort`.
    ///
    /// - Returns: whether anything may be sent.
    func willSend(abort: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if !state.isEnded { state.abort = abort }
            return !state.isEnded
        }
    }

    /// Says that what was sent has been taken, and sets anew how long nothing may happen before `wait` says `due`.
    func hasSent(resting time: Duration) {
        state.withLock { state in
            state.abort = nil
            state.due = .now + time
        }
    }

    /// Says that the log may have grown.
    func wake() {
        let waiting = state.withLock { state in
            state.hasNews = state.waiting == nil
            return state.takeWaiting()
        }
        waiting?.resume(returning: .news)
    }

    /// Wakes it when its time is up.
    func tick(_ now: ContinuousClock.Instant) {
        let waiting = state.withLock { $0.due <= now ? $0.takeWaiting() : nil }
        waiting?.resume(returning: .due)
    }

    /// Ends it, now and for good.
    func end() {
        let (waiting, abort) = state.withLock { state in
            state.isEnded = true
            defer { state.abort = nil }
            return (state.takeWaiting(), state.abort)
        }
        waiting?.resume(returning: .ended)
        abort?()
    }
}

extension Follower.State {
    fileprivate mutating func takeWaiting() -> CheckedContinuation<Follower.Signal, Never>? {
        defer { waiting = nil }
        return waiting
    }
}
