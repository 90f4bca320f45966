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
        let payload = Base64.encode(verifier.keyID.bigEndianBytes + Array(signature))
        return SignedCheckpoint(note: "\(text)\n\u{2014} \(origin) \(payload)\n", checkpoint: checkpoint)
    }
}

/// A C2SP verifier key ("vkey") for an Ed25519 key.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    /// C2SP's number for Ed25519.
    private static let algorithm: UInt8 = 1
    private static let publicKeyLength = 32

    /// The key's name: for a log its origin.
    package let name: String
    /// The 32 bytes of the Ed25519 key.
    package let publicKey: [UInt8]
    /// Derived from name and key: says which key made a signature.
    let keyID: UInt32

    /// - Throws: `malformed` for a name or key that cannot be one.
    package init(name: String, publicKey: [UInt8]) throws(LogError) {
        guard isKeyName(name) else {
            throw LogError(.malformed, "a key name (a log's origin) is not empty and has no white space and no '+'")
        }
        guard publicKey.count == Self.publicKeyLength else {
            throw LogError(.malformed, "an Ed25519 public key has 32 bytes, not \(publicKey.count)")
        }
        self.name = name
        self.publicKey = publicKey
        let digest = Hash.sha256(Array(name.utf8) + [0x0A, Self.algorithm] + publicKey)
        keyID = digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads `<name>+<key id, 8 lowercase hexadecimal digits>+<base64 of algorithm and key>`.
    ///
    /// - Throws: `malformed` when it is no such thing, or of another algorithm; `badSignature` when the key id is not
    ///   the one of this name and key.
    package init(_ vkey: String) throws(LogError) {
        // Base64 has '+' too: only the first two separate.
        let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Base64.decode(parts[2]), let algorithm = key.first else {
            throw LogError(.malformed, "a verifier key reads <name>+<8 hexadecimal digits>+<base64>; copy it whole")
        }
        guard algorithm == Self.algorithm else {
            throw LogError(.malformed, "the verifier key is of type \(algorithm); only type 1 (Ed25519) is known here")
        }
        try self.init(name: String(parts[0]), publicKey: Array(key.dropFirst()))
        guard parts[1] == keyID.bigEndianBytes.hexadecimal else {
            throw LogError(.badSignature, "the verifier key's id does not belong to its name and key; copy it again")
        }
    }

    package var description: String {
        "\(name)+\(keyID.bigEndianBytes.hexadecimal)+\(Base64.encode([Self.algorithm] + publicKey))"
    }

    /// Checks signature and origin (= the key's name) and gives the checkpoint.
    ///
    /// - Throws: `malformed` for what is no checkpoint; `badSignature` when this key did not sign it, or for a
    ///   checkpoint of another log.
    package func verify(_ note: String) throws(LogError) -> SignedCheckpoint {
        let parts = try SignedNote(note)
        let own = parts.signatures.filter {
            $0.keyID == keyID && $0.name.unicodeScalars.elementsEqual(name.unicodeScalars)
        }
        guard !own.isEmpty else {
            throw LogError(.badSignature, "the checkpoint is not signed by the key of \(name)")
        }
        let text = Array(parts.text.utf8)
        guard own.allSatisfy({ isValid($0.bytes, of: text) }) else {
            throw LogError(.badSignature, "the signature on the checkpoint of \(name) does not hold")
        }
        let checkpoint = try Checkpoint(text: parts.text)
        guard checkpoint.origin.unicodeScalars.elementsEqual(name.unicodeScalars) else {
            throw LogError(.badSignature, "the checkpoint is of another log than \(name)")
        }
        return SignedCheckpoint(note: note, checkpoint: checkpoint)
    }

    private func isValid(_ signature: ArraySlice<UInt8>, of text: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
        return key.isValidSignature(Array(signature), for: text)
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
