package import AgendaModel

/// The Ed25519 key that signs a log's checkpoints; the key's name is the log's origin.
package struct LogKey: Sendable {
    package let origin: String
    package let verifier: VerifierKey
    private let key: SigningKey

    /// A key that was kept: its seed has 32 bytes.
    ///
    /// - Throws: `malformed` for a seed of another length or an origin that cannot name a key.
    package init(origin: String, seed: [UInt8]) throws(LogError) {
        try self.init(origin: origin, key: SigningKey(seed: seed, of: "a log key"))
    }

    private init(origin: String, key: SigningKey) throws(LogError) {
        verifier = try VerifierKey(name: origin, publicKey: key.publicKey)
        self.origin = origin
        self.key = key
    }

    /// A new key from the system's source of randomness.
    ///
    /// - Precondition: `isOrigin(origin)`.
    package static func generate(origin: String) -> LogKey {
        guard let key = try? LogKey(origin: origin, key: SigningKey()) else {
            preconditionFailure("an origin is not empty and has no white space and no '+'")
        }
        return key
    }

    /// Whether a log may be called so: not empty, no white space, no `+`, no control characters.
    package static func isOrigin(_ text: String) -> Bool { isKeyName(text) }

    /// The 32 bytes to keep secret.
    package var seed: [UInt8] { key.seed }

    /// Vouches for a tree.
    ///
    /// Never call this for a tree that does not extend every one signed before.
    package func sign(size: LogSize, root: Hash) -> SignedCheckpoint {
        let checkpoint = Checkpoint(origin: origin, size: size, root: root)
        let text = checkpoint.text
        let line = verifier.key.line(key.sign(Array(text.utf8)))
        return SignedCheckpoint(note: "\(text)\n\(line)", checkpoint: checkpoint)
    }
}
