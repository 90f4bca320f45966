internal import AgendaModel
internal import Synchronization

/// How long a request has waited for its client: to send more of its body, or to take more of its answer.
///
/// What the client does counts against that: whoever sends or takes as much as is due has not been waited for, however long
/// it lasts.
final class PeerWait: Sendable {
    private struct State {
        /// nil while there is something to do.
        var start: Duration?
        var spent = Duration.zero
        /// For how much the answer waits that others have to do before it goes on.
        var inLine = 0
    }

    /// What is due in a second, in bytes: in a minute, as much as a body may have that is not called long.
    static let bytesPerSecond = 16_384

    private let state = Mutex(State())
    private let now: @Sendable () -> Duration

    /// - Parameter now: the time since some moment, which never goes back.
    init(now: @escaping @Sendable () -> Duration = RuntimeEnvironment.sinceStart) { self.now = now }

    /// Whether the request waits for its client, or its answer for others.
    var isWaiting: Bool { state.withLock { $0.start != nil || $0.inLine > 0 } }

    /// How long the client has been waited for so far.
    var spent: Duration {
        let now = now()
        return state.withLock { state in state.spent + (state.start.map { now - $0 } ?? .zero) }
    }

    /// Waits with an answer that has begun for something that others may be before; that is no time of the client's.
    ///
    /// - Parameter body: what is waited for.
    /// - Returns: what the body gives.
    /// - Throws: what the body throws.
    func inLine<Value>(_ body: () async throws -> Value) async throws -> Value {
        state.withLock { $0.inLine += 1 }
        defer { state.withLock { $0.inLine -= 1 } }
        return try await body()
    }

    /// From now on it is the client's turn.
    func begin() {
        let now = now()
        state.withLock { $0.start = now }
    }

    /// The client has done something.
    ///
    /// - Parameter bytes: how much it has sent or taken; nothing is saved up for later.
    func end(after bytes: Int) {
        let now = now()
        state.withLock { state in
            guard let start = state.start else { return }
            state.start = nil
            let due = Duration.seconds(1) * bytes / Self.bytesPerSecond
            state.spent = max(.zero, state.spent + (now - start) - due)
        }
    }
}
