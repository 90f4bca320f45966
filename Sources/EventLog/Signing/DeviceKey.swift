/// The Ed25519 key with which a device vouches for what it recorded.
package struct DeviceKey: Sendable {
    private let key: SigningKey

    /// - Throws: `malformed` unless the seed has 32 bytes.
    package init(seed: [UInt8]) throws(LogError) { key = try SigningKey(seed: seed, of: "a device key") }

    private init(key: SigningKey) { self.key = key }

    /// A new key from the system's source of randomness.
    package static func generate() -> DeviceKey { DeviceKey(key: SigningKey()) }

    /// The 32 bytes to keep secret.
    package var seed: [UInt8] { key.seed }

    /// 32 bytes.
    package var publicKey: [UInt8] { key.publicKey }

    /// 64 bytes.
    package func sign(_ message: [UInt8]) -> [UInt8] { key.sign(message) }

    /// Whether the message was signed with the private half of this public key.
    package static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        SigningKey.isValid(signature, of: message, by: publicKey)
    }
}
