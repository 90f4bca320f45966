package import AgendaModel
internal import Deflate
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func append(_ commit: EventLog.Commit, expecting size: LogSize) throws -> AppendOutcome {
        let rows = try TailRow.rows(of: commit)
        let first = try PartOfSegment(of: commit)
        defer { noteErasures(commit.erasures) }
        return try writing { db in
            let end = try LogEnd.read(db)
            let isFree = try commit.isRepair || (!isOvertaken(commit, db) && !usesSpentInvite(commit, db))
            guard end.size == size, isFree else {
                return .conflict(actual: end.size)
            }
            try check(commit, against: end)
            for row in rows { try row.insert(db) }
            if let checkpoint = commit.checkpoint {
                try insert(checkpoint, recorded: commit.recordedTime, db)
            }
            try insert(sealed: commit, db, completing: first)
            try CounterRunWriter.insert(commit.runs, db)
            try SubjectWriter.insert(commit.subjects, runs: commit.runs, db)
            for rejection in commit.rejections { try insert(rejection, db) }
            try apply(commit.access, db)
            try erase(commit.erasures, db)
            if commit.isRepair { try noteRepair(db) }
            return .committed
        }
    }

    /// Whether another writer has refused an event since that this commit accepts, or refuses for the first time: the
    /// log has the same size then, but the event's identity is spent.
    private func isOvertaken(_ commit: EventLog.Commit, _ db: Database) throws -> Bool {
        let greatest = try db.cachedStatement(sql: "SELECT max(counter) FROM rejections WHERE source = ?")
        for run in commit.runs {
            if let refused = try Counter.fetchOne(greatest, arguments: [run.source]), run.first <= refused {
                return true
            }
        }
        let same = try db.cachedStatement(sql: "SELECT 1 FROM rejections WHERE source = ? AND counter = ? LIMIT 1")
        for rejection in commit.rejections where rejection.spendsIdentity {
            let arguments: StatementArguments = [rejection.source, rejection.counter]
            if try Int.fetchOne(same, arguments: arguments) != nil { return true }
        }
        return false
    }

    /// Puts a commit's sealed segments in the place of their entries.
    private func insert(sealed commit: EventLog.Commit, _ db: Database, completing part: PartOfSegment?) throws {
        guard let first = commit.sealed.first else { return }
        guard first.number == (try sealedCount(db, end: LogEnd(size: LogSize(before: commit.first), recorded: nil)))
        else {
            throw LogError(.malformed, "segment \(first.number) is not the next one to be sealed")
        }
        for segment in commit.sealed {
            if segment.number == first.number, let part { try check(segment, againstTail: db, completedBy: part) }
            try insert(segment, db)
            try removeSealed(segment.number, db)
        }
    }

    private func check(_ commit: EventLog.Commit, against end: LogEnd) throws {
        guard commit.first == end.size.next else {
            throw LogError(.malformed, "the commit does not continue the log where it says it does")
        }
        let newSize = commit.count == 0 ? nil : end.size + commit.count
        guard commit.checkpoint?.checkpoint.size == newSize else {
            throw LogError(.malformed, "a commit with entries needs the checkpoint of exactly their end")
        }
        if commit.count > 0, let last = end.recorded, commit.recordedTime < last {
            throw LogError(.malformed, "the commit's recorded time is before that of the last entry")
        }
    }

    func insert(_ checkpoint: SignedCheckpoint, recorded: Timestamp, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO checkpoints (size, recorded, note) VALUES (?, ?, ?)")
            .execute(arguments: [
                checkpoint.checkpoint.size, recorded.millisecondsSince1970, checkpoint.note,
            ])
    }

    private func insert(_ rejection: Rejection, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO rejections (source, counter, recorded, code, detail, bytes, length, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            rejection.source, rejection.counter, rejection.recordedTime.millisecondsSince1970,
            rejection.problem.code.rawValue, rejection.problem.detail, Data(rejection.bytes),
            rejection.line?.length, rejection.line.map { Data($0.hash.bytes) },
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
        return LogEnd(size: row[0], recorded: Timestamp(millisecondsSince1970: row[1]))
    }
}

/// A row of `commits`: entries of one commit within one segment, so that sealing never has to cut a row.
struct TailRow {
    var first: Position
    var count: Int
    /// Of the last entry.
    var recorded: Timestamp
    var crc: CRC32
    var entries: Data

    /// The entries that the commit does not bring in sealed segments.
    ///
    /// - Throws: `malformed` when the bytes are not that many entries.
    static func rows(of commit: EventLog.Commit) throws -> [TailRow] {
        let sealed = try PartOfSegment.sealedEntries(of: commit)
        let rest = sealed.count == 0 ? commit.entries : Array(commit.entries[sealed.length...])
        return try rows(
            from: commit.first + sealed.count,
            count: commit.count - sealed.count,
            entries: rest
        ) { block in
            commit.isRepair ? EntryBlock.lastRecordedTime(in: block) ?? commit.recordedTime : commit.recordedTime
        }
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
        from first: Position,
        count: Int,
        entries: [UInt8],
        recorded: (UnsafeBufferPointer<UInt8>) throws -> Timestamp
    ) throws -> [TailRow] {
        try entries.withUnsafeBufferPointer { bytes in
            var rows: [TailRow] = []
            var offset = 0
            var position = first
            while position < first + count {
                let boundary = LogSize(segments: position.segment + 1).next
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

/// What a commit adds to the first segment that it makes whole, when the log has a part of it already.
struct PartOfSegment {
    var count: Int
    var length: Int
    var crc: CRC32

    /// nil when the commit carries no sealed segment that begins before it.
    ///
    /// - Throws: `malformed` when the segments are not those that the commit makes whole.
    init?(of commit: EventLog.Commit) throws {
        guard let first = commit.sealed.first else { return nil }
        let found = try commit.entries.withUnsafeBufferPointer { bytes -> PartOfSegment? in
            let count = LogSize(segments: first.number + 1).next - commit.first
            guard count < Segment.entryCount else { return nil }
            guard count > 0, let length = EntryBlock.end(ofEntries: count, in: bytes) else { throw Self.mismatch }
            return PartOfSegment(
                count: count,
                length: length,
                crc: CRC32(of: UnsafeBufferPointer(rebasing: bytes[..<length]))
            )
        }
        guard let found else { return nil }
        self = found
    }

    private init(count: Int, length: Int, crc: CRC32) {
        self.count = count
        self.length = length
        self.crc = crc
    }

    /// How many of a commit's entries its sealed segments hold, and in how many bytes.
    static func sealedEntries(of commit: EventLog.Commit) throws -> (count: Int, length: Int) {
        guard let first = commit.sealed.first, let last = commit.sealed.last else { return (0, 0) }
        let count = LogSize(segments: last.number + 1).next - commit.first
        let isInOrder = zip(commit.sealed, commit.sealed.dropFirst()).allSatisfy { $0.number + 1 == $1.number }
        let isWithin = LogSize(segments: first.number + 1).contains(commit.first)
        guard isInOrder, isWithin, count <= commit.count,
            let length = commit.entries.withUnsafeBufferPointer({ EntryBlock.end(ofEntries: count, in: $0) })
        else { throw mismatch }
        return (count, length)
    }

    private static let mismatch = LogError(.malformed, "the commit's sealed segments are not those that it makes whole")
}
