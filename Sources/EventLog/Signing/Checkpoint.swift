package import AgendaModel

/// The text of a C2SP tlog-checkpoint: origin, size, root.
package struct Checkpoint: Hashable, Sendable {
    /// The log's name: not empty, no spaces, no `+`.
    package var origin: String
    package var size: LogSize
    package var root: Hash

    package init(origin: String, size: LogSize, root: Hash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The three lines that are signed, each with its newline.
    package var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

    /// Reads a note's text.
    ///
    /// Extension lines after the third are allowed and ignored.
    init(text: Substring) throws(LogError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.count >= 3 else {
            throw LogError(.malformed, "a checkpoint has at least three lines (origin, size, root), not \(lines.count)")
        }
        guard lines.allSatisfy({ !$0.isEmpty }) else {
            throw LogError(.malformed, "a line of the checkpoint is empty")
        }
        guard let size = Self.size(lines[1]) else {
            throw LogError(
                .malformed,
                "line 2 of the checkpoint is no size: decimal digits without leading zeros are expected"
            )
        }
        guard let root = Hash(base64: String(lines[2])) else {
            throw LogError(.malformed, "line 3 of the checkpoint is no root: base64 of 32 bytes is expected")
        }
        guard size > .zero || root == Merkle.emptyRoot else {
            throw LogError(.malformed, "the checkpoint of an empty log does not have the root of an empty tree")
        }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    /// Decimal digits without leading zeros; nil for anything else.
    static func size(_ line: Substring) -> LogSize? {
        guard line.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            line.utf8.count == 1 || line.utf8.first != UInt8(ascii: "0"),
            let size = Int(line)
        else { return nil }
        return LogSize(size)
    }
}

/// A checkpoint as a C2SP signed note, verbatim.
package struct SignedCheckpoint: Hashable, Sendable {
    /// The whole note: text, blank line, signature lines.
    package var note: String
    package var checkpoint: Checkpoint

    /// Puts together what belongs together; nothing is checked here.
    ///
    /// What comes from outside goes through `VerifierKey.verify`.
    package init(note: String, checkpoint: Checkpoint) {
        self.note = note
        self.checkpoint = checkpoint
    }

    /// A note as a store kept it: whoever stored it had checked its signature, and whoever takes it from there does again.
    ///
    /// nil when the note is not of that log and size.
    ///
    /// - Parameters:
    ///   - note: the note.
    ///   - size: the size that the store keeps beside it.
    ///   - origin: the log's.
    package init?(stored note: String, size: LogSize, origin: String) {
        let lines = note.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0].elementsEqual(origin.utf8), lines[1].elementsEqual("\(size)".utf8),
            let root = Hash(base64: String(lines[2]) ?? "")
        else { return nil }
        self.init(note: note, checkpoint: Checkpoint(origin: origin, size: size, root: root))
    }
}
