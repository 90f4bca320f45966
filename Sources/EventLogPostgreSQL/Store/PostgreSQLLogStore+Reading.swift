package import AgendaModel
internal import Deflate
package import EventLog

extension PostgreSQLLogStore {
    package func head() throws -> LogHead {
        let select = statement("SELECT size, sealed, recorded, note, erasures FROM agendas WHERE id = $1")
        return try reading([select]) { rows in
            guard let row = rows[0].first else { throw notFound }
            let size = LogSize(try row.integer(0))
            return LogHead(
                size: size,
                sealedSegments: try row.integer(1),
                recordedTime: try row.optionalInteger(2).map { Timestamp(millisecondsSince1970: $0) },
                checkpoint: try row.optionalText(3).map { try checkpoint(of: size, $0) },
                erasureMark: try row.integer(4)
            )
        }
    }

    package func segments(_ numbers: Range<Int>) throws -> [Segment] {
        let select = statement(
            "\(Self.selectSegments) AND number >= $2 AND number < $3 ORDER BY number",
            numbers.parameters
        )
        return try reading([select]) { rows in try inOrder(rows[0].map(segment), from: numbers.lowerBound) }
    }

    package func segmentRoots(_ numbers: Range<Int>) throws -> [Hash] {
        let select = statement(
            "SELECT number, root FROM segments WHERE agenda = $1 AND number >= $2 AND number < $3 ORDER BY number",
            numbers.parameters
        )
        return try reading([select]) { rows in
            try rows[0].enumerated().map { index, row in
                guard try row.integer(0) == max(numbers.lowerBound, 0) + index, let root = Hash(bytes: try row.bytes(1))
                else { throw corrupt("segment \(numbers.lowerBound + index)") }
                return root
            }
        }
    }

    package func segmentLengths(_ numbers: Range<Int>) throws -> [SegmentLengths] {
        let select = statement(
            """
            SELECT number, length, length(run)::bigint FROM segments WHERE agenda = $1 AND number >= $2 AND number < $3
            UNION ALL
            SELECT first / 256, sum(length(entries))::bigint, NULL FROM commits
            WHERE agenda = $1 AND first >= $2 * 256 AND first < $3 * 256 GROUP BY first / 256
            ORDER BY 1
            """,
            numbers.parameters
        )
        return try reading([select]) { rows in
            try rows[0].map { SegmentLengths(entries: try $0.integer(1), run: try $0.optionalInteger(2)) }
        }
    }

    /// Reads a bounded part at a time, each from a moment of its own: entries never change, unless they are erased.
    package func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        var next = range.lowerBound
        if range.isEmpty { try checkEnd(of: range, size: head().size) }
        while next < range.upperBound {
            let window = LogSize(segments: next.segment + Self.segmentsAtOnce).next
            let end = min(range.upperBound, max(window, next))
            for block in try blocks(next..<end, of: range) {
                guard block.first <= next, next < block.first + block.count else {
                    throw corrupt("the log at entry \(next)")
                }
                let upTo = min(block.first + block.count, end)
                try block.entries.withUnsafeBufferPointer { bytes in
                    guard let low = EntryBlock.end(ofEntries: next - block.first, in: bytes),
                        let high = EntryBlock.end(ofEntries: upTo - next, from: low, in: bytes)
                    else { throw corrupt("the block of entries from \(block.first)") }
                    try body(next, upTo - next, UnsafeBufferPointer(rebasing: bytes[low..<high]))
                }
                next = upTo
            }
            guard next == end else { throw corrupt("the log at entry \(next)") }
        }
    }

    /// How much is read in one round trip.
    private static let segmentsAtOnce = 32

    package func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? {
        let select = statement(
            "SELECT size, note FROM checkpoints WHERE agenda = $1 AND size <= $2 ORDER BY size DESC LIMIT 1",
            [.integer(size.rawValue)]
        )
        return try reading([select]) { rows in
            try rows[0].first.map { try checkpoint(of: LogSize(try $0.integer(0)), try $0.text(1)) }
        }
    }

    package func size(at moment: Timestamp) throws -> LogSize {
        let moments = [Parameter.integer(moment.millisecondsSince1970)]
        let selects = [
            statement("SELECT size FROM agendas WHERE id = $1"),
            // The first segment that ends after the moment, or else the first row of the tail.
            statement("\(Self.selectSegments) AND last_recorded > $2 ORDER BY last_recorded, number LIMIT 1", moments),
            statement("\(Self.selectTail) AND recorded > $2 ORDER BY first LIMIT 1", moments),
        ]
        return try reading(selects) { rows in
            guard let head = rows[0].first else { throw notFound }
            let found = try rows[1].first.map { try unsealed(segment($0)) } ?? rows[2].first.map(block)
            guard let found else { return LogSize(try head.integer(0)) }
            let counted = found.entries.withUnsafeBufferPointer {
                EntryBlock.count(recordedBy: moment, of: found.count, in: $0)
            }
            guard let counted else { throw corrupt("the block of entries from \(found.first)") }
            return LogSize(before: found.first + counted)
        }
    }
}

