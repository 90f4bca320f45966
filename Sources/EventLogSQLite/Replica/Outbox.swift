package import AgendaModel
internal import EventLog
internal import Foundation
internal import GRDB

/// The events that a replica has recorded and that are not in its log yet.
///
/// In the same file as the log, so that an event goes from one to the other in one transaction.
package struct Outbox: Sendable {
    fileprivate let store: SQLiteLogStore

    /// What has become of an event.
    package enum State: Hashable, Sendable {
        case pending
        /// The server refused it. The code is one of `EventProblem.Code`, or a newer server's.
        case refused(code: String, detail: String)
    }

    /// An event as it was recorded.
    package struct Item: Hashable, Sendable {
        package var counter: Counter
        /// The device's own bytes, without newline.
        package var event: [UInt8]
        package var recorded: Timestamp
        package var state: State
    }

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

    /// How many events there are of each state.
    package struct Counts: Hashable, Sendable {
        package var pending = 0
        package var refused = 0
    }
}

extension SQLiteLogStore {
    /// The replica's outbox; empty on a server.
    package var outbox: Outbox { Outbox(store: self) }
}

// MARK: Recording

extension Outbox {
    /// The counter that the next event gets.
    ///
    /// It never goes back, also when events are discarded.
    package func nextCounter() throws -> Counter {
        try store.reading { try Self.nextCounter($0) }
    }

    /// Makes the next counter at least this: for a replica that learns that it has used greater ones before.
    static func raiseNextCounter(to counter: Counter, _ db: Database) throws {
        if try nextCounter(db) < counter { try setNextCounter(counter, db) }
    }

    /// Records events in one durable transaction: all or none.
    ///
    /// - Parameters:
    ///   - time: the device's clock.
    ///   - make: gets the counter of the first event and gives the events' lines without newlines; they have
    ///     consecutive counters.
    /// - Returns: the counters that the events have.
    /// - Throws: what `make` throws, and `malformed` when the counters are used up.
    package func record(
        at time: Timestamp,
        _ make: (_ next: Counter) throws -> [[UInt8]]
    ) throws -> Range<Counter> {
        try store.writing { db in
            let first = try Self.nextCounter(db)
            return try insert(try make(first), from: first, at: time, db)
        }
    }

    /// Gives events that the log does not have other bytes, and the replica other facts, in one durable transaction: for
    /// a replica that goes on as another device.
    ///
    /// Counters stay.
    ///
    /// - Parameters:
    ///   - mark: events that hold these bytes, refused ones too, are dropped before: they make no sense as another device's.
    ///   - change: gets the events in order and gives the lines that take their places; nil = the event stays.
    ///   - facts: gets the replica's facts and the refused events when all others have been changed, and gives the facts to
    ///     be set along with them, as for `setReplicaFacts`.
    /// - Returns: how many events have other bytes.
    /// - Throws: what `change` and `facts` throw; then nothing was changed.
    package func rewrite(
        dropping mark: [UInt8]? = nil,
        _ change: (Item) throws -> [UInt8]?,
        setting facts: (_ present: [String: String], _ refused: [Item]) throws -> [String: String?]
    ) throws -> Int {
        try store.writing { db in
            let statement = try db.cachedStatement(
                sql: "UPDATE outbox SET event = ? WHERE counter = ?"
            )
            if let mark {
                try db.execute(sql: "DELETE FROM outbox WHERE instr(event, ?) > 0", arguments: [Data(mark)])
            }
            var count = 0
            var last = Counter.zero
            while true {
                // A bounded part of the outbox in memory at a time.
                let items = try Self.items(
                    db,
                    where: "refused = 0 AND counter > ?",
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
            let refused = try Self.items(db, where: "refused = 1", arguments: [])
            try store.setReplicaFacts(try facts(try SQLiteLogStore.facts(db), refused), db)
            return count
        }
    }

    /// Replaces refused events, and pending ones that cannot be accepted any more because of them, by events with new
    /// counters, in one durable transaction.
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
            let items = try Self.items(db, where: "true", arguments: [])
            let replacement = try make(items, try SQLiteLogStore.facts(db), first)
            let delete = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter = ?")
            for event in replacement.events { try delete.execute(arguments: [event.replaced]) }
            try store.setReplicaFacts(replacement.facts, db)
            return try insert(replacement.events.map(\.line), from: first, at: time, db)
        }
    }

