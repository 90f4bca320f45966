package import AgendaModel
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun? {
        try lookingUp { db in try Self.run(of: source, upTo: counter, db) }
    }

    static func run(of source: EventSource, upTo counter: Counter, _ db: Database) throws -> CounterRun? {
        try run(of: source, selectedBy: selectRunUpTo, counter, db)
    }

    package func run(of source: EventSource, after counter: Counter) throws -> CounterRun? {
        try lookingUp { db in try Self.run(of: source, selectedBy: Self.selectRunAfter, counter, db) }
    }

    // Made once: runs are looked up for each event of a push.
    private static let selectRun =
        "SELECT first, last, position, \(CheckedTable.runs.isHeld) FROM runs "
        + "WHERE source = (SELECT id FROM sources WHERE name = ?)"
    private static let selectRunUpTo = selectRun + " AND first <= ? ORDER BY first DESC LIMIT 1"
    private static let selectRunAfter = selectRun + " AND first > ? ORDER BY first LIMIT 1"
    private static let selectLastCounter = "SELECT last, \(CheckedTable.sources.isHeld) FROM sources WHERE name = ?"

    private static func run(
        of source: EventSource,
        selectedBy sql: String,
        _ counter: Counter,
        _ db: Database
    ) throws -> CounterRun? {
        let row = try Row.fetchOne(try db.cachedStatement(sql: sql), arguments: [source, counter])
        guard let row else { return nil }
        try CheckedTable.runs.hold(row, 3)
        return CounterRun(source: source, first: row[0], last: row[1], position: row[2])
    }

    package func lastCounter(of source: EventSource) throws -> Counter? {
        try lookingUp { db in
            let row = try Row.fetchOne(try db.cachedStatement(sql: Self.selectLastCounter), arguments: [source])
            guard let row else { return nil }
            try CheckedTable.sources.hold(row, 1)
            return row[0] as Counter
        }
    }

    package func position(ofSubject name: String) throws -> Position? {
        try lookingUp { db in try SubjectWriter.position(of: name, db) }
    }

    package func positions(ofSubjects names: [String]) throws -> [Position?] {
        // One transaction: to begin one costs as much as to look a name up.
        try lookingUp { db in try names.map { try SubjectWriter.position(of: $0, db) } }
    }

    /// Reads for a verdict.
    ///
    /// - Throws: `corrupt`, also where a name is not as it was written by which something would be found.
    private func lookingUp<Value>(_ body: (Database) throws -> Value) throws -> Value {
        if let damage { throw damage }
        return try reading(body)
    }

    package func rejection(of source: EventSource, counter: Counter) throws -> Rejection? {
        try reading { db in
            let row = try Row.fetchOne(
                db,
                sql: "\(Self.selectRejections) WHERE source = ? AND counter = ? ORDER BY number LIMIT 1",
                arguments: [source, counter]
            )
            guard let row else { return nil }
            let found = try rejection(row)
            // The index, which has no checks, may name another row.
            guard found.source == source, found.counter == counter else { throw DamagedRow(table: .rejections) }
            return found
        }
    }

    package func lastRejectedCounter(of source: EventSource) throws -> Counter? {
        try reading { db in try lastRejectedCounter(of: source, db) }
    }

    /// As the row says it, not the index.
    ///
    /// - Throws: `DamagedRow`, `corrupt`.
    func lastRejectedCounter(of source: EventSource, _ db: Database) throws -> Counter? {
        let row = try Row.fetchOne(try db.cachedStatement(sql: Self.selectLastRejection), arguments: [source])
        guard let row else { return nil }
        let found = try rejection(row)
        guard found.source == source else { throw DamagedRow(table: .rejections) }
        return found.counter
    }

    /// The number of the last refused line; 0 when there is none.
    ///
    /// - Throws: `DamagedRow`.
    func lastRejectionNumber(_ db: Database) throws -> Int {
        let row = try Row.fetchOne(try db.cachedStatement(sql: Self.selectLastNumber))
        guard let row else { return 0 }
        try CheckedTable.rejections.hold(row, 1)
        return row[0]
    }

    private static let selectLastRejection =
        "\(selectRejections) WHERE source = ? AND counter IS NOT NULL ORDER BY counter DESC LIMIT 1"
    private static let selectLastNumber =
        "SELECT number, \(CheckedTable.rejections.isHeld) FROM rejections ORDER BY number DESC LIMIT 1"

    package func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: "\(Self.selectRejections) WHERE number > ? ORDER BY number LIMIT ?",
                arguments: [max(cursor, 0), max(limit, 0)]
            ).map { row in
                let rejection = try rejection(row)
                return (cursor: row["number"], rejection: rejection)
            }
        }
    }

    private static let selectRejections =
        "SELECT \(CheckedTable.rejections.columns.joined(separator: ", ")), \(CheckedTable.rejections.isHeld) FROM rejections"

    private func line(_ row: Row) throws -> Rejection.Line? {
        guard let length = row["length"] as Int? else { return nil }
        guard let hash = (row["hash"] as Data?).flatMap({ Hash(bytes: $0) }) else {
            throw corrupt("rejection \(row["number"] as Int)")
        }
        return Rejection.Line(length: length, hash: hash)
    }

    private func rejection(_ row: Row) throws -> Rejection {
        try CheckedTable.rejections.hold(row, CheckedTable.rejections.columns.count)
        guard let code = EventProblem.Code(rawValue: row["code"]) else {
            throw corrupt("rejection \(row["number"] as Int)")
        }
        return Rejection(
            source: row["source"],
            counter: row["counter"],
            recordedTime: Timestamp(millisecondsSince1970: row["recorded"]),
            problem: EventProblem(code, row["detail"]),
            bytes: [UInt8](row["bytes"] as Data),
            line: try line(row)
        )
    }
}
