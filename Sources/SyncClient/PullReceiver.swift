internal import AgendaModel
package import EventLog
internal import EventLogSQLite

/// Takes the segment members of a pull: opens, hashes and counts them, and gives the whole segments to be staged.
package struct PullReceiver {
    /// The tree over the whole segments of log and staging.
    private var edge: TreeEdge
    /// The tree over everything.
    private var fullEdge: TreeEdge
    /// The entries after the last whole segment, each followed by a newline.
    package private(set) var tail: [UInt8]
    private var tailCount: Int
    /// What the entries say of this device's counters; nil when nobody wants to know.
    private(set) var own: OwnCounters?

    /// - Parameters:
    ///   - edge: of the whole segments.
    ///   - tail: the entries after them, each followed by a newline.
    package init(edge: TreeEdge, tail: [UInt8]) {
        self.edge = edge
        self.tail = tail
        fullEdge = edge
        tailCount = Self.append(tail, to: &fullEdge)
    }

    /// Goes on where the log and what is staged behind it end.
    ///
    /// - Parameters:
    ///   - store: the replica's log.
    ///   - device: whose counters to look for among the entries beyond the log. Not done for an empty log: its device
    ///     has just been enrolled, and bringing a whole agenda over should not take longer for it.
    /// - Throws: `corrupt` when the log's entries do not lead to its checkpoint.
    init(continuing store: SQLiteLogStore, device: String? = nil) throws {
        let head = try store.head()
        let sealed = head.size.rawValue / Segment.entryCount
        var edge = try store.edge(ofSegments: sealed)
        let tail = try store.entries(Position(sealed * Segment.entryCount)..<head.size.next)
        self.init(edge: edge, tail: tail)
        guard size == head.size.rawValue, head.checkpoint.map({ $0.checkpoint.root == fullEdge.root }) ?? (size == 0)
        else {
            throw LogError(
                .corrupt,
                "the log of this replica is damaged: its \(head.size.rawValue) entries do not lead to its checkpoint; run "
                    + "ambit verify, and keep a copy of the folder"
            )
        }
        var own = head.size > .zero ? device.map { OwnCounters(of: $0) } : nil
        let staged = try store.stagedSegments()
        if !staged.isEmpty {
            try Self.append(staged, of: store, to: &edge) { segment in
                if own != nil { own?.look(at: try segment.entries()) }
            }
            self.init(edge: edge, tail: [])
        }
        self.own = own
    }

    private static func append(
        _ numbers: Range<Int>,
        of store: SQLiteLogStore,
        to edge: inout TreeEdge,
        each: (Segment) throws -> Void
    ) throws {
        // A bounded part of the log in memory at a time.
        var next = numbers.lowerBound
        while next < numbers.upperBound {
            let segments = try store.staged(next..<min(next + 256, numbers.upperBound))
            guard !segments.isEmpty else {
                throw LogError(.corrupt, "segment \(next) of this replica is missing; keep a copy of the folder")
            }
            for segment in segments {
                edge.append(segmentRoot: segment.root)
                try each(segment)
            }
            next += segments.count
        }
    }

    /// How many entries the whole segments hold.
    var wholeSize: Int { edge.size }

    /// How much there is, and the root of it.
    var extent: SyncMachine.Extent { SyncMachine.Extent(size: size, root: fullEdge.root) }
    package var size: Int { edge.size + tailCount }

    /// The entries from a position on that no whole segment holds.
    ///
    /// - Parameter position: within the tail, or at its end.
    /// - Returns: entries, each followed by a newline.
    func tail(from position: Int) -> [UInt8] {
        var skip = max(0, position - edge.size)
        var start = 0
        while skip > 0, let newline = tail[start...].firstIndex(of: Lines.newline) {
            start = newline + 1
            skip -= 1
        }
        return Array(tail[start...])
    }

    /// Begins to read an answer.
    func reader() -> SegmentMemberReader { SegmentMemberReader() }

    /// Takes a member.
    ///
    /// - Parameters:
    ///   - member: the one that comes next.
    ///   - limit: the size that the entries may lead to.
    /// - Returns: the segment that it completes, if any.
    /// - Throws: `LogError` for damaged entries, or others than come next.
    package mutating func receive(_ member: SegmentMemberReader.Member, limit: Int) throws(LogError) -> Segment? {
        guard member.first.rawValue == size, size + member.count <= limit else {
            throw LogError(
                .malformed,
                "the server sent \(member.count) entries from \(member.first.rawValue) on, where those from \(size) to "
                    + "\(limit) were asked for"
            )
        }
        let number = size / Segment.entryCount
        if member.count == Segment.entryCount {
            let (segment, entries) = try Segment.opening(
                number: number,
                run: member.run,
                crc: member.crc,
                length: member.length
            )
            own?.look(at: entries)
            complete(segment)
            return segment
        }
        let entries = try member.entries()
        guard tailCount + member.count == Segment.entryCount else {
            own?.look(at: entries)
            tail += entries
            tailCount += Self.append(entries, to: &fullEdge)
            return nil
        }
        let sealing = tail + entries
        let result = sealing.withUnsafeBufferPointer { bytes in
            Result { () throws(LogError) in try Segment(number: number, sealing: bytes) }
        }
        let segment = try result.get()
        own?.look(at: entries)
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
