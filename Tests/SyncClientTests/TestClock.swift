import AgendaModel
import SyncClient
import Synchronization

/// A clock that moves by a second with every look, and that nobody has to wait for.
final class TestClock: Sendable {
    private let state: Mutex<(now: Int, slept: [Duration], draws: Int)>

    init(_ start: Int = 1_800_000_000_000) {
        state = Mutex((start, [], 0))
    }

    var slept: [Duration] { state.withLock { $0.slept } }

    /// Somebody, or an empty battery, sets the clock.
    func set(_ now: Int) { state.withLock { $0.now = now } }

    var environment: RuntimeEnvironment {
        RuntimeEnvironment(
            now: { [self] in
                state.withLock { state in
                    state.now += 1000
                    return Timestamp(millisecondsSince1970: state.now)
                }
            },
            random: { [self] count in
                let draw = state.withLock { state in
                    state.draws += 1
                    return state.draws
                }
                return (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + draw * 11) }
            },
            sleep: { [self] duration in
                state.withLock { state in
                    state.slept.append(duration)
                    state.now += Int(duration.components.seconds) * 1000
                }
            }
        )
    }
}
