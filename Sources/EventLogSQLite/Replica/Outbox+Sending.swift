package import AgendaModel
internal import EventLog
internal import GRDB

// A push whose answer was lost may have arrived. So a mark comes before each push, durably: what is beyond the mark has
// never left this laptop, and may be taken back.
extension Outbox {
    /// The key under which the mark is kept among the replica's facts.
    static let sentThroughKey = "sent-through"

    /// The greatest counter of an event that may have been sent; zero: none has.
    package func sentThrough() throws -> Counter {
        try store.reading { try Self.sentThrough($0) }
    }

    /// Says durably that events are about to be sent.
    ///
    /// - Parameter counters: of pending events, in order.
    /// - Returns: false when one of them is not pending any more; then nothing is said, and none may be sent.
    /// - Throws: `LogError`; then nothing is said.
    package func beginSending(_ counters: [Counter]) throws -> Bool {
        guard let first = counters.first, let last = counters.last else { return true }
        // Nobody takes back what was sent before.
        if try last <= sentThrough() { return true }
        return try store.writing { db in
            let waiting = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM outbox WHERE refused = 0 AND counter BETWEEN ? AND ?",
                arguments: [first, last]
            )
            guard waiting == counters.count else { return false }
            try Self.setFact(Self.sentThroughKey, to: max(last, Self.sentThrough(db)).description, db)
            return true
        }
    }

    /// Takes pending events back that have never been sent, in one durable transaction: all or none.
    ///
    /// Their counters are not used again.
    ///
    /// - Parameter choose: gets all pending events in order, and the greatest counter that may have been sent; gives the
    ///   counters of those to take back.
    /// - Throws: what `choose` throws; `malformed` for one that may have been sent. Then none was taken back.
    package func takeBack(_ choose: (_ pending: [Item], _ sentThrough: Counter) throws -> Set<Counter>) throws {
        try store.writing { db in
            let sent = try Self.sentThrough(db)
            let pending = try items(db, where: Self.isPending, arguments: [])
            let delete = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter = ? AND refused = 0")
            for counter in try choose(pending, sent).sorted() {
                guard counter > sent else { throw LogError(.malformed, "event \(counter) may have been sent") }
                try delete.execute(arguments: [counter])
            }
        }
    }

    private static func sentThrough(_ db: Database) throws -> Counter {
        try fact(sentThroughKey, db) ?? .zero
    }
}
