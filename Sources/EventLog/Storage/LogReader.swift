package import AgendaModel

/// The reading side of a log store.
///
/// Many tasks may read while a writer appends. Two calls may see two moments of the log. Entries that were read once stay
/// the same, unless they are erased.
package protocol LogReader: Sendable {
    /// What the log is called, and by which key.
    var identity: LogIdentity { get }
    /// The end of the log, as last committed.
    func head() throws -> LogHead

    /// Sealed segments, in order; shorter than asked for where they are not sealed (yet).
    func segments(_ numbers: Range<Int>) throws -> [Segment]

    /// The roots of sealed segments, in order, without what the segments hold; shorter than asked for as `segments`.
    func segmentRoots(_ numbers: Range<Int>) throws -> [Hash]

    /// How long segments are, in order, without what they hold.
    ///
    /// They may be sealed or not, and the last one of the log need not be complete. There are fewer than asked for
    /// where the log ends.
    func segmentLengths(_ numbers: Range<Int>) throws -> [SegmentLengths]

    /// Entries, each followed by a newline, sealed or not; of those that were erased what is left.
    ///
    /// The range must lie within the log.
    func entries(_ range: Range<Position>) throws -> [UInt8]

    /// Calls the body with the entries of the range in order, in blocks of at most one segment or one commit.
    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws

    /// The stored checkpoint with the greatest size that is not greater than this.
    func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint?

    /// How many entries had been recorded at that moment (recorded time <= moment).
    func size(at moment: Timestamp) throws -> LogSize
}

extension LogReader {
    package func entries(_ range: Range<Position>) throws -> [UInt8] {
        var result: [UInt8] = []
        try forEachBlock(in: range) { _, _, entries in result.append(contentsOf: entries) }
        return result
    }

    /// The entry at a position of the log, without its newline.
    package func entry(at position: Position) throws -> [UInt8] { try entries(position..<position.next).dropLast() }

    package func segmentRoots(_ numbers: Range<Int>) throws -> [Hash] {
        try segments(numbers).map(\.root)
    }

    package func segmentLengths(_ numbers: Range<Int>) throws -> [SegmentLengths] {
        let size = try head().size
        let count = size.startedSegments
        return try numbers.clamped(to: 0..<count).map { number in
            if let segment = try segments(number..<number + 1).first {
                return SegmentLengths(entries: segment.length, run: segment.run.count)
            }
            let entries = try entries(Segment.positions(number).clamped(to: size.positions))
            return SegmentLengths(entries: entries.count, run: nil)
        }
    }

    /// The tree over the first so many sealed segments, from their stored roots.
    ///
    /// - Throws: `corrupt` when one of them is missing.
    package func edge(ofSegments count: Int) throws -> TreeEdge {
        var edge = TreeEdge()
        var number = 0
        while number < count {
            let roots = try segmentRoots(number..<min(number + 4096, count))
            guard !roots.isEmpty else {
                throw LogError(.corrupt, "segment \(number) of the log is missing; restore the log from a backup")
            }
            for root in roots { edge.append(segmentRoot: root) }
            number += roots.count
        }
        return edge
    }
}
