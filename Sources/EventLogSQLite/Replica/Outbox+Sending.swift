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
                sql: "SELECT count(*) FROM outbox NOT INDEXED WHERE refused = 0 AND counter BETWEEN ? AND ?",
                arguments: [first, last]
            )
            guard waiting == counters.count else { return false }
            let sent = try max(last, Self.sentThrough(db))
            try CheckedTable.replica.setText(of: Self.sentThroughKey, to: sent.description, db)
            try Self.forgetFormers(upTo: sent, db)
            return true
        }
    }

    /// What was taken back, and what came back for it.
    package struct TakenBack: Sendable {
        /// The events that are gone.
        package var items: [Item] = []
        /// What they had taken the places of, which is in the outbox again.
        package var givenBack: [Item] = []
        /// The replica's facts that were changed, as they were.
        var facts: [String: String?] = [:]
    }

    /// Takes pending events back that have never been sent, in one durable transaction: all or none.
    ///
    /// Their counters are not used again. Refused events that they took the places of are refused ones again.
    ///
    /// - Parameters:
    ///   - choose: gets all pending events in order, and the greatest counter that may have been sent; gives the counters of
    ///     those to take back.
    ///   - facts: gets the replica's facts and the events that go, and gives the facts to be set along with it, as for
    ///     `setReplicaFacts`.
    /// - Returns: what has changed.
    /// - Throws: what the closures throw; `malformed` for one that may have been sent; `corrupt` for what one took the place of
    ///   and cannot be read. Then none was taken back.
    @discardableResult
    package func takeBack(
        _ choose: (_ pending: [Item], _ sentThrough: Counter) throws -> Set<Counter>,
        setting facts: (_ present: [String: String], _ taken: [Item]) throws -> [String: String?] = { _, _ in [:] }
    ) throws -> TakenBack {
        try store.writing { db in
            let sent = try Self.sentThrough(db)
            let pending = try items(db, where: Self.isPending, arguments: [])
            let delete = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter = ? AND refused = 0")
            let chosen = try choose(pending, sent)
            for counter in chosen.sorted() {
                guard counter > sent else { throw LogError(.malformed, "event \(counter) may have been sent") }
                try delete.execute(arguments: [counter])
            }
            var taken = TakenBack(items: pending.filter { chosen.contains($0.counter) })
            let present = try SQLiteLogStore.facts(db)
            let changed = try facts(present, taken.items)
            for key in changed.keys { taken.facts.updateValue(present[key], forKey: key) }
            try store.setReplicaFacts(changed, db)
            let given = try Self.giveBack(chosen.sorted(), db)
            taken.givenBack = given.items
            for (key, value) in given.facts { taken.facts.updateValue(value, forKey: key) }
            return taken
        }
    }

    /// Puts back what was taken back just now, as it was, in one durable transaction: for who could tell nobody.
    ///
    /// - Parameter taken: as `takeBack` gave it.
    /// - Throws: what the store throws; then it stays taken back.
    package func putBack(_ taken: TakenBack) throws {
        try store.writing { db in
            let delete = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter = ?")
            for item in taken.givenBack { try delete.execute(arguments: [item.counter]) }
            try Self.insert(taken.items, db)
            for (key, value) in taken.facts { try CheckedTable.replica.setText(of: key, to: value, db) }
        }
    }

    private static func sentThrough(_ db: Database) throws -> Counter {
        try fact(sentThroughKey, db) ?? .zero
    }
}
