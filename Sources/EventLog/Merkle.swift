internal import Crypto

/// A SHA-256 value.
package struct Hash: Hashable, Sendable, CustomStringConvertible {
    // Implementation: 32 bytes inline (four words), no heap.
    package init?(bytes: some Collection<UInt8>) { fatalError("skeleton") }
    package init?(base64: String) { fatalError("skeleton") }
    package var bytes: [UInt8] { fatalError("skeleton") }
    package var base64: String { fatalError("skeleton") }
    /// 64 lowercase hexadecimal digits.
    package var description: String { fatalError("skeleton") }
    package static func sha256(_ bytes: UnsafeBufferPointer<UInt8>) -> Hash { fatalError("skeleton") }
}

/// SHA-256 over input that arrives in pieces.
package struct Hasher256: Sendable {
    package init() {}
    package mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) { fatalError("skeleton") }
    package func finish() -> Hash { fatalError("skeleton") }
}

/// RFC 6962 section 2.1 hashing.
package enum Merkle {
    package static let emptyRoot: Hash = { fatalError("skeleton") }()
    package static func leaf(_ entry: UnsafeBufferPointer<UInt8>) -> Hash { fatalError("skeleton") }
    package static func node(_ left: Hash, _ right: Hash) -> Hash { fatalError("skeleton") }
}

/// The right edge of a tree: the roots of its full subtrees, largest first. Enough to append and to give the root.
package struct TreeEdge: Hashable, Sendable {
    package init() { fatalError("skeleton") }
    package var size: Int { fatalError("skeleton") }
    package mutating func append(leaf: Hash) { fatalError("skeleton") }
    /// Appends a full subtree of 256 leaves; `size` must be a multiple of 256.
    package mutating func append(segmentRoot: Hash) { fatalError("skeleton") }
    package var root: Hash { fatalError("skeleton") }
}
