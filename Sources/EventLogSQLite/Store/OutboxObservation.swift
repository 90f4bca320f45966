internal import GRDB
internal import Synchronization

/// Hears of the changes of an outbox; ends with its last use.
package final class OutboxObservation: Sendable {
    private let body: @Sendable () -> Void
    /// What observes the pool that is open now.
    private let current = Mutex<AnyDatabaseCancellable?>(nil)

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// Observes a pool, and no longer the one before it.
    func observe(_ pool: DatabasePool) {
        let observation = DatabaseRegionObservation(tracking: Table("outbox"))
        let started = observation.start(in: pool, onError: { _ in }, onChange: { [body] _ in body() })
        current.withLock { $0 = started }
    }
}
