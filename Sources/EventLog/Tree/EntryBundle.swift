/// Entries as C2SP's tlog-tiles sends them: each after its length as two bytes, the greater first.
package enum EntryBundle {
    /// The longest entry whose length two bytes can say.
    package static let maximumEntryLength = 0xFFFF
    /// The longest bundle: 256 of the longest entries.
    package static let maximumLength = Tile.fullWidth * (2 + maximumEntryLength)

    /// Puts entries into a bundle; each of them, also the last, ends in a newline, which is not part of it.
    ///
    /// - Throws: `corrupt` for an entry that is too long for a bundle.
    package static func bytes(of lines: UnsafeBufferPointer<UInt8>) throws(LogError) -> [UInt8] {
        var bundle: [UInt8] = []
        bundle.reserveCapacity(lines.count + Tile.fullWidth)
        for line in Lines.ranges(in: lines) {
            guard line.count <= maximumEntryLength else {
                throw LogError(.corrupt, "an entry of \(line.count) bytes does not fit into an entry bundle")
            }
            bundle.append(UInt8(line.count >> 8))
            bundle.append(UInt8(line.count & 0xFF))
            bundle.append(contentsOf: UnsafeBufferPointer(rebasing: lines[line]))
        }
        return bundle
    }

    /// The place of each entry in a bundle.
    ///
    /// - Parameters:
    ///   - bundle: the whole bundle.
    ///   - count: how many entries it must have.
    /// - Returns: their bytes' ranges, in order.
    /// - Throws: `malformed` for a bundle that ends within an entry, or has another number of them.
    package static func ranges(in bundle: [UInt8], count: Int) throws(LogError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(count)
        var next = 0
        while next < bundle.count {
            guard ranges.count < count else {
                throw LogError(.malformed, "the entry bundle goes on after its \(count) entries")
            }
            guard next + 2 <= bundle.count else { throw cutOff(ranges.count, of: count) }
            let start = next + 2
            next = start + Int(bundle[start - 2]) << 8 + Int(bundle[start - 1])
            guard next <= bundle.count else { throw cutOff(ranges.count, of: count) }
            ranges.append(start..<next)
        }
        guard ranges.count == count else { throw cutOff(ranges.count, of: count) }
        return ranges
    }

    private static func cutOff(_ found: Int, of count: Int) -> LogError {
        LogError(.malformed, "the entry bundle ends after \(found) of its \(count) entries")
    }
}
