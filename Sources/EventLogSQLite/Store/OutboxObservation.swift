internal import GRDB
internal import Synchronization

/// Hears of the changes of an outbox; ends with its last use.
package final class OutboxObservation: Sendable {
    private struct State {
        /// What observes the pool that is open now.
        var current: AnyDatabaseCancellable?
        var poolCount = 0
    }

    private let body: @Sendable () -> Void
    private let state = Mutex(State())

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// Observes a pool, and no longer the one before it.
    func observe(_ pool: DatabasePool) {
        let observation = DatabaseRegionObservation(tracking: Table("outbox"))
        let started = observation.start(in: pool, onError: { _ in }, onChange: { [body] _ in body() })
        state.withLock { state in
            state.current = started
            state.poolCount += 1
        }
    }

    /// How many pools it has observed, one after the other.
    var poolCount: Int { state.withLock { $0.poolCount } }
}
