package import AgendaModel

/// What a stretch of a log says of erasures: which entries are tombstones, and which are redactions.
package struct ErasureNotices: Sendable {
    /// The redaction that each tombstone names, by the tombstone's position.
    private var tombstones: [Position: Position] = [:]
    /// The position that each redaction is about, by its own.
    private var redactions: [Position: Position] = [:]
    /// The first entry that ends as a tombstone and is none.
    private var malformed: Position?
    private var reader = EventReader()

    package init() {}

    /// Looks at a block of entries.
    ///
    /// - Parameters:
    ///   - entries: each followed by a newline.
    ///   - first: the position of the first of them.
    package mutating func look(at entries: UnsafeBufferPointer<UInt8>, from first: Position) {
        let mayRedact = Self.redactionType.firstIndex(in: entries) != nil
        var position = first
        Lines.forEach(in: entries) { range in
            look(at: UnsafeBufferPointer(rebasing: entries[range]), position, mayRedact: mayRedact)
            position += 1
        }
    }

    /// Looks at an entry, without a newline.
    package mutating func look(at entry: UnsafeBufferPointer<UInt8>, _ position: Position) {
        look(at: entry, position, mayRedact: Self.redactionType.firstIndex(in: entry) != nil)
    }

    private mutating func look(at entry: UnsafeBufferPointer<UInt8>, _ position: Position, mayRedact: Bool) {
        let isErased = ErasedEntry.leaf(of: entry) != nil
        guard isErased || mayRedact else { return }
        let attributes = try? reader.read(entry, as: .entry)
        if let redacted = attributes?.redactedPosition(in: entry) { redactions[position] = redacted }
        guard isErased else { return }
        if let tombstone = attributes?.tombstone {
            let mayBe = Tombstone.mayReplace(type: entry[attributes?.type ?? 0..<0])
            tombstones[position] = mayBe ? tombstone.redaction : position
        } else {
            malformed = malformed ?? position
        }
    }

    /// The redactions from a size on that tombstones name, each once.
    package func redactions(from size: LogSize) -> [Position] {
        Set(tombstones.values.filter { !size.contains($0) }).sorted()
    }

    /// What follows for a log that is to have a size.
    package enum Verdict: Hashable, Sendable {
        /// Every tombstone has its redaction; these are to be erased, as far as they are not.
        case justified([Erasure])
        /// A tombstone names a redaction beyond that size, of which nothing else is known.
        case beyond(LogSize)
        /// The tombstone at this position has no redaction.
        case unjustified(Position)
    }

    /// Holds tombstones and redactions against each other.
    ///
    /// - Parameters:
    ///   - start: the entries before it count already.
    ///   - size: the log's, with the entries that were looked at.
    ///   - later: what redactions from `size` on are about, as far as that has been shown.
    ///   - known: gives what the redaction at a position before `start` is about; nil when there is none there.
    /// - Returns: whether all tombstones count, and what else is to be erased.
    /// - Throws: what `known` throws.
    package func verdict(
        from start: LogSize,
        upTo size: LogSize,
        later: [Position: Position] = [:],
        known: (Position) throws -> Position?
    ) rethrows -> Verdict {
        if let malformed { return .unjustified(malformed) }
        var needed: Position?
        for (position, redaction) in tombstones.sorted(by: { $0.key < $1.key }) where !start.contains(position) {
            if !size.contains(redaction) {
                if later[redaction] != position { needed = max(needed ?? redaction, redaction) }
                continue
            }
            let found = try start.contains(redaction) ? known(redaction) : redactions[redaction]
            guard position < redaction, found == position else { return .unjustified(position) }
        }
        if let needed { return .beyond(LogSize(through: needed)) }
        var erasures: [Position: Erasure] = [:]
        for (redaction, position) in redactions.sorted(by: { $0.key < $1.key })
        where position < redaction && !start.contains(redaction) && erasures[position] == nil {
            erasures[position] = Erasure(position: position, redaction: redaction)
        }
        return .justified(erasures.values.sorted { $0.position < $1.position })
    }

    private static let redactionType = BytePattern(#""type":"\#(Tombstone.redactionType)""#)
}

extension LogReader {
    /// What the redaction at a position of the log is about; nil when the entry there is none.
    package func redactedPosition(at position: Position) throws -> Position? {
        try entry(at: position).withUnsafeBufferPointer { bytes in
            var reader = EventReader()
            return (try? reader.read(bytes, as: .entry))?.redactedPosition(in: bytes)
        }
    }
}
