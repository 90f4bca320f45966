internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import LogClient

extension PullReceiver {
    /// How much there is, and the root of it.
    var extent: SyncMachine.Extent { SyncMachine.Extent(size: size, root: root) }

    /// Goes on where the log and what is staged behind it end.
    ///
    /// - Throws: `corrupt` when the log's entries do not lead to its checkpoint.
    init(continuing store: SQLiteLogStore) throws {
        let head = try store.head()
        let sealed = head.size.wholeSegments
        var edge = try store.edge(ofSegments: sealed)
        let tail = try store.entries(LogSize(segments: sealed).positions(upTo: head.size))
        let sequence = EntrySequence(after: head.recordedTime, lastCounters: try LastCounters.of(store, at: head.size))
        self.init(edge: edge, tail: tail, sequence: sequence, known: head.size)
        guard size == head.size, head.checkpoint.map({ $0.checkpoint.root == root }) ?? (size == .zero)
        else {
            throw LogError(
                .corrupt,
                "the log of this replica is damaged: its \(head.size) entries do not lead to its checkpoint; run "
                    + "ambit verify, and keep a copy of the folder"
            )
        }
        let staged = try store.stagedSegments()
        guard !staged.isEmpty else { return }
        try Self.forEach(staged, of: store) { edge.append(segmentRoot: $0.root) }
        self.init(edge: edge, tail: [], sequence: sequence, known: head.size)
        try Self.forEach(staged, of: store) {
            look(at: try $0.entries(), from: Segment.positions($0.number).lowerBound)
        }
    }

    private static func forEach(
        _ numbers: Range<Int>,
        of store: SQLiteLogStore,
        _ body: (Segment) throws -> Void
    ) throws {
        // A bounded part of the log in memory at a time.
        var next = numbers.lowerBound
        while next < numbers.upperBound {
            let segments = try store.staged(next..<min(next + 256, numbers.upperBound))
            guard !segments.isEmpty else {
                throw LogError(.corrupt, "segment \(next) of this replica is missing; keep a copy of the folder")
            }
            for segment in segments { try body(segment) }
            next += segments.count
        }
    }

    /// Calls the body with everything beyond the log, in order, block by block; the first may begin within the log.
    func forEachBlock(
        beyond store: SQLiteLogStore,
        _ body: (_ first: Position, _ entries: [UInt8]) throws -> Void
    ) throws {
        try Self.forEach(try store.stagedSegments(), of: store) { segment in
            try body(Segment.positions(segment.number).lowerBound, try segment.entries())
        }
        try body(wholeSize.next, tail)
    }
}
