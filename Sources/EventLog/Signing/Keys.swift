package import AgendaModel
internal import Crypto

/// The Ed25519 key that signs a log's checkpoints; the key's name is the log's origin.
package struct LogKey: Sendable {
    package let origin: String
    package let verifier: VerifierKey
    private let key: Curve25519.Signing.PrivateKey

    /// A key that was kept: its seed has 32 bytes.
    ///
    /// - Throws: `malformed` for a seed of another length or an origin that cannot name a key.
    package init(origin: String, seed: [UInt8]) throws(LogError) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw LogError(.malformed, "the seed of a log key has 32 bytes, not \(seed.count)")
        }
        try self.init(origin: origin, key: key)
    }

    private init(origin: String, key: Curve25519.Signing.PrivateKey) throws(LogError) {
        verifier = try VerifierKey(name: origin, publicKey: Array(key.publicKey.rawRepresentation))
        self.origin = origin
        self.key = key
    }

    /// A new key from the system's source of randomness.
    ///
    /// - Precondition: `isOrigin(origin)`.
    package static func generate(origin: String) -> LogKey {
        guard let key = try? LogKey(origin: origin, key: Curve25519.Signing.PrivateKey()) else {
            preconditionFailure("an origin is not empty and has no white space and no '+'")
        }
        return key
    }

    /// Whether a log may be called so: not empty, no white space, no `+`, no control characters.
    package static func isOrigin(_ text: String) -> Bool { isKeyName(text) }

    /// The 32 bytes to keep secret.
    package var seed: [UInt8] { Array(key.rawRepresentation) }

    /// Vouches for a tree.
    ///
    /// Never call this for a tree that does not extend every one signed before.
    package func sign(size: LogSize, root: Hash) -> SignedCheckpoint {
        let checkpoint = Checkpoint(origin: origin, size: size, root: root)
        let text = checkpoint.text
        guard let signature = try? key.signature(for: Array(text.utf8)) else {
            preconditionFailure("an Ed25519 signature cannot fail but for a lack of memory")
        }
        return SignedCheckpoint(note: "\(text)\n\(verifier.key.line(Array(signature)))", checkpoint: checkpoint)
    }
}

/// A C2SP verifier key ("vkey") of a log, or of whoever else signs notes: type 1, Ed25519.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    let key: NamedKey

    /// The key's name: for a log its origin.
    package var name: String { key.name }
    /// The 32 bytes of the Ed25519 key.
    package var publicKey: [UInt8] { key.publicKey }

    /// - Throws: `malformed` for a name or key that cannot be one.
    package init(name: String, publicKey: [UInt8]) throws(LogError) {
        key = try NamedKey(.log, name: name, publicKey: publicKey)
    }

    /// Reads `<name>+<key id, 8 lowercase hexadecimal digits>+<base64 of 1 and the key>`.
    ///
    /// - Throws: `malformed` when it is no such thing, or of another type; `badSignature` when the key id is not the one
    ///   of this name and key.
    package init(_ vkey: String) throws(LogError) { key = try NamedKey(.log, vkey) }

    package var description: String { key.description }

    /// Checks signature and origin (= the key's name) and gives the checkpoint.
    ///
    /// - Throws: `malformed` for what is no checkpoint; `badSignature` when this key did not sign it, or for a
    ///   checkpoint of another log.
    package func verify(_ note: String) throws(LogError) -> SignedCheckpoint {
        let parts = try SignedNote(note)
        let own = key.signatures(on: parts)
        guard !own.isEmpty else {
            throw LogError(.badSignature, "the checkpoint is not signed by the key of \(name)")
        }
        let text = Array(parts.text.utf8)
        guard own.allSatisfy({ DeviceKey.isValid(Array($0.bytes), of: text, by: publicKey) }) else {
            throw LogError(.badSignature, "the signature on the checkpoint of \(name) does not hold")
        }
        let checkpoint = try Checkpoint(text: parts.text)
        guard checkpoint.origin.unicodeScalars.elementsEqual(name.unicodeScalars) else {
            throw LogError(.badSignature, "the checkpoint is of another log than \(name)")
        }
        return SignedCheckpoint(note: note, checkpoint: checkpoint)
    }
}

/// The Ed25519 key with which a device vouches for what it recorded.
package struct DeviceKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// - Throws: `malformed` unless the seed has 32 bytes.
    package init(seed: [UInt8]) throws(LogError) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw LogError(.malformed, "the seed of a device key has 32 bytes, not \(seed.count)")
        }
        self.key = key
    }

    /// A new key from the system's source of randomness.
    package static func generate() -> DeviceKey { DeviceKey(key: Curve25519.Signing.PrivateKey()) }

    private init(key: Curve25519.Signing.PrivateKey) { self.key = key }

    /// The 32 bytes to keep secret.
    package var seed: [UInt8] { Array(key.rawRepresentation) }

    /// 32 bytes.
    package var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    /// 64 bytes.
    package func sign(_ message: [UInt8]) -> [UInt8] {
        guard let signature = try? key.signature(for: message) else {
            preconditionFailure("an Ed25519 signature cannot fail but for a lack of memory")
        }
        return Array(signature)
    }

    /// Whether the message was signed with the private half of this public key.
    package static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

extension UInt32 {
    var bigEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * $0)) } }
}
