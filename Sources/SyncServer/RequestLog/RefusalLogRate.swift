internal import Synchronization

/// Keeps the log from being flooded by whoever is refused again and again.
///
/// Of each, a line now and then says how many more there were.
final class RefusalLogRate: Sendable {
    /// After a line about somebody, the next one about the same comes no sooner.
    private static let pause = Duration.seconds(10)
    /// More of them are not told apart.
    private static let maximumCount = 4096

    private struct Sender {
        var since: Duration
        /// Not told of yet.
        var more = 0
    }

    private let now: @Sendable () -> Duration
    private struct State {
        var senders: [String: Sender] = [:]
        /// When those who have gone were let go of last.
        var cleared = Duration.zero
    }

    /// Held for a look-up.
    private let state = Mutex(State())

    /// - Parameter now: the time since some moment, which never goes back.
    init(now: @escaping @Sendable () -> Duration) { self.now = now }

    /// - Parameter key: who is refused, and how.
    /// - Returns: how many were not told of since the line before; nil when this one is not to be told either.
    func take(_ key: String) -> Int? {
        let now = now()
        return state.withLock { state in
            // Who has gone makes room for others, also when it was not told how often they were refused: otherwise those who
            // change their address all the time would make everybody one.
            if state.senders.count >= Self.maximumCount, now - state.cleared >= .seconds(1) {
                state.senders = state.senders.filter { now - $0.value.since < Self.pause }
                state.cleared = now
            }
            let key = state.senders[key] != nil || state.senders.count < Self.maximumCount ? key : ""
            if var known = state.senders[key], now - known.since < Self.pause {
                known.more += 1
                state.senders[key] = known
                return nil
            }
            let more = state.senders[key]?.more ?? 0
            state.senders[key] = Sender(since: now)
            return more
        }
    }
}
