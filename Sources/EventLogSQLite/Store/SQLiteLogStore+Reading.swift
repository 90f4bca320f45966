package import AgendaModel
internal import Deflate
package import EventLog
internal import Foundation
internal import GRDB

extension SQLiteLogStore {
    package func head() throws -> LogHead {
        try reading { db in
            let end = try LogEnd.read(db)
            return LogHead(
                size: end.size,
                sealedSegments: try sealedCount(db, end: end),
                recordedTime: end.recorded,
                checkpoint: try checkpoint(atMost: end.size, db),
                erasureMark: try erasureMark(db)
            )
        }
    }

    package func segments(_ numbers: Range<Int>) throws -> [Segment] {
        try reading { db in
            let sealed = try sealedCount(db, end: try LogEnd.read(db))
            return try readSegments(numbers.clamped(to: 0..<sealed), db)
        }
    }

    package func segmentRoots(_ numbers: Range<Int>) throws -> [Hash] {
        try reading { db in
            let sealed = try sealedCount(db, end: try LogEnd.read(db))
            let wanted = numbers.clamped(to: 0..<sealed)
            // The root stands before the run in the row, so that the run's pages are not read.
            let rows = try Row.fetchCursor(
                try db.cachedStatement(
                    sql: """
                        SELECT number, root, \(CheckedTable.segments.isHeld) FROM segments
                        WHERE number >= ? AND number < ? ORDER BY number
                        """
                ),
                arguments: [wanted.lowerBound, wanted.upperBound]
            )
            var roots: [Hash] = []
            while let row = try rows.next() {
                let number = wanted.lowerBound + roots.count
                try CheckedTable.segments.hold(row, 2)
                guard row[0] == number,
                    let root = try row.withUnsafeData(atIndex: 1, { $0.flatMap { Hash(bytes: $0) } })
                else { throw corrupt("segment \(number)") }
                roots.append(root)
            }
            guard roots.count == wanted.count else { throw corrupt("segment \(wanted.lowerBound + roots.count)") }
            return roots
        }
    }

    package func segmentLengths(_ numbers: Range<Int>) throws -> [SegmentLengths] {
        try reading { db in
            let end = try LogEnd.read(db)
            let sealed = try sealedCount(db, end: end)
            let wanted = numbers.clamped(to: 0..<end.size.startedSegments)
            let whole = wanted.clamped(to: 0..<sealed)
            var lengths: [SegmentLengths] = []
            // Of a blob whose length alone is asked for, SQLite reads no more than the beginning of its row.
            let segments = try Row.fetchCursor(
                try db.cachedStatement(
                    sql: """
                        SELECT number, length, length(run), \(CheckedTable.segments.isHeld) FROM segments
                        WHERE number >= ? AND number < ? ORDER BY number
                        """
                ),
                arguments: [whole.lowerBound, whole.upperBound]
            )
            while let row = try segments.next() {
                let number = whole.lowerBound + lengths.count
                try CheckedTable.segments.hold(row, 3)
                guard row[0] == number else { throw corrupt("segment \(number)") }
                lengths.append(SegmentLengths(entries: row[1], run: row[2]))
            }
            guard lengths.count == whole.count else { throw corrupt("segment \(whole.lowerBound + lengths.count)") }
            let rest = wanted.clamped(to: sealed..<max(sealed, wanted.upperBound))
            return lengths + (try tailLengths(of: rest, end: end, db))
        }
    }

    /// The lengths of segments that are not sealed, as the commits add up to them.
    private func tailLengths(of numbers: Range<Int>, end: LogEnd, _ db: Database) throws -> [SegmentLengths] {
        guard !numbers.isEmpty else { return [] }
        var lengths = numbers.map { _ in SegmentLengths(entries: 0, run: nil) }
        var next = LogSize(segments: numbers.lowerBound).next
        let last = min(LogSize(segments: numbers.upperBound), end.size).next
        let rows = try Row.fetchCursor(
            try db.cachedStatement(
                sql: """
                    SELECT first, count, length(entries), \(CheckedTable.commits.isHeld) FROM commits
                    WHERE first >= ? AND first < ? ORDER BY first
                    """
            ),
            arguments: [next, last]
        )
        while let row = try rows.next() {
            try CheckedTable.commits.hold(row, 3)
            guard (row[0] as Position) == next, next < last else { throw corrupt("the tail before entry \(next)") }
            lengths[next.segment - numbers.lowerBound].entries += row[2] as Int
            next += row[1] as Int
        }
        guard next == last else { throw corrupt("the tail at entry \(next)") }
        return lengths
    }

