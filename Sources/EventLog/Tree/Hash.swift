internal import Crypto

/// A SHA-256 value.
package struct Hash: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 32

    // The 32 bytes in memory order, as four words: inline, without a heap object per hash.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    init(_ digest: SHA256.Digest) {
        words = digest.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }

    /// nil unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    }

    /// Standard base64 with padding (RFC 4648, section 4), canonical; nil for anything else.
    package init?(base64: String) {
        guard let bytes = Base64.decode(base64) else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    package var base64: String { Base64.encode(bytes) }

    /// 64 lowercase hexadecimal digits.
    package var description: String { bytes.hexadecimal }

    /// Lends the 32 bytes.
    package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        var words = words
        return try Swift.withUnsafeBytes(of: &words, body)
    }

    package static func == (lhs: Hash, rhs: Hash) -> Bool { lhs.words == rhs.words }

    package func hash(into hasher: inout Hasher) {
        withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    package static func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> Hash {
        var hasher = SHA256()
        hasher.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        return Hash(hasher.finalize())
    }

    package static func sha256(_ bytes: [UInt8]) -> Hash { bytes.withUnsafeBufferPointer(sha256) }
}

/// SHA-256 over input that arrives in pieces.
package struct Hasher256: Sendable {
    private var hasher = SHA256()

    package init() {}

    package mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        hasher.update(bufferPointer: UnsafeRawBufferPointer(bytes))
    }

    package func finish() -> Hash { Hash(hasher.finalize()) }
}
