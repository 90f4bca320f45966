package import AgendaModel
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun? {
        try lookingUp { db in try Self.run(of: source, upTo: counter, db) }
    }

    static func run(of source: EventSource, upTo counter: Counter, _ db: Database) throws -> CounterRun? {
        let row = try Row.fetchOne(try db.cachedStatement(sql: selectRun), arguments: [source, counter])
        // What holds the counter is what was looked for.
        if let found = try row.map({ try run($0, of: source) }), found.first <= counter, counter <= found.last {
            return found
        }
        return try runs(of: source, around: counter, db).before
    }

    package func run(of source: EventSource, after counter: Counter) throws -> CounterRun? {
        try lookingUp { db in try Self.runs(of: source, around: counter, db).behind }
    }

    /// The source's last run that begins at a counter or before it, and its first one that begins behind.
    ///
    /// A key that a disk has changed leads past its run, and then its row is one of the two beside the counter. So where no run is
    /// found behind, the one before ends with the source's greatest counter; where none is found before, the one behind is the
    /// source's first. The columns are not compared as rows of values: a key that has become nothing would be passed over.
    ///
    /// - Throws: `DamagedRow`.
    static func runs(
        of source: EventSource,
        around counter: Counter,
        _ db: Database
    ) throws -> (before: CounterRun?, behind: CounterRun?) {
        guard let known = try self.known(source, db) else { return (nil, nil) }
        func run(_ select: String, _ arguments: StatementArguments) throws -> CounterRun? {
            try Row.fetchOne(try db.cachedStatement(sql: select), arguments: arguments).map {
                try Self.run($0, of: source)
            }
        }
        let before = try run(selectRunBefore, [known.id, counter])
        // Usually an event is looked for that is new: behind the greatest counter there is nothing.
        let behind = try counter < known.last ? run(selectRunBehind, [known.id, counter]) : nil
        if behind == nil {
            guard before?.last ?? .zero == known.last else { throw DamagedRow(table: .runs) }
        } else if before == nil {
            guard try run(selectFirstRun, [known.id]) == behind else { throw DamagedRow(table: .runs) }
            // Of another source, if it is as it was written.
            _ = try run(selectRunOfSourceBefore, [known.id])
        }
        return (before, behind)
    }

    /// The number of a source, and its greatest counter; nil when it has written nothing.
    ///
    /// - Throws: `DamagedRow`, also where that may hide the source.
    private static func known(_ source: EventSource, _ db: Database) throws -> (id: Int64, last: Counter)? {
        let row = try Row.fetchOne(try db.cachedStatement(sql: selectSource), arguments: [source])
        guard let row else {
            try CheckedTable.sources.holdBeside(source, db)
            return nil
        }
        try CheckedTable.sources.hold(row, 2)
        return (id: row[0] as Int64, last: row[1] as Counter)
    }

    private static func run(_ row: Row, of source: EventSource) throws -> CounterRun {
        try CheckedTable.runs.hold(row, 3)
        return CounterRun(source: source, first: row[0], last: row[1], position: row[2])
    }

    // Made once: runs are looked up for each event of a push.
    private static let runColumns = "SELECT first, last, position, \(CheckedTable.runs.isHeld) FROM runs"
    private static let selectRun =
        runColumns
        + " WHERE source = (SELECT id FROM sources WHERE name = ?) AND first <= ? ORDER BY first DESC LIMIT 1"
    private static let selectRunBefore = runColumns + " WHERE source = ? AND first <= ? ORDER BY first DESC LIMIT 1"
    private static let selectRunBehind = runColumns + " WHERE source = ? AND first > ? ORDER BY first LIMIT 1"
    private static let selectFirstRun = runColumns + " WHERE source = ? ORDER BY first LIMIT 1"
    private static let selectRunOfSourceBefore =
        runColumns + " WHERE source < ? ORDER BY source DESC, first DESC LIMIT 1"
    private static let selectSource = "SELECT id, last, \(CheckedTable.sources.isHeld) FROM sources WHERE name = ?"

    package func lastCounter(of source: EventSource) throws -> Counter? {
        try lookingUp { db in try Self.known(source, db)?.last }
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