    /// Reads a bounded number of blocks at a time, each time from a snapshot of its own: entries never change, unless they
    /// are erased, so this gives what one long snapshot would, without holding up the writer's file while the body works.
    package func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        var next = range.lowerBound
        let end = range.upperBound
        try check(range)
        while next < end {
            for block in try reading({ db in try readBlocks(from: next, to: end, db) }) {
                let entries = try self.entries(of: block)
                let upTo = min(block.first + block.count, end)
                try entries.withUnsafeBufferPointer { bytes in
                    guard let low = EntryBlock.end(ofEntries: next - block.first, in: bytes),
                        let high = upTo == block.first + block.count
                            ? bytes.count : EntryBlock.end(ofEntries: upTo - next, from: low, in: bytes)
                    else { throw corrupt("the block of entries from \(block.first)") }
                    try body(next, upTo - next, UnsafeBufferPointer(rebasing: bytes[low..<high]))
                }
                next = upTo
            }
        }
    }

    package func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? {
        try reading { db in try checkpoint(atMost: size, db) }
    }

    package func size(at moment: Timestamp) throws -> LogSize {
        let (found, size): (StoredBlock?, LogSize) = try reading { db in
            let end = try LogEnd.read(db)
            return (try block(at: moment, end, db), end.size)
        }
        guard let found else { throw corrupt("the tail") }
        let counted = try entries(of: found).withUnsafeBufferPointer {
            EntryBlock.count(recordedBy: moment, of: found.count, in: $0)
        }
        guard let counted else { throw corrupt("the block of entries from \(found.first)") }
        let next = found.first + counted
        // What is stored of the blocks beside this one is held against their entries.
        if counted == 0, next > Position(0), try moment < recordedTime(of: next - 1) {
            throw corrupt("the recorded time of what is before entry \(next)")
        }
        if counted == found.count, size.contains(next), try recordedTime(of: next) <= moment {
            throw corrupt("the recorded time of what is before entry \(next)")
        }
        return LogSize(before: next)
    }
}

extension SQLiteLogStore {
    /// The block in which the entries end that were recorded at a moment or before, as segments and commits say it.
    private func block(at moment: Timestamp, _ end: LogEnd, _ db: Database) throws -> StoredBlock? {
        guard let recorded = end.recorded, moment < recorded else { return .boundary(end.size.next) }
        // The first segment that ends after the moment.
        var (low, high) = (0, try sealedCount(db, end: end))
        let sealed = high
        while low < high {
            let middle = (low + high) / 2
            let row = try Row.fetchOne(try db.cachedStatement(sql: Self.selectLastRecorded), arguments: [middle])
            guard let row else { throw corrupt("segment \(middle)") }
            try CheckedTable.segments.hold(row, 1)
            if moment.millisecondsSince1970 < (row[0] as Int) { high = middle } else { low = middle + 1 }
        }
        if low < sealed { return try readSegments(low..<low + 1, db).first.map(StoredBlock.sealed) }
        return try readTail(
            "first >= \(sealed * Segment.entryCount) AND recorded > \(moment.millisecondsSince1970)",
            limit: 1,
            db
        ).first
    }

    private static let selectLastRecorded =
        "SELECT last_recorded, \(CheckedTable.segments.isHeld) FROM segments WHERE number = ?"

    private func recordedTime(of position: Position) throws -> Timestamp {
        let time = try entries(position..<position.next).withUnsafeBufferPointer { EntryBlock.lastRecordedTime(in: $0) }
        guard let time else { throw corrupt("entry \(position)") }
        return time
    }
}

/// Entries as they are stored.
enum StoredBlock {
    case sealed(Segment)
    case tail(first: Position, count: Int, entries: [UInt8])
    /// No entries: only a place in the log.
    case boundary(Position)

    var first: Position {
        switch self {
        case .sealed(let segment): LogSize(segments: segment.number).next
        case .tail(let first, _, _), .boundary(let first): first
        }
    }

    var count: Int {
        switch self {
        case .sealed: Segment.entryCount
        case .tail(_, let count, _): count
        case .boundary: 0
        }
    }
}

extension SQLiteLogStore {
    /// How many blocks are read at once.
    static let blocksAtOnce = 32
    /// And how many bytes of runs, but for one that is longer by itself.
    static let bytesAtOnce = 2 << 20

    private func check(_ range: Range<Position>) throws {
        let size = try reading { try LogEnd.read($0).size }
        guard range.lowerBound >= Position(0), range.upperBound <= size.next else {
            throw LogError(.notFound, "the log has \(size) entries; the range asked for ends beyond them")
        }
    }

    func checkpoint(atMost size: LogSize, _ db: Database) throws -> SignedCheckpoint? {
        let row = try Row.fetchOne(try db.cachedStatement(sql: Self.selectUpTo), arguments: [size])
        // One that has another size than it was written with may be in the way of the one that is looked for.
        if let next = try Row.fetchOne(try db.cachedStatement(sql: Self.selectBehind), arguments: [size]) {
            try CheckedTable.checkpoints.hold(next, 0)
        }
        guard let row else { return nil }
        try CheckedTable.checkpoints.hold(row, 2)
        let (size, note): (LogSize, String) = (row[0], row[1])
        guard let checkpoint = SignedCheckpoint(stored: note, size: size, origin: identity.origin) else {
            throw corrupt("the checkpoint of size \(size)")
        }
        return checkpoint
    }

