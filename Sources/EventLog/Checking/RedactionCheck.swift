internal import AgendaModel

/// Holds what is left of erased entries against the entries that asked for it, which come later in the log.
///
/// A tombstone says itself what its leaf is, so the tree vouches for nothing else in it. It counts only where the log
/// has a redaction of exactly this entry. Rules: Protocol/Log.md, "Erased entries". Memory grows with the number of
/// redactions.
struct RedactionCheck {
    /// The redaction that each tombstone names, by the tombstone's position.
    private var tombstones: [Position: Position] = [:]
    /// The entry that each redaction is about, by its own position.
    private var redactions: [Position: Position] = [:]

    /// How many entries have been erased.
    var erased: Int { tombstones.count }

    /// The entries that were to be erased and still hold their data.
    var kept: Int { Set(redactions.filter { $0.value < $0.key }.values).subtracting(tombstones.keys).count }

    /// The redaction that the tombstone at a position names; nil for entries that are whole.
    func redaction(ofEntryAt position: Position) -> Position? { tombstones[position] }

    mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ attributes: EventAttributes,
        at position: Position
    ) throws(LogDifference) {
        guard let tombstone = attributes.tombstone else {
            guard ErasedEntry.leaf(of: bytes) == nil else {
                throw LogDifference(.entry(position), "ends as what is left of an erased entry does, and is none")
            }
            if let redacted = attributes.redactedPosition(in: bytes) { redactions[position] = redacted }
            return
        }
        guard Tombstone.mayReplace(type: bytes[attributes.type]) else {
            throw LogDifference(
                .entry(position),
                "was erased, and is of type \(String(decoding: bytes[attributes.type], as: UTF8.self)), which never is"
            )
        }
        tombstones[position] = tombstone.redaction
    }

    /// To be called after the last entry.
    func finish() throws(LogDifference) {
        for (position, redaction) in tombstones.sorted(by: { $0.key < $1.key }) {
            guard position < redaction, redactions[redaction] == position else {
                throw LogDifference(
                    .entry(position),
                    "was erased without a redaction: entry \(redaction), which it names, is no entry.redacted about entry "
                        + "\(position)"
                )
            }
        }
    }
}
