package import AgendaModel
package import Deflate

/// Entries of one commit within one segment: what a store keeps in one row until the segment is sealed.
///
/// So sealing never has to cut a row.
package struct TailRow {
    package var first: Position
    package var count: Int
    /// Of the last entry.
    package var recorded: Timestamp
    package var crc: CRC32
    package var entries: [UInt8]

    /// The entries that the commit does not bring in sealed segments.
    ///
    /// - Throws: `malformed` when the bytes are not that many entries.
    package static func rows(of commit: Commit) throws -> [TailRow] {
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
    package static func rows(
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
                        entries: Array(block)
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
}
