package import AgendaModel

extension Segment {
    /// The positions of the entries of the segment with a number.
    package static func positions(_ number: Int) -> Range<Position> {
        positions(number..<number + 1)
    }

    /// The positions of the entries of consecutive segments.
    package static func positions(_ numbers: Range<Int>) -> Range<Position> {
        LogSize(segments: numbers.lowerBound).positions(upTo: LogSize(segments: numbers.upperBound))
    }
}

extension Position {
    /// The number of the segment that the entry is in.
    package var segment: Int { rawValue / Segment.entryCount }
}

extension LogSize {
    /// The size of a log that has so many segments and nothing behind them.
    package init(segments count: Int) { self.init(count * Segment.entryCount) }

    /// How many segments are whole in a log of this size.
    package var wholeSegments: Int { rawValue / Segment.entryCount }
    /// How many segments have entries in a log of this size, the last one perhaps not all of them.
    package var startedSegments: Int { (rawValue + Segment.entryCount - 1) / Segment.entryCount }
    /// Whether all entries are in whole segments.
    package var isAtSegmentEnd: Bool { rawValue % Segment.entryCount == 0 }
}
