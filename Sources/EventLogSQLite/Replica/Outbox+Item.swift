package import AgendaModel
internal import EventLog
internal import Foundation
internal import GRDB

extension Outbox {
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

    /// How many events there are of each state.
    package struct Counts: Hashable, Sendable {
        package var pending = 0
        package var refused = 0
    }

    /// A line as it is stored, whatever has become of it.
    package struct StoredLine: Hashable, Sendable {
        package var counter: Counter
        package var bytes: [UInt8]
        /// Whether its row is not as it was written: then all of this may be wrong.
        package var isDamaged: Bool
    }

    /// All that is stored, by counter, damaged or not: for who takes it elsewhere.
    package func storedLines() throws -> [StoredLine] {
        try store.reading { db in try Self.storedLines(db, isHeld: CheckedTable.outbox.isHeld) }
    }

    /// The same, from a snapshot of a file of which nothing is believed.
    ///
    /// - Parameters:
    ///   - db: the snapshot.
    ///   - isHeld: in SQL, whether a row is as it was written.
    /// - Returns: the lines.
    /// - Throws: what SQLite throws.
    static func storedLines(_ db: Database, isHeld: String) throws -> [StoredLine] {
        let sql = "SELECT counter, CAST(event AS BLOB), \(isHeld) FROM outbox ORDER BY counter"
        return try Row.fetchAll(db, sql: sql).map { row in
            StoredLine(
                counter: Counter(Int.fromDatabaseValue(row[0]) ?? 0),
                bytes: Data.fromDatabaseValue(row[1]).map { [UInt8]($0) } ?? [],
                isDamaged: !(row[2] as Bool)
            )
        }
    }

    /// Events that are to be sent and are laid over the state, by counter.
    ///
    /// - Throws: `corrupt` where one is not as it was written, as all that reads events: what it says, whether it was
    ///   refused included, counts nowhere.
    package func pending(after counter: Counter, limit: Int) throws -> [Item] {
        try items(where: "\(Self.isPending) AND counter > ?", [Self.begin(after: counter), max(limit, 0)])
    }

    /// Calls the body with each pending event, by counter; a bounded part of the outbox is in memory at a time.
    ///
    /// - Throws: as `pending(after:limit:)`, and what the body throws.
    package func forEachPending(_ body: (Item) throws -> Void) throws {
        var last = Counter.zero
        while true {
            let items = try pending(after: last, limit: 4096)
            guard let end = items.last else { return }
            try items.forEach(body)
            last = end.counter
        }
    }

    /// Events on which the server has given no verdict, by counter: the pending ones, and those that were not let through.
    package func unanswered(after counter: Counter, limit: Int) throws -> [Item] {
        try items(
            where: "(\(Self.isUnanswered) OR \(Self.isDamaged)) AND counter > ?",
            [Self.begin(after: counter), max(limit, 0)]
        )
    }

    /// Events that were refused, by counter.
    package func refused(after counter: Counter, limit: Int) throws -> [Item] {
        try items(where: "\(Self.isRefused) AND counter > ?", [Self.begin(after: counter), max(limit, 0)])
    }

    /// Pending events that hold these bytes, by counter.
    package func pending(holding bytes: [UInt8]) throws -> [Item] {
        try store.reading {
            try items($0, where: "\(Self.isPending) AND instr(event, ?) > 0", arguments: [Data(bytes)])
        }
    }

    /// Events of every state that hold these bytes, by counter.
    package func items(holding bytes: [UInt8]) throws -> [Item] {
        try store.reading { try items($0, where: "instr(event, ?) > 0", arguments: [Data(bytes)]) }
    }

    /// The counters of events that something between here and the server refused, in order.
    package func notLetThrough() throws -> [Counter] {
        let isNotLetThrough = "((refused = 1 AND code = ?) OR \(Self.isDamaged))"
        return try store.reading {
            try items($0, where: isNotLetThrough, arguments: [Self.notLetThrough]).map(\.counter)
        }
    }

    package func item(_ counter: Counter) throws -> Item? {
        try items(where: "counter = ?", [counter, 1]).first
    }

    /// How many events there are of each state, each held against its check.
    ///
    /// - Throws: `corrupt` where one is not as it was written.
    package func counts() throws -> Counts {
        try store.reading { db in
            let sql = "SELECT counter, refused, \(CheckedTable.outbox.isHeld) FROM outbox NOT INDEXED"
            let rows = try Row.fetchCursor(db, sql: sql)
            var counts = Counts()
            while let row = try rows.next() {
                guard row[2] as Bool else { throw damaged(Counter(row[0])) }
                if row[1] { counts.refused += 1 } else { counts.pending += 1 }
            }
            return counts
        }
    }

    /// How many events are pending, as far as their rows say it: for how far a sync has come, of which nothing else is made.
    ///
    /// Costs next to nothing, however many there are.
    package func pendingEstimate() throws -> Int {
        try store.reading { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox WHERE refused = 0") ?? 0
        }
    }

    private func items(where condition: String, _ arguments: StatementArguments) throws -> [Item] {
        try store.reading { try items($0, where: condition, limit: true, arguments: arguments) }
    }

    /// Reads events, each held against its check; from the rows, since the index has none.
    func items(
        _ db: Database,
        where condition: String,
        limit: Bool = false,
        arguments: StatementArguments
    ) throws -> [Item] {
        let columns = "counter, event, recorded, refused, code, detail, \(CheckedTable.outbox.isHeld)"
        let sql = "SELECT \(columns) FROM outbox NOT INDEXED WHERE \(condition) ORDER BY counter"
        return try Row.fetchAll(
            try db.cachedStatement(sql: sql + (limit ? " LIMIT ?" : "")),
            arguments: arguments
        ).map { row in
            guard row[6] as Bool else { throw damaged(Counter(row[0])) }
            return Item(
                counter: Counter(row[0]),
                event: [UInt8](row[1] as Data),
                recorded: Timestamp(millisecondsSince1970: row[2]),
                state: row[3] ? .refused(code: row[4], detail: row[5] ?? "") : .pending
            )
        }
    }

    /// From the first on there is nothing to begin after: a damaged row may have any number.
    private static func begin(after counter: Counter) -> Int { counter == .zero ? .min : counter.rawValue }

    // In SQL. A row that is not as it was written is among those of every sort, so that nobody passes over it.
    static let isPending = "(refused = 0 OR \(isDamaged))"
    static let isRefused = "(refused = 1 OR \(isDamaged))"
    static let isDamaged = "NOT (\(CheckedTable.outbox.isHeld))"

    private func damaged(_ counter: Counter) -> LogError {
        LogError(
            .corrupt,
            "row \(counter) of the outbox in \(store.path) is not as it was written, and nothing is sent or recorded with it: "
                + "run ambit doctor in the replica, which says how to go on; ambit export --format outbox writes all that is "
                + "there"
        )
    }
}
