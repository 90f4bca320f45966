internal import AgendaModel
internal import Deflate
internal import EventLog
internal import Foundation
internal import GRDB
internal import Synchronization

extension SQLiteLogStore {
    /// How many entries have been erased in their places.
    func erasureCount(_ db: Database) throws -> Int {
        try Int.fetchOne(try db.cachedStatement(sql: "SELECT count(*) FROM erasures")) ?? 0
    }

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
        let groups = Dictionary(grouping: erasures) { $0.position.rawValue / Segment.entryCount }
        for (number, group) in groups.sorted(by: { $0.key < $1.key }) {
            if number < sealed { try erase(group, inSegment: number, db) } else { try erase(group, inTail: db) }
        }
        try db.execute(sql: "UPDATE erasures SET done = 1 WHERE done = 0")
        try db.execute(
            sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, 'due')",
            arguments: [Self.scrubKey]
        )
    }

    private func erase(_ erasures: [Erasure], inSegment number: Int, _ db: Database) throws {
        guard let (segment, replaced) = try readSegments(number..<number + 1, db).first?.erasing(erasures) else {
            return
        }
        try begin(replaced, db)
        let runCRC = segment.run.withUnsafeBufferPointer { CRC32(of: $0) }
        try db.execute(
            sql: "UPDATE segments SET crc = ?, length = ?, run_crc = ?, run = ? WHERE number = ?",
            arguments: [segment.crc.rawValue, segment.length, runCRC.rawValue, Data(segment.run), number]
        )
    }

    private func erase(_ erasures: [Erasure], inTail db: Database) throws {
        for erasure in erasures {
            let position = erasure.position.rawValue
            guard case .tail(let first, _, let entries)? = try readBlocks(from: position, to: position + 1, db).first
            else {
                throw corrupt("the tail at entry \(position)")
            }
            guard let (block, replaced) = [erasure].applied(to: entries, from: first) else { continue }
            try begin(replaced, db)
            let crc = block.withUnsafeBufferPointer { CRC32(of: $0) }
            try db.execute(
                sql: "UPDATE commits SET crc = ?, entries = ? WHERE first = ?",
                arguments: [crc.rawValue, Data(block), first]
            )
        }
    }

    /// Lets the triggers pass what follows.
    private func begin(_ erasures: [Erasure], _ db: Database) throws {
        let insert = try db.cachedStatement(sql: "INSERT INTO erasures (position, redaction) VALUES (?, ?)")
        for erasure in erasures {
            try insert.execute(arguments: [erasure.position.rawValue, erasure.redaction.rawValue])
        }
    }
}

// MARK: - Scrubbing

// A transaction that erases leaves the old bytes behind: in the journal, in pages that are free now, and, since rows move
// within and between pages, in gaps of pages that are not. What was deleted long before the erasure may hold them too,
// such as the tail's rows of a segment that was sealed since. So the whole file is written anew, without gaps, and the
// journal is emptied. `meta` says that this is due, from the transaction that erases until it is done.
extension SQLiteLogStore {
    fileprivate static let scrubKey = "scrub"

    func isScrubDue(_ db: Database) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM meta WHERE key = ?)"
        return try Bool.fetchOne(db, sql: sql, arguments: [Self.scrubKey]) ?? false
    }

    /// Whether the transaction took place or not: looking at the file anew does no harm.
    func noteErasures(_ erasures: [Erasure]) {
        if !erasures.isEmpty { needsScrubbing.withLock { $0 = true } }
    }

    package func scrub() throws -> Bool {
        guard needsScrubbing.withLock({ $0 }) else { return true }
        guard connection.isWriting else { return false }
        do {
            try interruptible {
                try connection.writer.writeWithoutTransaction { db in
                    guard try isScrubDue(db) else { return }
                    // Waits for no reader longer than a moment: it is tried again.
                    try db.execute(sql: "PRAGMA busy_timeout = \(Self.scrubPatience)")
                    defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Self.patience)") }
                    try db.execute(sql: "VACUUM")
                    try db.checkpoint(.truncate)
                    try db.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [Self.scrubKey])
                }
            }
        } catch let error as LogError where [.locked, .diskFull, .readOnly].contains(error.code) {
            return false
        }
        needsScrubbing.withLock { $0 = false }
        return true
    }

    /// In milliseconds.
    private static let scrubPatience = 100
    /// In milliseconds, as in `configuration`.
    private static let patience = 5000
}
