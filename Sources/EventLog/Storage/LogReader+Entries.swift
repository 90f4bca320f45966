package import AgendaModel

extension LogReader {
    /// How many entries have been erased, whichever head the log had when it got them.
    ///
    /// - Parameter range: where they stand, within the log.
    /// - Returns: 0 to as many as there are in the range.
    /// - Throws: what reading the log throws.
    package func erasedCount(in range: Range<Position>) throws -> Int {
        var count = 0
        try forEachEntry(in: range, holding: [Self.erasedPattern]) { _, _, attributes in
            if attributes.tombstone != nil { count += 1 }
        }
        return count
    }

    /// What each erased entry holds; texts may have it, too.
    private static var erasedPattern: BytePattern { BytePattern(#","erased":["#) }

    /// Calls the body with each entry that can be read, block by block: what is long stays out of memory.
    ///
    /// - Parameters:
    ///   - range: where they stand, within the log.
    ///   - patterns: bytes of which an entry must have some; nil for all entries.
    ///   - body: is given the position, the bytes without a newline, and what they say of themselves.
    /// - Throws: what reading the log and the body throw.
    package func forEachEntry(
        in range: Range<Position>,
        holding patterns: [BytePattern]? = nil,
        _ body: (Position, UnsafeBufferPointer<UInt8>, EventAttributes) throws -> Void
    ) throws {
        func isWanted(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
            guard let patterns else { return true }
            return patterns.contains { $0.firstIndex(in: bytes) != nil }
        }
        var reader = EventReader()
        try forEachBlock(in: range) { first, _, block in
            // Nearly all blocks are of other entries.
            guard isWanted(block) else { return }
            var position = first
            try Lines.forEach(in: block) { line in
                defer { position += 1 }
                let entry = UnsafeBufferPointer(rebasing: block[line])
                guard isWanted(entry), let attributes = try? reader.read(entry, as: .entry) else { return }
                try body(position, entry, attributes)
            }
        }
    }
}
