internal import Crypto

/// The public key of a witness: a C2SP verifier key of type 4, Ed25519 cosignatures.
///
/// Source of the format: C2SP tlog-cosignature v1.
package struct CosignerKey: Hashable, Sendable, CustomStringConvertible {
    /// C2SP's number for Ed25519 cosignatures.
    fileprivate static let algorithm: UInt8 = 4
    private static let publicKeyLength = 32

    /// What the witness is called; no log is called so.
    package let name: String
    /// The 32 bytes of the Ed25519 key.
    package let publicKey: [UInt8]
    fileprivate let keyID: UInt32

    /// - Throws: `malformed` for a name or key that cannot be one.
    package init(name: String, publicKey: [UInt8]) throws(LogError) {
        guard isKeyName(name) else {
            throw LogError(.malformed, "the name of a witness is not empty and has no white space and no '+'")
        }
        guard publicKey.count == Self.publicKeyLength else {
            throw LogError(.malformed, "an Ed25519 public key has 32 bytes, not \(publicKey.count)")
        }
        self.name = name
        self.publicKey = publicKey
        let digest = Hash.sha256(Array(name.utf8) + [0x0A, Self.algorithm] + publicKey)
        keyID = digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads `<name>+<key id, 8 lowercase hexadecimal digits>+<base64 of 4 and the key>`.
    ///
    /// - Throws: `malformed` when it is no such thing, or of another type; `badSignature` when the key id is not the
    ///   one of this name and key.
    package init(_ vkey: String) throws(LogError) {
        let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Base64.decode(parts[2]), let algorithm = key.first else {
            throw LogError(.malformed, "a witness's key reads <name>+<8 hexadecimal digits>+<base64>; copy it whole")
        }
        guard algorithm == Self.algorithm else {
            throw LogError(
                .malformed,
                "the key is of type \(algorithm); that of a witness is of type 4 (Ed25519 cosignatures)"
            )
        }
        try self.init(name: String(parts[0]), publicKey: Array(key.dropFirst()))
        guard parts[1] == keyID.bigEndianBytes.hexadecimal else {
            throw LogError(.badSignature, "the witness's key id does not belong to its name and key; copy it again")
        }
    }

    package var description: String {
        "\(name)+\(keyID.bigEndianBytes.hexadecimal)+\(Base64.encode([Self.algorithm] + publicKey))"
    }

    /// When this witness cosigned the note, in seconds since 1970; nil when it did not.
    ///
    /// - Throws: `malformed` for what is no note, `badSignature` for a cosignature by this key that does not hold.
    package func cosigned(_ note: String) throws(LogError) -> Int? {
        let parts = try SignedNote(note)
        var latest: Int?
        for signature in parts.signatures where isOwn(signature) {
            guard let time = time(of: signature, on: parts.text) else {
                throw LogError(.badSignature, "the cosignature of \(name) does not hold")
            }
            latest = max(latest ?? 0, time)
        }
        return latest
    }

    private func isOwn(_ signature: SignedNote.Signature) -> Bool {
        signature.keyID == keyID && signature.name.unicodeScalars.elementsEqual(name.unicodeScalars)
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
        let payload = Base64.encode(verifier.keyID.bigEndianBytes + time + Array(signature))
        return "\u{2014} \(verifier.name) \(payload)\n"
    }
}
