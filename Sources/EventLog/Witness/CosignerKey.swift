/// The public key of a witness: a C2SP verifier key of type 4, Ed25519 cosignatures.
///
/// Source of the format: C2SP tlog-cosignature v1.
package struct CosignerKey: Hashable, Sendable, CustomStringConvertible {
    let key: NoteKey

    /// What the witness is called; no log is called so.
    package var name: String { key.name }
    /// The 32 bytes of the Ed25519 key.
    package var publicKey: [UInt8] { key.publicKey }

    /// - Throws: `malformed` for a name or key that cannot be one.
    package init(name: String, publicKey: [UInt8]) throws(LogError) {
        key = try NoteKey(.witness, name: name, publicKey: publicKey)
    }

    /// Reads `<name>+<key id, 8 lowercase hexadecimal digits>+<base64 of 4 and the key>`.
    ///
    /// - Throws: `malformed` when it is no such thing, or of another type; `badSignature` when the key id is not the
    ///   one of this name and key.
    package init(_ vkey: String) throws(LogError) { key = try NoteKey(.witness, vkey) }

    package var description: String { key.description }

    /// When this witness cosigned the note, in seconds since 1970; nil when it did not.
    ///
    /// - Throws: `malformed` for what is no note, `badSignature` for a cosignature by this key that does not hold.
    package func cosigned(_ note: String) throws(LogError) -> Int? { try cosignature(on: note)?.seconds }

    /// The latest of this witness's lines on a note, with its newline, and when it was made; nil when there is none.
    ///
    /// - Throws: as `cosigned`.
    func cosignature(on note: String) throws(LogError) -> (line: String, seconds: Int)? {
        let parts = try SignedNote(note)
        var latest: (line: String, seconds: Int)?
        for signature in key.signatures(on: parts) {
            guard let time = time(of: signature, on: parts.text) else {
                throw LogError(.badSignature, "the cosignature of \(name) does not hold")
            }
            if time >= latest?.seconds ?? 0 { latest = (key.line(Array(signature.bytes)), time) }
        }
        return latest
    }

    /// nil when the signature does not hold.
    private func time(of signature: SignedNote.Signature, on text: Substring) -> Int? {
        let bytes = Array(signature.bytes)
        guard bytes.count == 8 + 64 else { return nil }
        let time = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let seconds = Int(exactly: time),
            SigningKey.isValid(Array(bytes.dropFirst(8)), of: Cosignature.message(text, at: seconds), by: publicKey)
        else { return nil }
        return seconds
    }
}

/// What a witness signs: that it saw this checkpoint at that time, and that it extends what it saw before.
enum Cosignature {
    static func message(_ text: Substring, at seconds: Int) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n\(text)".utf8)
    }
}
