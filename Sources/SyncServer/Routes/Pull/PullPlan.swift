internal import AgendaModel
internal import EventLog

/// How the entries of a range are put together: sealed runs as they are stored, the rest afresh.
struct PullPlan: Hashable, Sendable {
    /// What is sent.
    enum Representation: String, Sendable {
        case members = "m"
        case gzip = "g"
        case identity = "i"
    }

    /// A part that is read and sent at once.
    struct Piece: Hashable, Sendable {
        enum Source: Hashable, Sendable {
            /// Entries that no sealed run covers, all within one segment.
            case fresh(Range<Position>)
            /// Sealed segments, by number.
            case sealed(Range<Int>)
            /// Some of the bytes of what one sealed segment is sent as, and how many those are in all.
            case part(of: Int, Range<Int>, length: Int)
        }

        var source: Source
        /// How many bytes are sent; nil when only making them tells.
        var length: Int?
        /// Whether more has to be read for it than is sent: all of a long segment.
        var isOfLongSegment: Bool

        /// Whether it is put together anew each time.
        var isFresh: Bool {
            if case .fresh = source { true } else { false }
        }
    }

    /// The entries, by position.
    let range: Range<Position>
    /// The sealed segments that lie within the range as a whole.
    let sealed: Range<Int>

    /// - Parameters:
    ///   - range: The entries to send; not empty, within the log.
    ///   - sealedSegments: How many segments of the log are sealed.
    init(_ range: Range<Position>, sealedSegments: Int) {
        self.range = range
        let first = LogSize(before: range.lowerBound).startedSegments
        let end = min(LogSize(before: range.upperBound).wholeSegments, sealedSegments)
        sealed = first..<max(first, end)
    }

    /// Whether the range is made of whole sealed segments.
    var isSealed: Bool { !sealed.isEmpty && range == Segment.positions(sealed) }

    /// The segments that the range reaches into.
    var segments: Range<Int> {
        range.lowerBound.segment..<LogSize(before: range.upperBound).startedSegments
    }

    /// How the range of a log is read and sent.
    ///
    /// - Throws: `inputOutput` where the log has got shorter than it was when the plan was made; what the log throws.
    func pieces(of log: any LogReader, as representation: Representation) throws -> [Piece] {
        let lengths = try log.segmentLengths(segments)
        guard lengths.count == segments.count else {
            throw LogError(.inputOutput, "the log got shorter than \(range.upperBound) entries while it was being read")
        }
        return pieces(as: representation, lengths)
    }

    /// How the range is read and sent.
    ///
    /// - Parameters:
    ///   - representation: what the entries are sent as.
    ///   - lengths: those of `segments`.
    /// - Returns: the parts in their order, of at most `pieceBytes` each; what is deflated afresh may grow a little.
    func pieces(as representation: Representation, _ lengths: [SegmentLengths]) -> [Piece] {
        var pieces: [Piece] = []
        if sealed.isEmpty {
            appendFresh(range, lengths, to: &pieces)
            return pieces
        }
        let whole = Segment.positions(sealed)
        appendFresh(range.lowerBound..<whole.lowerBound, lengths, to: &pieces)
        appendSealed(representation, lengths, to: &pieces)
        appendFresh(whole.upperBound..<range.upperBound, lengths, to: &pieces)
        return pieces
    }

    private func appendFresh(_ range: Range<Position>, _ lengths: [SegmentLengths], to pieces: inout [Piece]) {
        var start = range.lowerBound
        while start < range.upperBound {
            let number = start.segment
            let isLong = lengths[number - segments.lowerBound].entries > Self.pieceBytes
            // How long the single entries are is not known: no more than so many fit into a piece in any case.
            let count = isLong ? Self.pieceBytes / (Segment.maximumEntryLength + 1) : Segment.entryCount
            let end = min(Segment.positions(number).upperBound, start + count, range.upperBound)
            pieces.append(Piece(source: .fresh(start..<end), length: nil, isOfLongSegment: isLong))
            start = end
        }
    }

    private func appendSealed(
        _ representation: Representation,
        _ lengths: [SegmentLengths],
        to pieces: inout [Piece]
    ) {
        var start = sealed.lowerBound
        var length = 0
        func flush(upTo end: Int) {
            if start < end {
                pieces.append(Piece(source: .sealed(start..<end), length: length, isOfLongSegment: false))
            }
            start = end
            length = 0
        }
        for number in sealed {
            let own = lengths[number - segments.lowerBound].sent(as: representation)
            if length + own > Self.pieceBytes { flush(upTo: number) }
            length += own
            guard own > Self.pieceBytes else { continue }
            for offset in stride(from: 0, to: own, by: Self.pieceBytes) {
                let part = offset..<min(offset + Self.pieceBytes, own)
                pieces.append(
                    Piece(source: .part(of: number, part, length: own), length: part.count, isOfLongSegment: true)
                )
            }
            start = number + 1
            length = 0
        }
        flush(upTo: sealed.upperBound)
    }

    /// Whoever reads slowly holds two pieces.
    static let pieceBytes = 1 << 20
}

extension SegmentLengths {
    /// How many bytes a sealed segment is sent as.
    fileprivate func sent(as representation: PullPlan.Representation) -> Int {
        switch representation {
        case .members: SegmentMember.length(ofRun: run ?? 0)
        case .gzip: run ?? 0
        case .identity: entries
        }
    }
}
