package import AgendaModel

/// The body of C2SP's `add-checkpoint`: a checkpoint, and how it extends the one that the witness has.
///
///     old 2
///     <base64 of a hash>, a line each
///
///     <checkpoint>
package struct AddCheckpoint: Hashable, Sendable {
    /// More lines of proof than any tree below 2^63 leaves takes: C2SP tlog-witness.
    package static let maximumProofLength = 63
    /// Longer bodies are not read.
    package static let maximumBytes = SignedNote.maximumBytes + (maximumProofLength + 2) * 64

    /// How much of the log the witness is believed to have seen.
    package var old: LogSize
    package var proof: ConsistencyProof
    /// The note, verbatim.
    package var note: String

    package init(old: LogSize, proof: ConsistencyProof, note: String) {
        self.old = old
        self.proof = proof
        self.note = note
    }

    /// - Throws: `malformed` for what has not this form. The checkpoint itself is not looked at.
    package init(_ body: [UInt8]) throws(LogError) {
        guard body.count <= Self.maximumBytes, let text = String(validating: body, as: UTF8.self) else {
            throw LogError(.malformed, "the body is longer than \(Self.maximumBytes) bytes, or not UTF-8")
        }
        // Everything before the first empty line; the checkpoint has empty lines of its own.
        let scalars = text.unicodeScalars
        guard let blank = Self.firstBlankLine(in: scalars) else {
            throw LogError(.malformed, "the body has no empty line before its checkpoint")
        }
        let lines = text[..<blank].split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("old "), let old = Checkpoint.size(first.dropFirst(4)) else {
            throw LogError(.malformed, "the first line is not \"old\" and a size, in decimal digits")
        }
        guard lines.count - 1 <= Self.maximumProofLength else {
            throw LogError(.malformed, "a proof has at most \(Self.maximumProofLength) lines")
        }
        self.old = old
        proof = try ConsistencyProof(base64: lines.dropFirst().map(String.init))
        note = String(text[text.unicodeScalars.index(blank, offsetBy: 2)...])
    }

    /// The index of the newline before the first empty line.
    private static func firstBlankLine(in text: String.UnicodeScalarView) -> String.Index? {
        var previous: String.Index?
        for index in text.indices where text[index] == "\n" {
            if let previous, text.index(after: previous) == index { return previous }
            previous = index
        }
        return nil
    }

    /// As it is sent.
    package var body: [UInt8] {
        Array(("old \(old)\n" + proof.base64.map { $0 + "\n" }.joined() + "\n" + note).utf8)
    }
}
