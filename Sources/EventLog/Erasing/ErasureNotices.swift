package import AgendaModel

/// What a stretch of a log says of erasures: which entries are tombstones, and which are redactions.
package struct ErasureNotices: Sendable {
    /// The redaction that each tombstone names, by the tombstone's position.
    private var tombstones: [Int: Int] = [:]
    /// The position that each redaction is about, by its own.
    private var redactions: [Int: Int] = [:]
    /// The first entry that ends as a tombstone and is none.
    private var malformed: Int?
    private var reader = EventReader()

    package init() {}

    /// Looks at a block of entries.
    ///
    /// - Parameters:
    ///   - entries: each followed by a newline.
    ///   - first: the position of the first of them.
    package mutating func look(at entries: UnsafeBufferPointer<UInt8>, from first: Int) {
        let mayRedact = Self.redactionType.firstIndex(in: entries) != nil
        var position = first
        Lines.forEach(in: entries) { range in
            look(at: UnsafeBufferPointer(rebasing: entries[range]), position, mayRedact: mayRedact)
            position += 1
        }
    }

    /// Looks at an entry, without a newline.
    package mutating func look(at entry: UnsafeBufferPointer<UInt8>, _ position: Position) {
        look(at: entry, position.rawValue, mayRedact: Self.redactionType.firstIndex(in: entry) != nil)
    }

    private mutating func look(at entry: UnsafeBufferPointer<UInt8>, _ position: Int, mayRedact: Bool) {
        let isErased = ErasedEntry.leaf(of: entry) != nil
        guard isErased || mayRedact else { return }
        let attributes = try? reader.read(entry, as: .entry)
        if let redacted = attributes?.redactedPosition(in: entry) { redactions[position] = redacted.rawValue }
        guard isErased else { return }
        if let tombstone = attributes?.tombstone {
            let mayBe = Tombstone.mayReplace(type: entry[attributes?.type ?? 0..<0])
            tombstones[position] = mayBe ? tombstone.redaction.rawValue : position
        } else {
            malformed = malformed ?? position
        }
    }

    /// The redactions from a size on that tombstones name, each once.
    package func redactions(from size: LogSize) -> [Position] {
        Set(tombstones.values.filter { $0 >= size.rawValue }).sorted().map { Position($0) }
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
        if let malformed { return .unjustified(Position(malformed)) }
        var needed: Int?
        for (position, redaction) in tombstones.sorted(by: { $0.key < $1.key }) where position >= start.rawValue {
            if redaction >= size.rawValue {
                if later[Position(redaction)] != Position(position) { needed = max(needed ?? 0, redaction) }
                continue
            }
            let isNew = redaction >= start.rawValue
            let found = try isNew ? redactions[redaction] : known(Position(redaction))?.rawValue
            guard position < redaction, found == position else { return .unjustified(Position(position)) }
        }
        if let needed { return .beyond(LogSize(needed + 1)) }
        var erasures: [Int: Erasure] = [:]
        for (redaction, position) in redactions.sorted(by: { $0.key < $1.key })
        where position < redaction && redaction >= start.rawValue && erasures[position] == nil {
            erasures[position] = Erasure(position: Position(position), redaction: Position(redaction))
        }
        return .justified(erasures.values.sorted { $0.position < $1.position })
    }

    private static let redactionType = BytePattern(#""type":"\#(Tombstone.redactionType)""#)
}

extension LogReader {
    /// What the redaction at a position of the log is about; nil when the entry there is none.
    package func redactedPosition(at position: Position) throws -> Position? {
        let entry = Array(try entries(position..<Position(position.rawValue + 1)).dropLast())
        return entry.withUnsafeBufferPointer { bytes in
            var reader = EventReader()
            return (try? reader.read(bytes, as: .entry))?.redactedPosition(in: bytes)
        }
    }
}
