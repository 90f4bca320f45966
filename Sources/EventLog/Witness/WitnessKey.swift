/// The private key of a witness.
package struct WitnessKey: Sendable {
    package let verifier: CosignerKey
    private let key: SigningKey

    /// A key that was kept: its seed has 32 bytes.
    ///
    /// - Throws: `malformed` for a seed of another length, or a name that cannot be a key's.
    package init(name: String, seed: [UInt8]) throws(LogError) {
        try self.init(name: name, key: SigningKey(seed: seed, of: "a witness's key"))
    }

    private init(name: String, key: SigningKey) throws(LogError) {
        verifier = try CosignerKey(name: name, publicKey: key.publicKey)
        self.key = key
    }

    /// A new key from the system's source of randomness.
    ///
    /// - Throws: `malformed` for a name that cannot be a key's.
    package static func generate(name: String) throws(LogError) -> WitnessKey {
        try WitnessKey(name: name, key: SigningKey())
    }

    /// The 32 bytes to keep secret.
    package var seed: [UInt8] { key.seed }

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
        let signature = key.sign(Cosignature.message(text, at: seconds))
        let time = (0..<8).map { UInt8(truncatingIfNeeded: seconds >> (56 - 8 * $0)) }
        return verifier.key.line(time + signature)
    }
}