// MARK: - Rows

extension PostgreSQLLogStore {
    typealias Block = (first: Position, count: Int, entries: [UInt8])

    static let selectSegments = """
        SELECT number, crc, length, root, first_recorded, last_recorded, run_crc, run FROM segments WHERE agenda = $1
        """

    private static let selectTail = "SELECT first, count, crc, entries FROM commits WHERE agenda = $1"

    /// The blocks that hold the entries of a part: sealed ones, then those of the tail, in order.
    private func blocks(_ part: Range<Position>, of range: Range<Position>) throws -> [Block] {
        let numbers = part.lowerBound.segment..<(part.upperBound - 1).segment + 1
        let selects = [
            statement("SELECT size FROM agendas WHERE id = $1"),
            statement("\(Self.selectSegments) AND number >= $2 AND number < $3 ORDER BY number", numbers.parameters),
            statement(
                """
                \(Self.selectTail) AND first >= $2 * 256 AND first < $3 AND first + count > $4 ORDER BY first
                """,
                [
                    .integer(numbers.lowerBound), .integer(part.upperBound.rawValue),
                    .integer(part.lowerBound.rawValue),
                ]
            ),
        ]
        return try reading(selects) { rows in
            guard let head = rows[0].first else { throw notFound }
            try checkEnd(of: range, size: LogSize(try head.integer(0)))
            return try rows[1].map { try unsealed(segment($0)) } + rows[2].map(block)
        }
    }

    private func checkEnd(of range: Range<Position>, size: LogSize) throws {
        guard range.lowerBound >= Position(0), range.upperBound <= size.next else {
            throw LogError(.notFound, "the log has \(size) entries; the range asked for ends beyond them")
        }
    }

    /// A row of `selectSegments`.
    func segment(_ row: Row) throws -> Segment {
        let number = try row.integer(0)
        let segment = Segment(
            number: number,
            run: try row.bytes(7),
            crc: CRC32(rawValue: UInt32(truncatingIfNeeded: try row.integer(1))),
            length: try row.integer(2),
            root: try Hash(bytes: row.bytes(3)) ?? { throw corrupt("segment \(number)") }(),
            firstRecorded: Timestamp(millisecondsSince1970: try row.integer(4)),
            lastRecorded: Timestamp(millisecondsSince1970: try row.integer(5))
        )
        guard segment.runCRC == CRC32(rawValue: UInt32(truncatingIfNeeded: try row.integer(6))) else {
            throw corrupt("segment \(number)")
        }
        return segment
    }

    /// A row with the first entry's position, the number of entries, their CRC-32 and themselves.
    func block(_ row: Row) throws -> Block {
        let block = (first: Position(try row.integer(0)), count: try row.integer(1), entries: try row.bytes(3))
        let crc = block.entries.withUnsafeBufferPointer { CRC32(of: $0) }
        guard crc == CRC32(rawValue: UInt32(truncatingIfNeeded: try row.integer(2))) else {
            throw corrupt("the commit at entry \(block.first)")
        }
        return block
    }

    private func unsealed(_ segment: Segment) throws -> Block {
        do {
            return (LogSize(segments: segment.number).next, Segment.entryCount, try segment.entries())
        } catch {
            throw corrupt("segment \(segment.number)")
        }
    }

    private func inOrder(_ segments: [Segment], from first: Int) throws -> [Segment] {
        for (index, segment) in segments.enumerated() where segment.number != max(first, 0) + index {
            throw corrupt("segment \(first + index)")
        }
        return segments
    }

    private func checkpoint(of size: LogSize, _ note: String) throws -> SignedCheckpoint {
        guard let checkpoint = SignedCheckpoint(stored: note, size: size, origin: identity.origin) else {
            throw corrupt("the checkpoint of size \(size)")
        }
        return checkpoint
    }
}

extension Range<Int> {
    /// For `$2` and `$3`: the first one, and the one after the last.
    fileprivate var parameters: [Parameter] { [.integer(lowerBound), .integer(upperBound)] }
}
