package import AgendaModel

/// That an entry is replaced by what is left of it (Protocol/Log.md, "Erased entries").
///
/// An erasure follows from an `entry.redacted`, and is committed with it. The store puts the `ErasedEntry` in the entry's
/// place. `Merkle.leaf` takes the leaf from that, so roots, checkpoints and proofs stay as they are. `ErasureNotices`
/// decides what a replica erases, and `State.erase` takes the values out of what was folded. The files are scrubbed
/// afterwards: a mark in them says that it is due until it is done. What is kept in memory is dropped when
/// `LogHead.erasureMark` changes.
package struct Erasure: Hashable, Sendable {
    /// The entry.
    package var position: Position
    /// Where the `entry.redacted` stands that asks for it.
    package var redaction: Position

    package init(position: Position, redaction: Position) {
        self.position = position
        self.redaction = redaction
    }
}

/// What is left of an entry that was erased.
package enum ErasedEntry {
    private static let leafStart = Array(#","leaf":""#.utf8)
    /// 32 bytes in base64.
    private static let leafLength = 44
    /// `,"leaf":"…"` and the suffix that every entry has.
    private static let endLength = leafStart.count + leafLength + 1 + EntrySuffix.length

    /// The leaf hash that the entry had; nil for entries that are whole.
    ///
    /// Looks at the end only. No event can end so: `leaf` is no name for its attributes, and the data would be closed by
    /// a brace. What ends so and is no tombstone is found by whoever reads it.
    package static func leaf(of entry: UnsafeBufferPointer<UInt8>) -> Hash? {
        guard entry.count > endLength else { return nil }
        let end = UnsafeBufferPointer(rebasing: entry.suffix(endLength))
        let start = leafStart.count
        guard end[start + leafLength] == UInt8(ascii: "\""), end.starts(with: leafStart),
            end[(start + leafLength + 1)...].starts(with: EntrySuffix.start),
            end.suffix(2).elementsEqual(EntrySuffix.end)
        else { return nil }
        return Hash(base64: String(decoding: end[start..<start + leafLength], as: UTF8.self))
    }

    /// What is left of an entry when it is erased.
    ///
    /// - Throws: `EventProblem` for what is no entry, cannot be erased, or has been.
    package static func replacement(
        of entry: UnsafeBufferPointer<UInt8>,
        redaction: Position
    ) throws(EventProblem) -> [UInt8] {
        var reader = EventReader()
        return try reader.tombstone(of: entry, redaction: redaction, leaf: Merkle.leaf(entry).base64)
    }

    /// Why an entry cannot be erased; nil when it can.
    static func problem(erasing entry: UnsafeBufferPointer<UInt8>, by redaction: Position) -> EventProblem? {
        do throws(EventProblem) {
            _ = try replacement(of: entry, redaction: redaction)
            return nil
        } catch {
            return error
        }
    }
}

extension [Erasure] {
    /// Replaces entries in a block by what is left of them; those that have been erased, or cannot be, stay.
    ///
    /// - Parameters:
    ///   - block: entries, each followed by a newline.
    ///   - first: the position of the first one.
    /// - Returns: the block, and those that were replaced; nil when none was.
    package func applied(to block: [UInt8], from first: Position) -> (block: [UInt8], replaced: [Erasure])? {
        let wanted = Dictionary(map { ($0.position, $0) }) { first, _ in first }
        var replaced: [Erasure] = []
        var output: [UInt8] = []
        output.reserveCapacity(block.count)
        var position = first
        block.withUnsafeBufferPointer { bytes in
            Lines.forEach(in: bytes) { line in
                defer { position += 1 }
                let entry = UnsafeBufferPointer(rebasing: bytes[line])
                if let erasure = wanted[position],
                    let left = try? ErasedEntry.replacement(of: entry, redaction: erasure.redaction)
                {
                    output += left
                    replaced.append(erasure)
                } else {
                    output += entry
                }
                output.append(Lines.newline)
            }
        }
        return replaced.isEmpty ? nil : (output, replaced)
    }
}

extension Segment {
    /// The segment with some of its entries replaced by what is left of them, and those that were.
    ///
    /// - Returns: nil when there is nothing to replace.
    /// - Throws: `corrupt` when the segment is damaged: its root has to stay what it was.
    package func erasing(_ erasures: [Erasure]) throws(LogError) -> (segment: Segment, replaced: [Erasure])? {
        guard let (block, replaced) = erasures.applied(to: try entries(), from: Segment.positions(number).lowerBound)
        else {
            return nil
        }
        let sealed = block.withUnsafeBufferPointer { bytes in
            Result { () throws(LogError) in try Segment(number: number, sealing: bytes) }
        }
        let segment = try sealed.get()
        guard segment.root == root else {
            throw LogError(.corrupt, "segment \(number) does not have the root that is kept of it; run 'ambit verify'")
        }
        return (segment, replaced)
    }
}

extension Erasure {
    /// Whether entry and redaction are in a log of this size, in this order.
    package func isWithin(_ size: LogSize) -> Bool {
        Position(0) <= position && position < redaction && size.contains(redaction)
    }
}
