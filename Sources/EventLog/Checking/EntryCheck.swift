package import AgendaModel

/// An entry that has been read and found to follow those before it.
///
/// Only valid inside the body that it was given to.
package struct CheckedEntry {
    package var position: Position
    /// Without its newline.
    package var bytes: UnsafeBufferPointer<UInt8>
    package var attributes: EventAttributes
    /// A number for its source, counted from 0 in the order in which they first come.
    package var source: Int
    /// A number for its type, likewise.
    package var type: Int
    package var leaf: Hash
    /// The root of the segment that this entry completes, if it completes one.
    package var segmentRoot: Hash?

    /// The text of an attribute.
    package func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// What must hold of a log's entries by themselves, wherever they are stored.
///
/// Each is one in its form. No counter is used twice. Recorded times do not go back. The tree over them has the roots
/// that were signed.
///
/// Memory grows with the number of sources and types, not with that of entries.
package struct EntryCheck {
    /// The tree over the entries so far.
    package private(set) var edge = TreeEdge()
    /// Of the last entry.
    package var recorded: Timestamp? { sequence.recorded }
    private var sequence = EntrySequence()
    private var types = NameTable()
    private var redactions = RedactionCheck()
    /// What somebody holds elsewhere, and the log must extend.
    private let held: Checkpoint?

    /// - Parameter held: a verified checkpoint of the log that the entries must lead to on their way.
    package init(extending held: Checkpoint? = nil) {
        self.held = held
    }

    /// The names of the sources, by their numbers.
    package var sourceNames: [String] { sequence.sourceNames }
    /// The source with a number.
    package func source(_ number: Int) -> EventSource { EventSource(unchecked: sequence.sourceNames[number]) }
    /// The names of the types, by their numbers.
    package var typeNames: [String] { types.names }

    /// How many entries have been erased.
    package var erased: Int { redactions.erased }
    /// How many entries a redaction is about that still hold their data: those that cannot be erased, and those that nobody
    /// has erased yet.
    package var kept: Int { redactions.kept }
    /// The redaction that the tombstone at a position names; nil for entries that are whole.
    package func redaction(ofEntryAt position: Position) -> Position? { redactions.redaction(ofEntryAt: position) }

    /// Takes the next entry.
    ///
    /// - Parameter bytes: without its newline.
    /// - Returns: the entry, for further checks.
    /// - Throws: how it differs from what must stand there.
    package mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) throws(LogDifference) -> CheckedEntry {
        let position = edge.size.next
        let (attributes, source) = try sequence.take(bytes, at: position)
        try redactions.take(bytes, attributes, at: position)
        let leaf = Merkle.leaf(bytes)
        let segmentRoot = edge.append(leaf: leaf)
        if let held, held.size == edge.size, held.root != edge.root {
            throw LogDifference(
                .checkpoint(edge.size),
                "the log has the root \(edge.root.base64) here, and the checkpoint that was held against it has "
                    + "\(held.root.base64): this is another history than the one that was signed"
            )
        }
        return CheckedEntry(
            position: position,
            bytes: bytes,
            attributes: attributes,
            source: source,
            type: Int(types.number(of: UnsafeBufferPointer(rebasing: bytes[attributes.type]))),
            leaf: leaf,
            segmentRoot: segmentRoot
        )
    }

    /// To be called after the last entry.
    ///
    /// - Throws: what the entries lack.
    package func finish() throws(LogDifference) {
        try redactions.finish()
        guard let held, held.size > edge.size else { return }
        throw LogDifference(
            .entry(edge.size.next),
            "is missing: the checkpoint that was held against the log is of \(held.size) entries; the log has been "
                + "cut back, or put back from a backup"
        )
    }
}
