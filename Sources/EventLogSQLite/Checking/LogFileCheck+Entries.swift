internal import AgendaModel
internal import Deflate
internal import EventLog
internal import GRDB

/// Where the entries lie: sealed in segments, then in the rows of commits, and, on a replica, in segments that do not count
/// yet.
extension LogFileCheck {
    private static let segmentColumns = "number, crc, length, root, first_recorded, last_recorded, run_crc, run"

    mutating func checkSegments(upTo size: LogSize, _ progress: (_ checked: LogSize, _ size: LogSize) -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT \(Self.segmentColumns) FROM segments WHERE number < ? ORDER BY number",
            arguments: [size.wholeSegments]
        )
        while let row = try rows.next() {
            let number = entries.edge.size.wholeSegments
            let stored = try StoredSegment(row, number: number)
            let opened: [UInt8]
            do throws(LogError) {
                opened = try Segment(stored).entries()
            } catch {
                throw LogDifference(stored.place, error.message)
            }
            let first = try Self.firstRecorded(of: opened, stored.place)
            let root = try take(opened)
            guard entries.edge.size == LogSize(segments: number + 1), let root else {
                throw LogDifference(
                    stored.place,
                    "it holds \(entries.edge.size - LogSize(segments: number)) entries, and every segment "
                        + "\(Segment.entryCount)"
                )
            }
            try stored.check(root: root, first: first, last: entries.recorded)
            progress(entries.edge.size, size)
        }
    }

    mutating func checkTail(upTo size: LogSize, _ progress: (_ checked: LogSize, _ size: LogSize) -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT first, count, recorded, crc, entries FROM commits ORDER BY first"
        )
        while let row = try rows.next() {
            let next = entries.edge.size.next
            let first = Position(try StoredRow(row, .commit(next)).integer(0))
            let row = StoredRow(row, .commit(first))
            guard first == next else {
                throw LogDifference(row.place, "it begins at entry \(first), and the next one of the log is \(next)")
            }
            let block = try row.bytes(4)
            let crc = Int(block.withUnsafeBufferPointer { CRC32(of: $0) }.rawValue)
            guard try row.integer(3) == crc else {
                throw LogDifference(row.place, "its entries have the CRC-32 \(crc), and it says \(try row.integer(3))")
            }
            _ = try take(block)
            guard try row.integer(1) == entries.edge.size.next - first else {
                throw LogDifference(
                    row.place,
                    "it holds \(entries.edge.size.next - first) entries, and says \(try row.integer(1))"
                )
            }
            guard try row.integer(2) == entries.recorded?.millisecondsSince1970 else {
                throw LogDifference(row.place, "its recorded time is not that of its last entry")
            }
            guard entries.edge.size <= size else {
                throw LogDifference(row.place, "it goes beyond the last checkpoint, which is of \(size) entries")
            }
            progress(entries.edge.size, size)
        }
    }

    /// Segments beyond the log: each is whole in itself; whether they belong to the log will show when a checkpoint covers
    /// them.
    mutating func checkStaged(from number: Int) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT \(Self.segmentColumns) FROM segments WHERE number >= ? ORDER BY number",
            arguments: [number]
        )
        while let row = try rows.next() {
            let number = number + report.staged
            let stored = try StoredSegment(row, number: number)
            guard report.isReplica else { throw LogDifference(stored.place, "it is beyond the last checkpoint") }
            let opened: Segment
            do throws(LogError) {
                opened = try Segment.opening(
                    number: number,
                    run: stored.run,
                    crc: stored.crc,
                    length: stored.length
                ).segment
            } catch {
                throw LogDifference(stored.place, error.message)
            }
            try stored.check(root: opened.root, first: opened.firstRecorded, last: opened.lastRecorded)
            report.staged += 1
        }
    }

    private static func firstRecorded(of entries: [UInt8], _ place: LogDifference.Place) throws -> Timestamp {
        let found: Timestamp? = entries.withUnsafeBufferPointer { bytes in
            EntryBlock.end(ofEntries: 1, in: bytes).flatMap {
                EntryBlock.recordedTime(ofEntryFrom: 0, before: $0, in: bytes)
            }
        }
        guard let found else { throw LogDifference(place, "its first entry does not end in its recorded time") }
        return found
    }
}

/// A row of `segments`.
private struct StoredSegment {
    let place: LogDifference.Place
    let number: Int
    let crc: CRC32
    let length: Int
    let root: Hash
    let firstRecorded: Int
    let lastRecorded: Int
    let run: [UInt8]

    /// Checks what a row says of its own bytes.
    init(_ row: Row, number: Int) throws {
        place = .segment(number)
        let row = StoredRow(row, place)
        guard try row.integer(0) == number else {
            throw LogDifference(place, "it is missing; the next one that is stored is \(try row.integer(0))")
        }
        guard let crc = UInt32(exactly: try row.integer(1)) else {
            throw LogDifference(place, "its CRC-32 is not a number of 32 bits")
        }
        run = try row.bytes(7)
        let runCRC = Int(run.withUnsafeBufferPointer { CRC32(of: $0) }.rawValue)
        guard try row.integer(6) == runCRC else {
            throw LogDifference(place, "its run has the CRC-32 \(runCRC), and it says \(try row.integer(6))")
        }
        self.number = number
        self.crc = CRC32(rawValue: crc)
        length = try row.integer(2)
        root = try row.hash(3)
        firstRecorded = try row.integer(4)
        lastRecorded = try row.integer(5)
    }

    /// Checks what it says of its entries.
    func check(root: Hash, first: Timestamp, last: Timestamp?) throws {
        guard self.root == root else {
            throw LogDifference(place, "its entries have the root \(root.base64), and it says \(self.root.base64)")
        }
        guard firstRecorded == first.millisecondsSince1970, lastRecorded == last?.millisecondsSince1970 else {
            throw LogDifference(place, "its recorded times are not those of its first and last entry")
        }
    }
}

extension Segment {
    /// With root and times as they are said to be.
    fileprivate init(_ stored: StoredSegment) {
        self.init(
            number: stored.number,
            run: stored.run,
            crc: stored.crc,
            length: stored.length,
            root: stored.root,
            firstRecorded: Timestamp(millisecondsSince1970: stored.firstRecorded),
            lastRecorded: Timestamp(millisecondsSince1970: stored.lastRecorded)
        )
    }
}
