package import AgendaModel
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func run(of source: EventSource, containing counter: Counter) throws -> CounterRun? {
        try reading { db in try Self.run(of: source, containing: counter, db) }
    }

    static func run(of source: EventSource, containing counter: Counter, _ db: Database) throws -> CounterRun? {
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT first, last, position FROM runs
                    WHERE source = (SELECT id FROM sources WHERE name = ?) AND first <= ?
                    ORDER BY first DESC LIMIT 1
                    """
            ),
            arguments: [source, counter]
        )
        guard let row, counter <= row[1] else { return nil }
        return CounterRun(source: source, first: row[0], last: row[1], position: row[2])
    }

    package func run(of source: EventSource, after counter: Counter) throws -> CounterRun? {
        try reading { db in
            try Row.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT first, last, position FROM runs
                        WHERE source = (SELECT id FROM sources WHERE name = ?) AND first > ?
                        ORDER BY first LIMIT 1
                        """
                ),
                arguments: [source, counter]
            ).map { CounterRun(source: source, first: $0[0], last: $0[1], position: $0[2]) }
        }
    }

    package func lastCounter(of source: EventSource) throws -> Counter? {
        try reading { db in
            try Counter.fetchOne(
                try db.cachedStatement(
                    sql: """
                        SELECT last FROM runs WHERE source = (SELECT id FROM sources WHERE name = ?)
                        ORDER BY first DESC LIMIT 1
                        """
                ),
                arguments: [source]
            )
        }
    }

    package func position(ofSubject name: String) throws -> Position? {
        try reading { db in try SubjectWriter.position(of: name, db) }
    }

    package func rejection(of source: EventSource, counter: Counter) throws -> Rejection? {
        try reading { db in
            try Row.fetchOne(
                db,
                sql: "SELECT * FROM rejections WHERE source = ? AND counter = ? ORDER BY number LIMIT 1",
                arguments: [source, counter]
            ).map(rejection)
        }
    }

    package func lastRejectedCounter(of source: EventSource) throws -> Counter? {
        try reading { db in
            try Counter.fetchOne(
                try db.cachedStatement(sql: "SELECT max(counter) FROM rejections WHERE source = ?"),
                arguments: [source]
            )
        }
    }

    package func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM rejections WHERE number > ? ORDER BY number LIMIT ?",
                arguments: [max(cursor, 0), max(limit, 0)]
            ).map { (cursor: $0["number"], rejection: try rejection($0)) }
        }
    }

    private func line(_ row: Row) throws -> Rejection.Line? {
        guard let length = row["length"] as Int? else { return nil }
        guard let hash = (row["hash"] as Data?).flatMap({ Hash(bytes: $0) }) else {
            throw corrupt("rejection \(row["number"] as Int)")
        }
        return Rejection.Line(length: length, hash: hash)
    }

    private func rejection(_ row: Row) throws -> Rejection {
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
