internal import GRDB

extension SQLiteLogStore {
    /// Calls the body after every transaction of this store that changed the outbox, as long as the result is kept.
    ///
    /// What others do with the same file is not heard of; see `dataVersion`.
    package func observeOutbox(_ body: @escaping @Sendable () -> Void) -> OutboxObservation {
        let observation = DatabaseRegionObservation(tracking: Table("outbox"))
        return OutboxObservation(observation.start(in: pool, onError: { _ in }, onChange: { _ in body() }))
    }

    /// A number that is another one when the file has been changed by another process, or another store of this one.
    package func dataVersion() throws -> Int {
        try StorageFailure.translating(path) {
            try pool.writeWithoutTransaction { db in try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0 }
        }
    }
}

/// Ends with its last use.
package final class OutboxObservation: Sendable {
    private let cancellable: AnyDatabaseCancellable
    init(_ cancellable: AnyDatabaseCancellable) { self.cancellable = cancellable }
}
