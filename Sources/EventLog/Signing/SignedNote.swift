/// A C2SP signed note, taken apart and not yet verified.
struct SignedNote {
    /// Notes with more bytes or signatures are refused.
    static let maximumBytes = 64 * 1024
    static let maximumSignatures = 64

    struct Signature {
        var name: Substring
        var keyID: UInt32
        var bytes: ArraySlice<UInt8>
    }

    /// What is signed, with its last newline.
    var text: Substring
    var signatures: [Signature]

    init(_ note: String) throws(LogError) {
        guard note.utf8.count <= Self.maximumBytes else {
            throw LogError(.malformed, "a signed note of \(note.utf8.count) bytes is over \(Self.maximumBytes)")
        }
        guard note.utf8.allSatisfy({ $0 >= 0x20 || $0 == Lines.newline }) else {
            throw LogError(.malformed, "the signed note has a control character other than the newline")
        }
        // The text may have blank lines itself: the last one ends it.
        let bytes = note.utf8
        guard let blank = Self.lastBlankLine(of: bytes), bytes.last == Lines.newline else {
            throw LogError(.malformed, "the signed note has no blank line before its signatures, or no final newline")
        }
        text = note[..<bytes.index(after: blank)]
        let rest = note[bytes.index(blank, offsetBy: 2)...].dropLast()
        let lines = rest.split(separator: "\n", omittingEmptySubsequences: false)
        guard !rest.isEmpty, lines.count <= Self.maximumSignatures else {
            throw LogError(
                .malformed,
                "a signed note has 1 to \(Self.maximumSignatures) signatures, not \(rest.isEmpty ? 0 : lines.count)"
            )
        }
        signatures = []
        for line in lines { signatures.append(try Signature(line)) }
    }

    /// The place of the first of the last two newlines in a row.
    private static func lastBlankLine(of bytes: String.UTF8View) -> String.Index? {
        var next: UInt8?
        for index in bytes.indices.reversed() {
            if bytes[index] == Lines.newline, next == Lines.newline { return index }
            next = bytes[index]
        }
        return nil
    }
}

extension SignedNote.Signature {
    /// Reads `— <name> <base64 of key id and signature>`.
    init(_ line: Substring) throws(LogError) {
        let start = "\u{2014} ".unicodeScalars
        let parts = Substring(line.unicodeScalars.dropFirst(start.count))
            .split(separator: " ", omittingEmptySubsequences: false)
        guard line.unicodeScalars.starts(with: start), parts.count == 2, isKeyName(parts[0]),
            let bytes = Base64.decode(parts[1]), bytes.count > 4
        else {
            throw LogError(.malformed, "a line after the note's text is no signature line")
        }
        name = parts[0]
        keyID = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        self.bytes = bytes.dropFirst(4)
    }
}

/// Whether a key may be called so: not empty, no white space, no `+`, no control characters.
func isKeyName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty
        && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !$0.properties.isWhitespace && $0 != "+" }
}
