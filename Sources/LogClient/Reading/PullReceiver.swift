package import AgendaModel
package import EventLog

/// Takes the segment members of a pull: opens, hashes and counts them, and gives the whole segments to be staged.
package struct PullReceiver {
    /// The tree over the whole segments of log and staging.
    private var edge: TreeEdge
    /// The tree over everything.
    private var fullEdge: TreeEdge
    /// The entries after the last whole segment, each followed by a newline.
    package private(set) var tail: [UInt8]
    private var tailCount: Int
    /// Of everything that came, and of what the log has after its last whole segment.
    package private(set) var erasures = ErasureNotices()
    /// Of the log, and of everything that came.
    package private(set) var sequence: EntrySequence
    /// Of the log: its entries have been read before.
    private let known: LogSize
    /// The first of them that is no entry, or cannot follow those before it; nil when there is none.
    ///
    /// It may be signed all the same: nothing of what came may count then.
    package private(set) var fault: LogDifference?

    /// - Parameters:
    ///   - edge: of the whole segments.
    ///   - tail: the entries after them, each followed by a newline.
    ///   - sequence: of the log so far.
    ///   - known: how many entries that has; those that come again within them were read before.
    package init(
        edge: TreeEdge,
        tail: [UInt8],
        sequence: EntrySequence = EntrySequence(),
        known: LogSize = .zero
    ) {
        self.edge = edge
        self.tail = tail
        self.sequence = sequence
        self.known = known
        fullEdge = edge
        tailCount = Self.append(tail, to: &fullEdge)
        look(at: tail, from: edge.size.next)
    }

    /// Reads entries, in their order: whether they can follow those of the log, and what they say of erasures.
    package mutating func look(at entries: [UInt8], from first: Position) {
        entries.withUnsafeBufferPointer { bytes in
            erasures.look(at: bytes, from: first)
            var position = first
            Lines.forEach(in: bytes) { line in
                defer { position += 1 }
                guard fault == nil, position >= known.next else { return }
                do throws(LogDifference) {
                    _ = try sequence.take(UnsafeBufferPointer(rebasing: bytes[line]), at: position)
                } catch {
                    fault = error
                }
            }
        }
    }

    /// How many entries the whole segments hold.
    package var wholeSize: LogSize { edge.size }

    /// The root of everything.
    package var root: Hash { fullEdge.root }

    /// How many entries there are, the tail included.
    package var size: LogSize { edge.size + tailCount }

    /// The entries beyond a size that no whole segment holds.
    ///
    /// - Parameter size: within the tail, or at its end.
    /// - Returns: entries, each followed by a newline.
    package func tail(beyond size: LogSize) -> [UInt8] {
        var skip = max(0, size - edge.size)
        var start = 0
        while skip > 0, let newline = tail[start...].firstIndex(of: Lines.newline) {
            start = newline + 1
            skip -= 1
        }
        return Array(tail[start...])
    }

    /// Takes a member.
    ///
    /// - Parameters:
    ///   - member: the one that comes next.
    ///   - limit: the size that the entries may lead to.
    /// - Returns: the segment that it completes, if any.
    /// - Throws: `LogError` for damaged entries, or others than come next.
    package mutating func receive(_ member: SegmentMemberReader.Member, limit: LogSize) throws(LogError) -> Segment? {
        guard member.first == size.next, size + member.count <= limit else {
            throw LogError(
                .malformed,
                "the server sent \(member.count) entries from \(member.first) on, where those from \(size) to "
                    + "\(limit) were asked for"
            )
        }
        let number = size.wholeSegments
        if member.count == Segment.entryCount {
            let (segment, entries) = try Segment.opening(
                number: number,
                run: member.run,
                crc: member.crc,
                length: member.length
            )
            look(at: entries, from: size.next)
            complete(segment)
            return segment
        }
        return try add(try member.entries(), count: member.count)
    }

    /// Takes entries that nobody asked for.
    ///
    /// - Parameters:
    ///   - lines: entries, each followed by a newline.
    ///   - first: the position of the first one; those that are there already are passed over.
    /// - Returns: the segments that they complete; none when they do not follow what is there.
    /// - Throws: `LogError` for what cannot be entries.
    package mutating func receive(lines: [UInt8], from first: Position) throws(LogError) -> [Segment] {
        guard first <= size.next else { return [] }
        var segments: [Segment] = []
        var skipped = size.next - first
        var start = 0
        var end = 0
        var room = Segment.entryCount - tailCount
        while let newline = lines[end...].firstIndex(of: Lines.newline) {
            end = newline + 1
            if skipped > 0 {
                skipped -= 1
                start = end
                continue
            }
            room -= 1
            guard room == 0 else { continue }
            let count = Segment.entryCount - tailCount
            if let segment = try add(Array(lines[start..<end]), count: count) { segments.append(segment) }
            start = end
            room = Segment.entryCount
        }
        let rest = Segment.entryCount - tailCount - room
        if rest > 0, let segment = try add(Array(lines[start..<end]), count: rest) { segments.append(segment) }
        return segments
    }

    /// Adds entries that do not go beyond the segment that they begin in.
    private mutating func add(_ entries: [UInt8], count: Int) throws(LogError) -> Segment? {
        look(at: entries, from: size.next)
        guard tailCount + count == Segment.entryCount else {
            tail += entries
            tailCount += Self.append(entries, to: &fullEdge)
            return nil
        }
        let sealing = tail + entries
        let result = sealing.withUnsafeBufferPointer { bytes in
            Result { () throws(LogError) in try Segment(number: wholeSize.wholeSegments, sealing: bytes) }
        }
        let segment = try result.get()
        complete(segment)
        return segment
    }

    private mutating func complete(_ segment: Segment) {
        edge.append(segmentRoot: segment.root)
        fullEdge = edge
        tail = []
        tailCount = 0
    }

    private static func append(_ entries: [UInt8], to edge: inout TreeEdge) -> Int {
        entries.withUnsafeBufferPointer { bytes in
            Merkle.forEachLeaf(of: bytes) { leaf, _ in edge.append(leaf: leaf) }
        }
    }
}