    private static let selectUpTo =
        "SELECT size, note, \(CheckedTable.checkpoints.isHeld) FROM checkpoints WHERE size <= ? ORDER BY size DESC LIMIT 1"
    private static let selectBehind =
        "SELECT \(CheckedTable.checkpoints.isHeld) FROM checkpoints WHERE size > ? ORDER BY size LIMIT 1"

    func entries(of block: StoredBlock) throws -> [UInt8] {
        switch block {
        case .boundary: return []
        case .tail(_, _, let entries): return entries
        case .sealed(let segment):
            do {
                return try segment.entries()
            } catch {
                throw corrupt("segment \(segment.number)")
            }
        }
    }

    /// The blocks that hold the entries from a position on: the first may begin before it, all of one kind.
    func readBlocks(from first: Position, to end: Position, _ db: Database, limit: Int = blocksAtOnce) throws
        -> [StoredBlock]
    {
        let sealed = try sealedCount(db, end: try LogEnd.read(db))
        let number = first.segment
        if number < sealed {
            let last = min(sealed, (end - 1).segment + 1, number + limit)
            return try readSegments(number..<last, db, atMost: Self.bytesAtOnce).map(StoredBlock.sealed)
        }
        let blocks = try readTail(
            """
            first >= (SELECT coalesce(max(first), \(first)) FROM commits WHERE first <= \(first)) AND first < \(end)
            """,
            limit: limit,
            db
        )
        // Each must go on where the one before it ended.
        var next: Position?
        for block in blocks {
            guard block.first == next ?? block.first else { throw corrupt("the tail before entry \(block.first)") }
            next = block.first + block.count
        }
        guard let start = blocks.first, start.first <= first, first < start.first + start.count else {
            throw corrupt("the tail at entry \(first)")
        }
        return blocks
    }

    /// Gives fewer segments, but at least one, when their runs have more bytes together than the limit.
    func readSegments(_ numbers: Range<Int>, _ db: Database, atMost limit: Int = .max) throws -> [Segment] {
        guard !numbers.isEmpty else { return [] }
        var bytes = 0
        var segments: [Segment] = []
        segments.reserveCapacity(numbers.count)
        let rows = try Row.fetchCursor(
            try db.cachedStatement(
                sql: """
                    SELECT number, crc, length, root, first_recorded, last_recorded, run_crc, run,
                        \(CheckedTable.segments.isHeld) FROM segments
                    WHERE number >= ? AND number < ? ORDER BY number
                    """
            ),
            arguments: [numbers.lowerBound, numbers.upperBound]
        )
        while let row = try rows.next() {
            let number = numbers.lowerBound + segments.count
            try CheckedTable.segments.hold(row, 8)
            guard row[0] == number, let root = try row.withUnsafeData(atIndex: 3, { $0.flatMap { Hash(bytes: $0) } })
            else { throw corrupt("segment \(number)") }
            bytes += try row.withUnsafeData(atIndex: 7) { $0?.count ?? 0 }
            if bytes > limit, !segments.isEmpty { return segments }
            let run = try row.withUnsafeData(atIndex: 7) { $0.map { [UInt8]($0) } ?? [] }
            guard run.withUnsafeBufferPointer({ CRC32(of: $0) }) == CRC32(rawValue: row[6]) else {
                throw corrupt("segment \(number)")
            }
            segments.append(
                Segment(
                    number: number,
                    run: run,
                    crc: CRC32(rawValue: row[1]),
                    length: row[2],
                    root: root,
                    firstRecorded: Timestamp(millisecondsSince1970: row[4]),
                    lastRecorded: Timestamp(millisecondsSince1970: row[5])
                )
            )
        }
        guard segments.count == numbers.count else { throw corrupt("segment \(numbers.lowerBound + segments.count)") }
        return segments
    }

    private func readTail(_ condition: String, limit: Int, _ db: Database) throws -> [StoredBlock] {
        var blocks: [StoredBlock] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT first, count, crc, entries, \(CheckedTable.commits.isHeld) FROM commits
                WHERE \(condition) ORDER BY first LIMIT \(limit)
                """
        )
        while let row = try rows.next() {
            try CheckedTable.commits.hold(row, 4)
            let first: Position = row[0]
            let entries = try row.withUnsafeData(atIndex: 3) { $0.map { [UInt8]($0) } ?? [] }
            guard entries.withUnsafeBufferPointer({ CRC32(of: $0) }) == CRC32(rawValue: row[2]) else {
                throw corrupt("the commit at entry \(first)")
            }
            blocks.append(.tail(first: first, count: row[1], entries: entries))
        }
        return blocks
    }
}
