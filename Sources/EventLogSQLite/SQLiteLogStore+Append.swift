package import AgendaModel
internal import Deflate
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func append(_ commit: EventLog.Commit, expecting size: LogSize) throws -> AppendOutcome {
        let rows = try TailRow.rows(of: commit)
        return try writing { db in
            let end = try LogEnd.read(db)
            guard end.size == size, try !isOvertaken(commit, db) else { return .conflict(actual: end.size) }
            try check(commit, against: end)
            for row in rows { try row.insert(db) }
            if let checkpoint = commit.checkpoint {
                try insert(checkpoint, recorded: commit.recordedTime, db)
            }
            try RunWriter.insert(commit.runs, db)
            try SubjectWriter.insert(commit.subjects, runs: commit.runs, db)
            for rejection in commit.rejections { try insert(rejection, db) }
            for change in commit.access { try apply(change, db) }
            return .committed
        }
    }

    /// Whether another writer has refused an event since that this commit accepts, or refuses for the first time: the
    /// log has the same size then, but the event's identity is spent.
    private func isOvertaken(_ commit: EventLog.Commit, _ db: Database) throws -> Bool {
        let greatest = try db.cachedStatement(sql: "SELECT max(counter) FROM rejections WHERE source = ?")
        for run in commit.runs {
            if let refused = try Int.fetchOne(greatest, arguments: [run.source]), run.first.rawValue <= refused {
                return true
            }
        }
        let same = try db.cachedStatement(sql: "SELECT 1 FROM rejections WHERE source = ? AND counter = ? LIMIT 1")
        for rejection in commit.rejections where rejection.spendsIdentity {
            let arguments: StatementArguments = [rejection.source, rejection.counter?.rawValue]
            if try Int.fetchOne(same, arguments: arguments) != nil { return true }
        }
        return false
    }

    private func check(_ commit: EventLog.Commit, against end: LogEnd) throws {
        guard commit.first == end.size.next else {
            throw LogError(.malformed, "the commit does not continue the log where it says it does")
        }
        let newSize = commit.count == 0 ? nil : end.size.rawValue + commit.count
        guard commit.checkpoint?.checkpoint.size.rawValue == newSize else {
            throw LogError(.malformed, "a commit with entries needs the checkpoint of exactly their end")
        }
        if commit.count > 0, let last = end.recorded, commit.recordedTime < last {
            throw LogError(.malformed, "the commit's recorded time is before that of the last entry")
        }
    }

    func insert(_ checkpoint: SignedCheckpoint, recorded: Timestamp, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO checkpoints (size, recorded, note) VALUES (?, ?, ?)")
            .execute(arguments: [
                checkpoint.checkpoint.size.rawValue, recorded.millisecondsSince1970, checkpoint.note,
            ])
    }

    private func insert(_ rejection: Rejection, _ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO rejections (source, counter, recorded, code, detail, bytes) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            rejection.source, rejection.counter?.rawValue, rejection.recordedTime.millisecondsSince1970,
            rejection.problem.code.rawValue, rejection.problem.detail, Data(rejection.bytes),
        ])
    }
}

/// Where a log ends: its greatest checkpoint.
struct LogEnd {
    var size: LogSize
    var recorded: Timestamp?

    static func read(_ db: Database) throws -> LogEnd {
        let row = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT size, recorded FROM checkpoints ORDER BY size DESC LIMIT 1")
        )
        guard let row else { return LogEnd(size: .zero, recorded: nil) }
        return LogEnd(size: LogSize(row[0]), recorded: Timestamp(millisecondsSince1970: row[1]))
    }
}

/// A row of `commits`: entries of one commit within one segment, so that sealing never has to cut a row.
struct TailRow {
    var first: Int
    var count: Int
    /// Of the last entry.
    var recorded: Timestamp
    var crc: CRC32
    var entries: Data

    /// - Throws: `malformed` when the bytes are not that many entries.
    static func rows(of commit: EventLog.Commit) throws -> [TailRow] {
        try rows(from: commit.first.rawValue, count: commit.count, entries: commit.entries) { _ in commit.recordedTime }
    }

    /// Cuts entries at the segments' boundaries.
    ///
    /// - Parameters:
    ///   - first: the first entry's position.
    ///   - count: how many entries there are.
    ///   - entries: each followed by a newline.
    ///   - recorded: gives the recorded time of the last entry of a block.
    /// - Returns: the rows, in order.
    /// - Throws: `malformed` when the bytes are not that many entries, and what `recorded` throws.
    static func rows(
        from first: Int,
        count: Int,
        entries: [UInt8],
        recorded: (UnsafeBufferPointer<UInt8>) throws -> Timestamp
    ) throws -> [TailRow] {
        try entries.withUnsafeBufferPointer { bytes in
            var rows: [TailRow] = []
            var offset = 0
            var position = first
            while position < first + count {
                let boundary = (position / Segment.entryCount + 1) * Segment.entryCount
                let rowCount = min(boundary, first + count) - position
                guard let end = EntryBlock.end(ofEntries: rowCount, from: offset, in: bytes) else {
                    throw LogError(.malformed, "there are fewer than \(count) entries in the block")
                }
                let block = UnsafeBufferPointer(rebasing: bytes[offset..<end])
                rows.append(
                    TailRow(
                        first: position,
                        count: rowCount,
                        recorded: try recorded(block),
                        crc: CRC32(of: block),
                        entries: Data(buffer: block)
                    )
                )
                offset = end
                position += rowCount
            }
            guard offset == bytes.count else {
                throw LogError(.malformed, "there are more than \(count) entries in the block")
            }
            return rows
        }
    }

    func insert(_ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO commits (first, count, recorded, crc, entries) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [first, count, recorded.millisecondsSince1970, crc.rawValue, entries])
    }
}
