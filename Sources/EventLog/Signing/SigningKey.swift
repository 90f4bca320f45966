internal import Crypto

/// An Ed25519 private key: what the keys of logs, witnesses and devices have in common.
///
/// Source: RFC 8032.
struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// A new key from the system's source of randomness.
    init() { key = Curve25519.Signing.PrivateKey() }

    /// A key that was kept: its seed has 32 bytes.
    ///
    /// - Parameters:
    ///   - seed: what was kept.
    ///   - what: whose key it is, for the error.
    /// - Throws: `malformed` for a seed of another length.
    init(seed: [UInt8], of what: String) throws(LogError) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw LogError(.malformed, "the seed of \(what) has 32 bytes, not \(seed.count)")
        }
        self.key = key
    }

    /// The 32 bytes to keep secret.
    var seed: [UInt8] { Array(key.rawRepresentation) }

    /// 32 bytes.
    var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    /// 64 bytes.
    func sign(_ message: [UInt8]) -> [UInt8] {
        guard let signature = try? key.signature(for: message) else {
            preconditionFailure("an Ed25519 signature cannot fail but for a lack of memory")
        }
        return Array(signature)
    }

    /// Whether the message was signed with the private half of this public key; false for what is no key.
    static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
