package import AgendaModel

/// What a log that has only the first entries is given at once to have more of them.
package struct RepairChunk: Sendable {
    /// How many entries come before these.
    package let after: LogSize
    /// Each followed by a newline.
    package private(set) var entries: [UInt8] = []
    /// The size of the log with them.
    package private(set) var end: LogSize
    /// Of this end or beyond.
    package let checkpoint: SignedCheckpoint
    /// From the end to the checkpoint.
    package private(set) var proof = ConsistencyProof(hashes: [])
    /// The redactions from the end on by which some of the entries were erased.
    package private(set) var redactions: [RedactionProof] = []

    /// More redactions than this are not given along: then there are fewer entries.
    private static let maximumRedactions = 32
    /// Nor more bytes of them, but for a single one.
    private static let maximumRedactionBytes = 64 * 1024

    /// Takes as many of a log's entries as fit.
    ///
    /// - Parameters:
    ///   - log: has them.
    ///   - after: how many entries come before these; fewer than the checkpoint covers.
    ///   - checkpoint: the log's.
    ///   - maximumEntries: the most entries, at least one.
    ///   - maximumBytes: the most bytes, newlines included; one entry is always taken.
    /// - Throws: what reading the log throws.
    package init(
        of log: any LogReader,
        after: LogSize,
        upTo checkpoint: SignedCheckpoint,
        maximumEntries: Int = RepairRequest.maximumEntries,
        maximumBytes: Int
    ) throws {
        self.after = after
        self.checkpoint = checkpoint
        end = after
        let limit = min(checkpoint.checkpoint.size, after + maximumEntries)
        var isFull = false
        while end < limit, !isFull {
            // A segment at a time, so that little is read in vain.
            let border = min(LogSize(segments: end.wholeSegments + 1), limit)
            let block = try log.entries(end.positions(upTo: border))
            for line in block.withUnsafeBufferPointer({ Lines.ranges(in: $0) }) {
                guard end == after || entries.count + line.count + 1 <= maximumBytes else {
                    isFull = true
                    break
                }
                entries += block[line]
                entries.append(Lines.newline)
                end += 1
            }
            guard isFull || end == border else {
                throw LogError(
                    .corrupt,
                    "entries up to \(border - 1) cannot be read as lines; run 'ambit verify'"
                )
            }
        }
        try addRedactions(of: log)
        proof = try ConsistencyProof(from: end, to: checkpoint.checkpoint.size, in: LogTree(of: log))
    }
    /// Gives along the redactions that come later, of as many entries as have few enough.
    private mutating func addRedactions(of log: any LogReader) throws {
        while true {
            var notices = ErasureNotices()
            entries.withUnsafeBufferPointer { notices.look(at: $0, from: after.next) }
            let later = notices.redactions(from: end)
            // Proofs are only made when they may be few enough.
            if later.count <= Self.maximumRedactions || end - after == 1 {
                redactions = []
                var bytes = 0
                for position in later {
                    let redaction = try RedactionProof(at: position, of: log, upTo: checkpoint.checkpoint.size)
                    bytes += redaction.entry.count
                    guard redactions.isEmpty || bytes <= Self.maximumRedactionBytes else { break }
                    redactions.append(redaction)
                }
                guard redactions.count < later.count, end - after > 1 else { return }
            }
            // Fewer entries have fewer of them beyond their end, in the long run.
            let count = (end - after) / 2
            entries = entries.withUnsafeBufferPointer { Array($0[..<Lines.length(of: count, in: $0)]) }
            end = after + count
        }
    }
}
