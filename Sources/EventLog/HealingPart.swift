package import AgendaModel

/// What a log that has only the first entries is given at once to have more of them.
package struct HealingPart: Sendable {
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
        maximumEntries: Int = Healing.maximumEntries,
        maximumBytes: Int
    ) throws {
        self.after = after
        self.checkpoint = checkpoint
        end = after
        let limit = min(checkpoint.checkpoint.size.rawValue, after.rawValue + maximumEntries)
        var isFull = false
        while end.rawValue < limit, !isFull {
            // A segment at a time, so that little is read in vain.
            let border = min((end.rawValue / Segment.entryCount + 1) * Segment.entryCount, limit)
            let block = try log.entries(end.next..<Position(border))
            for line in block.withUnsafeBufferPointer({ Lines.ranges(in: $0) }) {
                guard end == after || entries.count + line.count + 1 <= maximumBytes else {
                    isFull = true
                    break
                }
                entries += block[line]
                entries.append(Lines.newline)
                end = LogSize(end.rawValue + 1)
            }
            guard isFull || end.rawValue == border else {
                throw LogError(
                    .corrupt,
                    "entries up to \(border - 1) cannot be read as lines; run 'ambit verify'"
                )
            }
        }
        proof = try ConsistencyProof(from: end, to: checkpoint.checkpoint.size, in: LogTree(of: log))
    }
}
