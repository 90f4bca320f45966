internal import AgendaModel
internal import Synchronization

/// The time that passes in a simulation: only when the world says so.
final class SimulatedTime: Sendable {
    private let milliseconds = Mutex(1_800_000_000_000)

    var now: Int { milliseconds.withLock { $0 } }

    func pass(_ amount: Int) { milliseconds.withLock { $0 += amount } }
}

/// What one machine takes for the time: off by as much as its clock has jumped.
final class SimulatedClock: Sendable {
    private let time: SimulatedTime
    private let error = Mutex(0)

    init(_ time: SimulatedTime) {
        self.time = time
    }

    var now: Timestamp { Timestamp(millisecondsSince1970: time.now + error.withLock { $0 }) }

    var isRight: Bool { error.withLock { $0 } == 0 }

    /// Sets how far it is off, in milliseconds.
    func jump(to milliseconds: Int) { error.withLock { $0 = milliseconds } }
}
