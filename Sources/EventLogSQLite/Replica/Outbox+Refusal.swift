package import AgendaModel
internal import EventLog
internal import GRDB

extension Outbox {
    /// A server's reason for not taking an event.
    package struct Refusal: Hashable, Sendable {
        package var counter: Counter
        package var code: String
        package var detail: String

        package init(counter: Counter, code: String, detail: String) {
            self.counter = counter
            self.code = code
            self.detail = detail
        }
    }

    /// Takes over what a server refused, in one durable transaction.
    ///
    /// What it accepted stays pending: an event leaves the outbox with the transaction that installs it in the log.
    /// Counters that are not in the outbox, or were refused before, are passed over.
    ///
    /// - Throws: `LogError`; then nothing was changed.
    package func refuse(_ refusals: [Refusal]) throws {
        try store.writing { db in
            let refuse = try db.cachedStatement(
                sql: "UPDATE outbox SET refused = 1, code = ?, detail = ? WHERE counter = ? AND refused = 0"
            )
            for refusal in refusals {
                try refuse.execute(arguments: [refusal.code, refusal.detail, refusal.counter])
            }
        }
    }

    /// There is no refused event with this counter.
    package struct NotRefused: Error, Hashable {
        package var counter: Counter
    }

    /// Drops refused events for good, in one durable transaction: all or none.
    ///
    /// Their counters are not used again.
    ///
    /// - Parameter counters: of the events; nil = all that were refused.
    /// - Returns: how many there were.
    /// - Throws: `NotRefused` for a counter that no refused event has; `LogError`. Then none was dropped.
    package func discard(_ counters: Set<Counter>? = nil) throws -> Int {
        try store.writing { db in
            guard let counters else {
                try db.execute(sql: "DELETE FROM outbox WHERE refused = 1")
                return db.changesCount
            }
            let delete = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter = ? AND refused = 1")
            for counter in counters.sorted() {
                try delete.execute(arguments: [counter.rawValue])
                guard db.changesCount == 1 else { throw NotRefused(counter: counter) }
            }
            return counters.count
        }
    }

    /// Removes what is in the log now.
    static func removeInstalled(_ own: [CounterRun], _ db: Database) throws {
        let remove = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter BETWEEN ? AND ? AND refused = 0")
        for run in own { try remove.execute(arguments: [run.first, run.last]) }
    }
}
