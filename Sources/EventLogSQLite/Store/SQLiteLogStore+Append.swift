package import AgendaModel
internal import Deflate
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func append(_ commit: EventLog.Commit, expecting size: LogSize) throws -> AppendOutcome {
        if let damage { throw damage }
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
        for run in commit.runs {
            if let refused = try lastRejectedCounter(of: run.source, db), run.first <= refused { return true }
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
        try db.cachedStatement(sql: "INSERT \(CheckedTable.checkpoints.insertion)")
            .execute(arguments: [
                checkpoint.checkpoint.size, recorded.millisecondsSince1970, checkpoint.note,
            ])
    }

    private func insert(_ rejection: Rejection, _ db: Database) throws {
        let last = try lastRejectionNumber(db)
        try db.cachedStatement(sql: "INSERT \(CheckedTable.rejections.insertion)").execute(arguments: [
            last + 1, rejection.source, rejection.counter, rejection.recordedTime.millisecondsSince1970,
            rejection.problem.code.rawValue, rejection.problem.detail, Data(rejection.bytes),
            rejection.line?.length, rejection.line.map { Data($0.hash.bytes) },
        ])
    }
}

/// Where a log ends: its greatest checkpoint.
struct LogEnd {
    var size: LogSize
    var recorded: Timestamp?

    private static let select =
        "SELECT size, recorded, \(CheckedTable.checkpoints.isHeld) FROM checkpoints ORDER BY size DESC LIMIT 1"

    /// - Throws: `DamagedRow`.
    static func read(_ db: Database) throws -> LogEnd {
        let row = try Row.fetchOne(try db.cachedStatement(sql: select))
        guard let row else { return LogEnd(size: .zero, recorded: nil) }
        try CheckedTable.checkpoints.hold(row, 2)
        return LogEnd(size: row[0], recorded: Timestamp(millisecondsSince1970: row[1]))
    }
}

extension TailRow {
    func insert(_ db: Database) throws {
        try db.cachedStatement(sql: "INSERT \(CheckedTable.commits.insertion)")
            .execute(arguments: [first, count, recorded.millisecondsSince1970, crc.rawValue, Data(entries)])
    }
}
