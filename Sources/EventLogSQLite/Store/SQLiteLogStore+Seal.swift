internal import AgendaModel
internal import Deflate
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    /// Not synced to the disk by itself: a seal that a power cut undoes is made again from the tail.
    package func seal(_ segment: Segment) throws {
        try writingRelaxed { db in
            let end = try LogEnd.read(db)
            guard segment.number == (try sealedCount(db, end: end)) else {
                throw LogError(.malformed, "segment \(segment.number) is not the next one to be sealed")
            }
            guard segment.number < end.size.wholeSegments else {
                throw LogError(.malformed, "segment \(segment.number) has entries that the log does not have yet")
            }
            try check(segment, againstTail: db)
            try insert(segment, db)
            try removeSealed(segment.number, db)
        }
    }

    /// The tail's rows go after this, so the segment must hold exactly what they hold, and what a commit adds to them.
    func check(_ segment: Segment, againstTail db: Database, completedBy part: PartOfSegment? = nil) throws {
        let first = segment.number * Segment.entryCount
        var (next, crc, length) = (first, CRC32(), 0)
        let rows = try Row.fetchCursor(
            try db.cachedStatement(
                sql: """
                    SELECT first, count, crc, length(entries), \(CheckedTable.commits.isHeld) FROM commits
                    WHERE first BETWEEN ? AND ? ORDER BY first
                    """
            ),
            arguments: [first, first + Segment.entryCount - 1]
        )
        while let row = try rows.next() {
            try CheckedTable.commits.hold(row, 4)
            guard row[0] == next else { throw corrupt("the tail before entry \(row[0] as Int)") }
            next += row[1]
            crc = crc.followed(by: CRC32(rawValue: row[2]), length: row[3])
            length += row[3]
        }
        if let part {
            next += part.count
            crc = crc.followed(by: part.crc, length: part.length)
            length += part.length
        }
        guard next == first + Segment.entryCount, crc == segment.crc, length == segment.length else {
            throw LogError(
                .corrupt,
                "segment \(segment.number) does not hold the entries that the log has in its place"
            )
        }
    }

    func insert(_ segment: Segment, _ db: Database) throws {
        let runCRC = segment.run.withUnsafeBufferPointer { CRC32(of: $0) }
        try db.cachedStatement(sql: "INSERT \(CheckedTable.segments.insertion)").execute(arguments: [
            segment.number, segment.crc.rawValue, segment.length, Data(segment.root.bytes),
            segment.firstRecorded.millisecondsSince1970, segment.lastRecorded.millisecondsSince1970,
            runCRC.rawValue, Data(segment.run),
        ])
    }

    /// Removes what a sealed segment makes superfluous: its tail rows, and its checkpoints but the last.
    func removeSealed(_ number: Int, _ db: Database) throws {
        let first = number * Segment.entryCount
        try db.cachedStatement(sql: "DELETE FROM commits WHERE first BETWEEN ? AND ?")
            .execute(arguments: [first, first + Segment.entryCount - 1])
        try db.cachedStatement(
            sql: """
                DELETE FROM checkpoints WHERE size > ?1 AND size < (
                    SELECT max(size) FROM checkpoints WHERE size > ?1 AND size <= ?2
                )
                """
        ).execute(arguments: [first, first + Segment.entryCount])
    }

    /// How many segments count: those that the log's size covers.
    func sealedCount(_ db: Database, end: LogEnd) throws -> Int {
        min(try storedCount(db), end.size.wholeSegments)
    }

    private static let selectLast =
        "SELECT number, \(CheckedTable.segments.isHeld) FROM segments ORDER BY number DESC LIMIT 1"

    /// How many segments are stored, whether they count or not.
    func storedCount(_ db: Database) throws -> Int {
        let row = try Row.fetchOne(try db.cachedStatement(sql: Self.selectLast))
        guard let row else { return 0 }
        try CheckedTable.segments.hold(row, 1)
        return (row[0] as Int) + 1
    }
}
