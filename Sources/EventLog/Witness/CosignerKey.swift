internal import Crypto

/// The public key of a witness: a C2SP verifier key of type 4, Ed25519 cosignatures.
///
/// Source of the format: C2SP tlog-cosignature v1.
package struct CosignerKey: Hashable, Sendable, CustomStringConvertible {
    fileprivate let key: NamedKey

    /// What the witness is called; no log is called so.
    package var name: String { key.name }
    /// The 32 bytes of the Ed25519 key.
    package var publicKey: [UInt8] { key.publicKey }

    /// - Throws: `malformed` for a name or key that cannot be one.
    package init(name: String, publicKey: [UInt8]) throws(LogError) {
        key = try NamedKey(.witness, name: name, publicKey: publicKey)
    }

    /// Reads `<name>+<key id, 8 lowercase hexadecimal digits>+<base64 of 4 and the key>`.
    ///
    /// - Throws: `malformed` when it is no such thing, or of another type; `badSignature` when the key id is not the
    ///   one of this name and key.
    package init(_ vkey: String) throws(LogError) { key = try NamedKey(.witness, vkey) }

    package var description: String { key.description }

    /// When this witness cosigned the note, in seconds since 1970; nil when it did not.
    ///
    /// - Throws: `malformed` for what is no note, `badSignature` for a cosignature by this key that does not hold.
    package func cosigned(_ note: String) throws(LogError) -> Int? {
        let parts = try SignedNote(note)
        var latest: Int?
        for signature in key.signatures(on: parts) {
            guard let time = time(of: signature, on: parts.text) else {
                throw LogError(.badSignature, "the cosignature of \(name) does not hold")
            }
            latest = max(latest ?? 0, time)
        }
        return latest
    }

    /// nil when the signature does not hold.
    private func time(of signature: SignedNote.Signature, on text: Substring) -> Int? {
        let bytes = Array(signature.bytes)
        guard bytes.count == 8 + 64 else { return nil }
        let time = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let seconds = Int(exactly: time),
            DeviceKey.isValid(Array(bytes.dropFirst(8)), of: Cosignature.message(text, at: seconds), by: publicKey)
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

/// The private key of a witness.
package struct WitnessKey: Sendable {
    package let verifier: CosignerKey
    private let key: Curve25519.Signing.PrivateKey

    /// A key that was kept: its seed has 32 bytes.
    ///
    /// - Throws: `malformed` for a seed of another length, or a name that cannot be a key's.
    package init(name: String, seed: [UInt8]) throws(LogError) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw LogError(.malformed, "the seed of a witness's key has 32 bytes, not \(seed.count)")
        }
        try self.init(name: name, key: key)
    }

    private init(name: String, key: Curve25519.Signing.PrivateKey) throws(LogError) {
        verifier = try CosignerKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
        self.key = key
    }

    /// A new key from the system's source of randomness.
    ///
    /// - Throws: `malformed` for a name that cannot be a key's.
    package static func generate(name: String) throws(LogError) -> WitnessKey {
        try WitnessKey(name: name, key: Curve25519.Signing.PrivateKey())
    }

    /// The 32 bytes to keep secret.
    package var seed: [UInt8] { Array(key.rawRepresentation) }

    /// Vouches for a checkpoint.
    ///
    /// Never call this for a checkpoint that does not extend every one of its log that was signed before.
    ///
    /// - Parameters:
    ///   - checkpoint: verified, of the log's key.
    ///   - seconds: since 1970.
    /// - Returns: the signature line, with its newline.
    /// - Throws: `malformed` for what is no note.
    package func cosign(_ checkpoint: SignedCheckpoint, at seconds: Int) throws(LogError) -> String {
        let text = try SignedNote(checkpoint.note).text
        guard let signature = try? key.signature(for: Cosignature.message(text, at: seconds)) else {
            preconditionFailure("an Ed25519 signature cannot fail but for a lack of memory")
        }
        let time = (0..<8).map { UInt8(truncatingIfNeeded: seconds >> (56 - 8 * $0)) }
        return verifier.key.line(time + Array(signature))
    }
}
