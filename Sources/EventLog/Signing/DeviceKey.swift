/// The Ed25519 key with which a device vouches for what it recorded.
package struct DeviceKey: Sendable {
    private let key: SigningKey

    /// - Throws: `malformed` unless the seed has 32 bytes.
    package init(seed: [UInt8]) throws(LogError) { key = try SigningKey(seed: seed, of: "a device key") }

    /// A new key.
    ///
    /// - Parameter random: gives that many bytes, fit for secrets.
    /// - Returns: another one each time.
    /// - Throws: `malformed` unless it gives 32 bytes.
    package static func make(random: (Int) -> [UInt8]) throws(LogError) -> DeviceKey { try DeviceKey(seed: random(32)) }

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
