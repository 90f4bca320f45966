internal import AgendaModel
internal import Deflate
internal import EventLog
internal import Foundation
internal import GRDB
internal import SQLiteFiles
internal import Synchronization

extension SQLiteLogStore {
    /// How many entries have been erased in their places, counted from a number of the log's last repair.
    func erasureMark(_ db: Database) throws -> Int {
        let count = try Int.fetchOne(try db.cachedStatement(sql: "SELECT count(*) FROM erasures")) ?? 0
        return count + (try CheckedTable.meta.text(of: Self.repairKey, db).flatMap { Int($0) } ?? 0)
    }

    /// Counts from another number on: what comes back may have been erased since the backup was made, and caches know
    /// the log as it was in between.
    func noteRepair(_ db: Database) throws {
        try CheckedTable.meta.setText(of: Self.repairKey, to: String(Int.random(in: 1..<1 << 31) << 20), db)
    }

    private static let repairKey = "healing"

    /// Replaces entries by what is left of them: the last thing in a transaction, when the log ends where it will.
    ///
    /// Those that have been erased, or cannot be, stay.
    ///
    /// - Throws: `malformed` for what is not in the log, `corrupt`.
    func erase(_ erasures: [Erasure], _ db: Database) throws {
        guard !erasures.isEmpty else { return }
        let end = try LogEnd.read(db)
        guard erasures.allSatisfy({ $0.isWithin(end.size) }) else {
            throw LogError(.malformed, "the commit erases what is not in the log, or without a redaction after it")
        }
        let sealed = try sealedCount(db, end: end)
        let groups = Dictionary(grouping: erasures) { $0.position.segment }
        for (number, group) in groups.sorted(by: { $0.key < $1.key }) {
            if number < sealed { try erase(group, inSegment: number, db) } else { try erase(group, inTail: db) }
        }
        try db.execute(sql: "UPDATE erasures SET done = 1 WHERE done = 0")
        try CheckedTable.meta.setText(of: Self.scrubKey, to: Self.allIsDue, db)
    }

    private func erase(_ erasures: [Erasure], inSegment number: Int, _ db: Database) throws {
        guard let (segment, replaced) = try readSegments(number..<number + 1, db).first?.erasing(erasures) else {
            return
        }
        try begin(replaced, db)
        let runCRC = segment.run.withUnsafeBufferPointer { CRC32(of: $0) }
        let check = CheckedTable.segments.check(["crc": "?1", "length": "?2", "run_crc": "?3", "run": "?4"])
        try db.execute(
            sql: """
                UPDATE segments SET crc = ?1, length = ?2, run_crc = ?3, run = ?4, row_crc = \(check)
                WHERE number = ?5
                """,
            arguments: [segment.crc.rawValue, segment.length, runCRC.rawValue, Data(segment.run), number]
        )
    }

    private func erase(_ erasures: [Erasure], inTail db: Database) throws {
        for erasure in erasures {
            let position = erasure.position
            guard case .tail(let first, _, let entries)? = try readBlocks(from: position, to: position.next, db).first
            else {
                throw corrupt("the tail at entry \(position)")
            }
            guard let (block, replaced) = [erasure].applied(to: entries, from: first) else { continue }
            try begin(replaced, db)
            let crc = block.withUnsafeBufferPointer { CRC32(of: $0) }
            let check = CheckedTable.commits.check(["crc": "?1", "entries": "?2"])
            try db.execute(
                sql: "UPDATE commits SET crc = ?1, entries = ?2, row_crc = \(check) WHERE first = ?3",
                arguments: [crc.rawValue, Data(block), first]
            )
        }
    }

    /// Lets the triggers pass what follows.
    private func begin(_ erasures: [Erasure], _ db: Database) throws {
        let insert = try db.cachedStatement(sql: "INSERT INTO erasures (position, redaction) VALUES (?, ?)")
        for erasure in erasures {
            try insert.execute(arguments: [erasure.position, erasure.redaction])
        }
    }
}

// MARK: - Scrubbing

// What was deleted long before an erasure may hold the erased bytes too, such as the tail's rows of a segment that was sealed
// since: see `FileScrub`. `meta` says what of that is due, from the transaction that erases until it is done.
extension SQLiteLogStore {
    fileprivate static let scrubKey = "scrub"
    /// File and journal.
    fileprivate static let allIsDue = "due"
    private static let journalIsDue = "journal"

    func isScrubDue(_ db: Database) throws -> Bool { try scrubDue(db) != nil }

    private func scrubDue(_ db: Database) throws -> String? {
        try CheckedTable.meta.text(of: Self.scrubKey, db)
    }

    /// Whether the transaction took place or not: looking at the file anew does no harm.
    func noteErasures(_ erasures: [Erasure]) {
        if !erasures.isEmpty { needsScrubbing.withLock { $0 = true } }
    }

    package func scrub() throws -> Bool {
        guard needsScrubbing.withLock({ $0 }) else { return true }
        if let obstacle = connection.obstacle { throw obstacle }
        // First: what is erased meanwhile says so again.
        needsScrubbing.withLock { $0 = false }
        do {
            let isDone = try interruptible {
                try connection.writer.writeNamingFullDisk { db in try scrub(db) }
            }
            if !isDone { needsScrubbing.withLock { $0 = true } }
            return isDone
        } catch {
            needsScrubbing.withLock { $0 = true }
            guard (error as? LogError)?.code == .locked else { throw error }
            return false
        }
    }

    /// - Returns: false when another process has added to the log meanwhile: it may have erased something.
    private func scrub(_ db: Database) throws -> Bool {
        guard let due = try scrubDue(db) else { return true }
        let size = try LogEnd.read(db).size
        return try FileScrub.run(
            db,
            isAllDue: due != Self.journalIsDue,
            busyTimeout: Self.busyTimeout,
            noteRewritten: {
                try db.execute(
                    sql: """
                        UPDATE meta SET value = ?1, crc = \(CheckedTable.meta.check(["value": "?1"]))
                        WHERE key = ?2 AND (SELECT coalesce(max(size), 0) FROM checkpoints) = ?3
                        """,
                    arguments: [Self.journalIsDue, Self.scrubKey, size]
                )
                return db.changesCount == 1
            },
            noteDone: {
                try db.execute(
                    sql: "DELETE FROM meta WHERE key = ? AND value = ?",
                    arguments: [Self.scrubKey, Self.journalIsDue]
                )
                return db.changesCount == 1
            }
        )
    }

    /// How long a write waits for others, in milliseconds, as in `configuration`.
    private static let busyTimeout = 5000
}
