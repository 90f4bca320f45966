internal import EventLogSQLite
internal import Synchronization

/// Lets the laptop's process end at a write that was chosen before.
final class Power: Sendable {
    /// The process has ended.
    struct Lost: Error {}

    private struct State {
        var writesLeft: Int?
        var applying = false
        var isOff = false
    }

    private let state = Mutex(State())

    /// Whether the process has ended.
    var isOff: Bool { state.withLock { $0.isOff } }

    /// Ends the process at a write that is to come.
    func fail(atWrite number: Int, applying: Bool) {
        state.withLock { state in
            state.writesLeft = number
            state.applying = applying
        }
    }

    /// Ends the process now.
    func off() { state.withLock { $0.isOff = true } }

    /// What was planned does not happen.
    func spare() { state.withLock { $0.writesLeft = nil } }

    func connect(_ store: SQLiteLogStore) {
        store.interruptWrites { [self] moment in try pass(moment) }
    }

    private func pass(_ moment: SQLiteLogStore.WriteMoment) throws {
        try state.withLock { state in
            if moment == .before, let left = state.writesLeft { state.writesLeft = left - 1 }
            if state.writesLeft == 0, state.applying == (moment == .after) { state.isOff = true }
            if state.isOff { throw Lost() }
        }
    }
}
