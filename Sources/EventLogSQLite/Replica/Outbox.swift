package import AgendaModel
internal import EventLog
internal import Foundation
internal import GRDB

/// The events that a replica has recorded and that are not in its log yet.
///
/// In the same file as the log, so that an event goes from one to the other in one transaction.
package struct Outbox: Sendable {
    let store: SQLiteLogStore

    /// The key under which the next counter is kept among the replica's facts.
    static let nextCounterKey = "next-counter"
}

extension SQLiteLogStore {
    /// The replica's outbox; empty on a server.
    package var outbox: Outbox { Outbox(store: self) }
}

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

    /// Has counters begin after those of the outbox, where somebody has used counters that nobody reaches by recording.
    ///
    /// Only for a device that has recorded nothing besides.
    static func renewCounters(_ db: Database) throws {
        guard try nextCounter(db) > reachable else { return }
        let last = try Int.fetchOne(
            db,
            sql: "SELECT max(counter) FROM outbox WHERE counter <= ?",
            arguments: [reachable]
        )
        try setNextCounter(Counter(last ?? 0).next, db)
    }

    /// No device gets so far: half of all counters.
    private static let reachable = Counter(Counter.maximum.rawValue / 2)

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

    func insert(
        _ lines: [[UInt8]],
        from first: Counter,
        at time: Timestamp,
        _ db: Database
    ) throws -> Range<Counter> {
        let next = first + lines.count
        guard next <= .maximum else {
            throw LogError(.malformed, "this device has used up its counters; enrol the laptop again as a new device")
        }
        let statement = try db.cachedStatement(sql: "INSERT \(CheckedTable.outbox.insertion)")
        for (index, line) in lines.enumerated() {
            try statement.execute(arguments: [
                first + index, false, nil, nil, time.millisecondsSince1970, Data(line),
            ])
        }
        try Self.setNextCounter(next, db)
        return first..<next
    }

    static func nextCounter(_ db: Database) throws -> Counter {
        try fact(nextCounterKey, db) ?? Counter(1)
    }

    static func setNextCounter(_ counter: Counter, _ db: Database) throws {
        try CheckedTable.replica.setText(of: nextCounterKey, to: counter.description, db)
    }

    /// What the outbox keeps of itself; nil when it has not kept it yet.
    static func fact(_ key: String, _ db: Database) throws -> Counter? {
        guard let stored = try CheckedTable.replica.text(of: key, db) else {
            // It may be there, under a key that is not as it was written.
            try CheckedTable.replica.holdRows(db)
            return nil
        }
        return Int(stored).map { Counter($0) }
    }
}
