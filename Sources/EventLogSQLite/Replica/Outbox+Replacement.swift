package import AgendaModel
internal import Foundation
internal import GRDB

extension Outbox {
    /// New events in the places of others.
    package struct Replacement: Sendable {
        package var events: [(replaced: Counter, line: [UInt8])]
        /// As for `setReplicaFacts`.
        package var facts: [String: String?]

        package init(events: [(replaced: Counter, line: [UInt8])], facts: [String: String?]) {
            self.events = events
            self.facts = facts
        }
    }

    /// Gives events that the log does not have other bytes, and the replica other facts, in one durable transaction: for
    /// a replica that goes on as another device.
    ///
    /// Counters stay.
    ///
    /// - Parameters:
    ///   - startsAnew: whether the replica goes on as a device that has recorded nothing yet: counters that somebody has used up
    ///     as the former one begin anew.
    ///   - mark: events that hold these bytes, refused ones too, are dropped before: they make no sense as another device's.
    ///   - change: gets the events in order and gives the lines that take their places; nil = the event stays.
    ///   - facts: gets the replica's facts and the refused events when all others have been changed, and gives the facts to
    ///     be set along with them, as for `setReplicaFacts`.
    /// - Returns: how many events have other bytes.
    /// - Throws: what `change` and `facts` throw; then nothing was changed.
    package func rewrite(
        startingAnew startsAnew: Bool = false,
        dropping mark: [UInt8]? = nil,
        _ change: (Item) throws -> [UInt8]?,
        setting facts: (_ present: [String: String], _ refused: [Item]) throws -> [String: String?]
    ) throws -> Int {
        try store.writing { db in
            let check = CheckedTable.outbox.check(["event": "?1"])
            let statement = try db.cachedStatement(
                sql: "UPDATE outbox SET event = ?1, crc = \(check) WHERE counter = ?2"
            )
            if let mark {
                _ = try items(db, where: Self.isDamaged, arguments: [])
                try db.execute(sql: "DELETE FROM outbox WHERE instr(event, ?) > 0", arguments: [Data(mark)])
            }
            var count = 0
            var last = Counter.zero
            while true {
                // A bounded part of the outbox in memory at a time.
                let items = try items(
                    db,
                    where: "\(Self.isPending) AND counter > ?",
                    limit: true,
                    arguments: [last, 1024]
                )
                guard let end = items.last else { break }
                for item in items {
                    guard let line = try change(item) else { continue }
                    try statement.execute(arguments: [Data(line), item.counter])
                    count += 1
                }
                last = end.counter
            }
            try Self.forgetPendingFormers(db)
            if startsAnew { try Self.renewCounters(db) }
            let refused = try items(db, where: Self.isRefused, arguments: [])
            try store.setReplicaFacts(try facts(try SQLiteLogStore.facts(db), refused), db)
            return count
        }
    }

    /// Replaces refused events, and pending ones that cannot be accepted any more because of them, by events with new
    /// counters, in one durable transaction.
    ///
    /// Until these may have been sent, `takeBack` gives back what they took the places of.
    ///
    /// - Parameters:
    ///   - time: the device's clock.
    ///   - make: gets all events in order, the replica's facts, and the counter of the first new
    ///     event; gives the new lines with the counters of those that they take the places of, and facts to be set along
    ///     with them.
    /// - Returns: the counters that the new events have.
    /// - Throws: what `make` throws, and `malformed` when the counters are used up.
    package func replace(
        at time: Timestamp,
        _ make: (_ items: [Item], _ facts: [String: String], _ next: Counter) throws -> Replacement
    ) throws -> Range<Counter> {
        try store.writing { db in
            let first = try Self.nextCounter(db)
            let items = try items(db, where: "true", arguments: [])
            let replacement = try make(items, try SQLiteLogStore.facts(db), first)
            let delete = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter = ?")
            let former = Dictionary(uniqueKeysWithValues: items.map { ($0.counter, $0) })
            for (index, event) in replacement.events.enumerated() {
                if let item = former[event.replaced] { try Self.keep(item, for: first + index, group: first, db) }
                try delete.execute(arguments: [event.replaced])
            }
            try store.setReplicaFacts(replacement.facts, db)
            return try insert(replacement.events.map(\.line), from: first, at: time, db)
        }
    }
}
