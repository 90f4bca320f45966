internal import Crypto

/// The tree hashing of RFC 6962, section 2.1, with SHA-256.
package enum Merkle {
    /// The root of a tree without leaves: SHA-256 of nothing.
    package static let emptyRoot = Hash.sha256([])

    /// The leaf of an entry: its hash, or the hash that it had before it was erased.
    ///
    /// The one place that says so: whoever makes a tree of stored or received entries asks here.
    package static func leaf(_ entry: UnsafeBufferPointer<UInt8>) -> Hash {
        ErasedEntry.leaf(of: entry) ?? leafHash(of: entry)
    }

    /// The hash of exactly these bytes as a leaf: SHA-256 over a zero byte and them.
    ///
    /// For who holds bytes against a proof, and takes no entry's word for what its leaf is.
    package static func leafHash(of bytes: UnsafeBufferPointer<UInt8>) -> Hash {
        var hasher = leafStart
        hasher.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        return Hash(hasher.finalize())
    }

    // Copied for every leaf: the prefix is already in.
    private static let leafStart: SHA256 = {
        var hasher = SHA256()
        withUnsafeBytes(of: UInt8(0)) { hasher.update(bufferPointer: $0) }
        return hasher
    }()

    /// The hash of an inner node: SHA-256 over a one byte and both children.
    package static func node(_ left: Hash, _ right: Hash) -> Hash {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Hash.byteCount, alignment: 8) { input in
            input[0] = 1
            left.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: input[1...]).copyMemory(from: $0) }
            right.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: input[33...]).copyMemory(from: $0) }
            var hasher = SHA256()
            hasher.update(bufferPointer: UnsafeRawBufferPointer(input))
            return Hash(hasher.finalize())
        }
    }

    /// The root over these leaf hashes, which are overwritten.
    ///
    /// An odd node moves up as it is.
    package static func root(reducing leaves: inout [Hash]) -> Hash {
        guard !leaves.isEmpty else { return emptyRoot }
        var width = leaves.count
        while width > 1 {
            for pair in 0..<(width / 2) {
                leaves[pair] = node(leaves[2 * pair], leaves[2 * pair + 1])
            }
            if width % 2 == 1 { leaves[width / 2] = leaves[width - 1] }
            width = (width + 1) / 2
        }
        return leaves[0]
    }

    /// Calls the body with the leaf hash of every line; each line, also the last, ends in a newline that is not hashed.
    ///
    /// - Returns: the number of lines.
    @discardableResult
    package static func forEachLeaf(
        of entries: UnsafeBufferPointer<UInt8>,
        _ body: (_ leaf: Hash, _ line: Range<Int>) throws -> Void
    ) rethrows -> Int {
        var count = 0
        try Lines.forEach(in: entries) { line in
            try body(leaf(UnsafeBufferPointer(rebasing: entries[line])), line)
            count += 1
        }
        return count
    }
}
