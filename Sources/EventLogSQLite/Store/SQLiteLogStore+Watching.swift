internal import GRDB

extension SQLiteLogStore {
    /// Calls the body after every transaction of this store that changed the outbox, as long as the result is kept.
    ///
    /// That holds as well for a file that was open for reading only at first. What others do with the same file is not
    /// heard of; see `dataVersion`.
    package func observeOutbox(_ body: @escaping @Sendable () -> Void) -> OutboxObservation {
        let observation = OutboxObservation(body)
        connection.add(observation)
        return observation
    }

    /// A number that is another one when the file has been changed by another process, or another store of this one.
    package func dataVersion() throws -> Int {
        try StorageFailure.translating(path) {
            try pool.writeWithoutTransaction { db in try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0 }
        }
    }
}
