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

    /// The code of what something between here and the server refused: the server has not seen it, as far as is known.
    package static let notLetThrough = "not-let-through"
    /// In SQL.
    static let isUnanswered = "(refused = 0 OR code = '\(notLetThrough)')"

    /// Takes over what was refused, in one durable transaction.
    ///
    /// What it accepted stays pending: an event leaves the outbox with the transaction that installs it in the log.
    /// Counters that are not in the outbox, or were refused before, are passed over.
    ///
    /// - Throws: `LogError`, `corrupt` for one that is not as it was written; then nothing was changed.
    package func refuse(_ refusals: [Refusal]) throws {
        try store.writing { db in
            let check = CheckedTable.outbox.check(["refused": "1", "code": "?1", "detail": "?2"])
            let refuse = try db.cachedStatement(
                sql: "UPDATE outbox SET refused = 1, code = ?1, detail = ?2, crc = \(check) WHERE counter = ?3"
            )
            for refusal in refusals {
                let found = try items(db, where: "counter = ?", arguments: [refusal.counter])
                guard found.first?.state == .pending else { continue }
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
    /// - Throws: `NotRefused` for a counter that no refused event has; `LogError`, `corrupt` where an event is not as it was
    ///   written. Then none was dropped.
    package func discard(_ counters: Set<Counter>? = nil) throws -> Int {
        try store.writing { db in
            let refused = try items(db, where: Self.isRefused, arguments: []).map(\.counter)
            let chosen = counters ?? Set(refused)
            if let other = chosen.subtracting(refused).min() { throw NotRefused(counter: other) }
            let delete = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter = ?")
            for counter in chosen.sorted() { try delete.execute(arguments: [counter]) }
            return chosen.count
        }
    }

    /// Removes what is in the log now.
    ///
    /// - Throws: `corrupt` for an event that is not as it was written: it may be another one than its counter says.
    func removeInstalled(_ own: [CounterRun], _ db: Database) throws {
        let remove = try db.cachedStatement(
            sql: "DELETE FROM outbox WHERE counter BETWEEN ? AND ? AND \(Self.isUnanswered)"
        )
        for run in own {
            _ = try items(db, where: "counter BETWEEN ? AND ?", arguments: [run.first, run.last])
            try remove.execute(arguments: [run.first, run.last])
        }
    }
}
