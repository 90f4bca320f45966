package import AgendaModel

/// Finds entries in a block: bytes of entries, each followed by a newline.
package enum EntryBlock {
    /// The offset just after that many entries, counted from an offset; nil when there are fewer.
    package static func end(ofEntries count: Int, from start: Int = 0, in block: UnsafeBufferPointer<UInt8>) -> Int? {
        Lines.end(of: count, from: start, in: block)
    }

    /// When the entry was recorded whose newline stands just before an offset; nil when it ends as no entry does.
    package static func recordedTime(ofEntryFrom start: Int, before end: Int, in block: UnsafeBufferPointer<UInt8>)
        -> Timestamp?
    {
        guard start < end else { return nil }
        return EntrySuffix.recordedTime(of: UnsafeBufferPointer(rebasing: block[start..<end - 1]))
    }

    /// When the last entry of a block was recorded.
    package static func lastRecordedTime(in block: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        guard let newline = block.last, newline == Lines.newline else { return nil }
        let start = block.dropLast().lastIndex(of: Lines.newline).map { $0 + 1 } ?? 0
        return recordedTime(ofEntryFrom: start, before: block.count, in: block)
    }

    /// How many of the entries at the front were recorded at a moment or before; nil when an entry has no such time.
    package static func count(
        recordedBy moment: Timestamp,
        of count: Int,
        in block: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        var offset = 0
        for index in 0..<count {
            guard let end = end(ofEntries: 1, from: offset, in: block),
                let time = recordedTime(ofEntryFrom: offset, before: end, in: block)
            else { return nil }
            if moment < time { return index }
            offset = end
        }
        return count
    }
}
