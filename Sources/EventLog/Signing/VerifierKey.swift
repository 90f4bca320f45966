/// A C2SP verifier key ("vkey") of a log, or of whoever else signs notes: type 1, Ed25519.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    let key: NoteKey

    /// The key's name: for a log its origin.
    package var name: String { key.name }
    /// What tells it from other keys in a name: 8 lowercase hexadecimal digits, which follow from name and key.
    package var id: String { key.id }
    /// The 32 bytes of the Ed25519 key.
    package var publicKey: [UInt8] { key.publicKey }

    /// - Throws: `malformed` for a name or key that cannot be one.
    package init(name: String, publicKey: [UInt8]) throws(LogError) {
        key = try NoteKey(.log, name: name, publicKey: publicKey)
    }

    /// Reads `<name>+<key id, 8 lowercase hexadecimal digits>+<base64 of 1 and the key>`.
    ///
    /// - Throws: `malformed` when it is no such thing, or of another type; `badSignature` when the key id is not the one
    ///   of this name and key.
    package init(_ vkey: String) throws(LogError) { key = try NoteKey(.log, vkey) }

    package var description: String { key.description }

    /// Checks signature and origin (= the key's name) and gives the checkpoint.
    ///
    /// - Throws: `malformed` for what is no checkpoint. `badSignature` when this key did not sign it, or seems to have
    ///   in more than one line, or for a checkpoint of another log.
    package func verify(_ note: String) throws(LogError) -> SignedCheckpoint {
        let parts = try SignedNote(note)
        let own = key.signatures(on: parts)
        guard let signature = own.first else {
            throw LogError(.badSignature, "the checkpoint is not signed by the key of \(name)")
        }
        // More say no more, and whoever sends them has each of them checked.
        guard own.count == 1 else {
            throw LogError(
                .badSignature,
                "the checkpoint has \(own.count) signature lines by the key of \(name), and one is expected"
            )
        }
        guard SigningKey.isValid(Array(signature.bytes), of: Array(parts.text.utf8), by: publicKey) else {
            throw LogError(.badSignature, "the signature on the checkpoint of \(name) does not hold")
        }
        let checkpoint = try Checkpoint(text: parts.text)
        guard checkpoint.origin.unicodeScalars.elementsEqual(name.unicodeScalars) else {
            throw LogError(.badSignature, "the checkpoint is of another log than \(name)")
        }
        return SignedCheckpoint(note: note, checkpoint: checkpoint)
    }
}
