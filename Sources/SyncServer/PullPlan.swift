internal import EventLog

/// How the entries of a range are put together: sealed runs as they are stored, the rest afresh.
struct PullPlan: Hashable, Sendable {
    /// A part that is read and sent at once.
    enum Piece: Hashable, Sendable {
        /// Entries that no sealed run covers, all within one segment.
        case fresh(Range<Int>)
        /// Sealed segments, by number.
        case sealed(Range<Int>)
    }

    /// The entries, by position.
    let range: Range<Int>
    /// The sealed segments that lie within the range as a whole.
    let sealed: Range<Int>

    /// - Parameters:
    ///   - range: The entries to send; not empty, within the log.
    ///   - sealedSegments: How many segments of the log are sealed.
    init(_ range: Range<Int>, sealedSegments: Int) {
        self.range = range
        let first = (range.lowerBound + Segment.entryCount - 1) / Segment.entryCount
        let end = min(range.upperBound / Segment.entryCount, sealedSegments)
        sealed = first..<max(first, end)
    }

    /// Whether the range is made of whole sealed segments.
    var isSealed: Bool {
        !sealed.isEmpty && range == sealed.lowerBound * Segment.entryCount..<sealed.upperBound * Segment.entryCount
    }

    /// The parts in their order, each small enough to be held in memory a few times.
    var pieces: [Piece] {
        var pieces: [Piece] = []
        if sealed.isEmpty {
            appendFresh(range, to: &pieces)
            return pieces
        }
        appendFresh(range.lowerBound..<sealed.lowerBound * Segment.entryCount, to: &pieces)
        for first in stride(from: sealed.lowerBound, to: sealed.upperBound, by: Self.segmentsAtOnce) {
            pieces.append(.sealed(first..<min(first + Self.segmentsAtOnce, sealed.upperBound)))
        }
        appendFresh(sealed.upperBound * Segment.entryCount..<range.upperBound, to: &pieces)
        return pieces
    }

    private func appendFresh(_ range: Range<Int>, to pieces: inout [Piece]) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min((start / Segment.entryCount + 1) * Segment.entryCount, range.upperBound)
            pieces.append(.fresh(start..<end))
            start = end
        }
    }

    /// About 100 kB of usual entries when deflated; 1 MB inflated.
    private static let segmentsAtOnce = 16
}
