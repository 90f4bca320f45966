internal import Synchronization

/// A port that becomes known later.
final class BoundPort: Sendable {
    private enum State {
        case unknown([CheckedContinuation<Int?, Never>])
        case known(Int?)
    }

    private let state = Mutex(State.unknown([]))

    /// The port; nil when there will be none.
    var value: Int? {
        get async {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> Int?? in
                    switch state {
                    case .known(let port): return .some(port)
                    case .unknown(let waiting):
                        state = .unknown(waiting + [continuation])
                        return nil
                    }
                }
                if let known { continuation.resume(returning: known) }
            }
        }
    }

    /// Says what the port is; only the first time counts.
    func set(_ port: Int?) {
        let waiting = state.withLock { state -> [CheckedContinuation<Int?, Never>] in
            guard case .unknown(let waiting) = state else { return [] }
            state = .known(port)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: port) }
    }
}