    private func insert(
        _ lines: [[UInt8]],
        from first: Counter,
        at time: Timestamp,
        _ db: Database
    ) throws -> Range<Counter> {
        let next = first + lines.count
        guard next <= .maximum else {
            throw LogError(.malformed, "this device has used up its counters; enrol the laptop again as a new device")
        }
        let statement = try db.cachedStatement(sql: "INSERT INTO outbox (counter, recorded, event) VALUES (?, ?, ?)")
        for (index, line) in lines.enumerated() {
            try statement.execute(arguments: [
                first + index, time.millisecondsSince1970, Data(line),
            ])
        }
        try Self.setNextCounter(next, db)
        return first..<next
    }

    private static func nextCounter(_ db: Database) throws -> Counter {
        let stored = try String.fetchOne(db, sql: "SELECT value FROM replica WHERE key = 'next-counter'")
        return Counter(stored.flatMap { Int($0) } ?? 1)
    }

    private static func setNextCounter(_ counter: Counter, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO replica (key, value) VALUES ('next-counter', ?)",
            arguments: [counter.description]
        )
    }
}

// MARK: Verdicts

extension Outbox {
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
    static func removeInstalled(_ own: [Run], _ db: Database) throws {
        let remove = try db.cachedStatement(sql: "DELETE FROM outbox WHERE counter BETWEEN ? AND ? AND refused = 0")
        for run in own { try remove.execute(arguments: [run.first, run.last]) }
    }
}

// MARK: Reading

extension Outbox {
    /// Events that are to be sent and are laid over the state, by counter.
    package func pending(after counter: Counter, limit: Int) throws -> [Item] {
        try items(where: "refused = 0 AND counter > ?", [counter, max(limit, 0)])
    }

    /// Events that the server refused, by counter.
    package func refused(after counter: Counter, limit: Int) throws -> [Item] {
        try items(where: "refused = 1 AND counter > ?", [counter, max(limit, 0)])
    }

    /// Pending events that hold these bytes, by counter.
    package func pending(holding bytes: [UInt8]) throws -> [Item] {
        try store.reading {
            try Self.items($0, where: "refused = 0 AND instr(event, ?) > 0", arguments: [Data(bytes)])
        }
    }

    /// Events of every state that hold these bytes, by counter.
    package func items(holding bytes: [UInt8]) throws -> [Item] {
        try store.reading { try Self.items($0, where: "instr(event, ?) > 0", arguments: [Data(bytes)]) }
    }

    package func item(_ counter: Counter) throws -> Item? {
        try items(where: "counter = ?", [counter, 1]).first
    }

    package func counts() throws -> Counts {
        try store.reading { db in
            var counts = Counts()
            for row in try Row.fetchAll(db, sql: "SELECT refused, count(*) FROM outbox GROUP BY refused") {
                if row[0] { counts.refused = row[1] } else { counts.pending = row[1] }
            }
            return counts
        }
    }

    private func items(where condition: String, _ arguments: StatementArguments) throws -> [Item] {
        try store.reading { try Self.items($0, where: condition, limit: true, arguments: arguments) }
    }

    private static func items(
        _ db: Database,
        where condition: String,
        limit: Bool = false,
        arguments: StatementArguments
    ) throws -> [Item] {
        let sql = "SELECT counter, event, recorded, refused, code, detail FROM outbox WHERE \(condition)"
        return try Row.fetchAll(
            try db.cachedStatement(sql: sql + " ORDER BY counter" + (limit ? " LIMIT ?" : "")),
            arguments: arguments
        ).map { row in
            Item(
                counter: Counter(row[0]),
                event: [UInt8](row[1] as Data),
                recorded: Timestamp(millisecondsSince1970: row[2]),
                state: row[3] ? .refused(code: row[4], detail: row[5] ?? "") : .pending
            )
        }
    }
}
