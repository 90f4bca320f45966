package import AgendaModel

/// Shows that a log of one size is the beginning of the same log at a later size: RFC 9162, section 2.1.4.
///
/// Pure: where the hashes come from is for `TreeHashes` to say.
package struct ConsistencyProof: Hashable, Sendable {
    /// No proof between sizes below 2^63 has more hashes than this.
    package static let maximumLength = 2 * 63

    /// In the order of RFC 9162, section 2.1.4.1.
    package var hashes: [Hash]

    package init(hashes: [Hash]) {
        self.hashes = hashes
    }

    /// Reads hashes as they are sent.
    ///
    /// - Throws: `malformed` for too many of them, or one that is not 32 bytes in base64.
    package init(base64 texts: [String]) throws(LogError) {
        guard texts.count <= Self.maximumLength else {
            throw LogError(
                .malformed,
                "a consistency proof has at most \(Self.maximumLength) hashes, not \(texts.count)"
            )
        }
        hashes = []
        for (index, text) in texts.enumerated() {
            guard let hash = Hash(base64: text) else {
                throw LogError(.malformed, "hash \(index + 1) of the consistency proof is not base64 of 32 bytes")
            }
            hashes.append(hash)
        }
    }

    /// As they are sent.
    package var base64: [String] { hashes.map(\.base64) }

    /// Makes the proof that a tree of `first` leaves is the beginning of one with `second`.
    ///
    /// Empty when nothing has to be shown: between equal sizes, and from no leaves.
    ///
    /// - Parameters:
    ///   - first: the smaller size; not greater than `second`.
    ///   - second: the greater size.
    ///   - tree: where the hashes of full subtrees come from; it has at least `second` leaves.
    /// - Throws: what `tree` throws.
    package init(from first: LogSize, to second: LogSize, in tree: some TreeHashes) throws {
        precondition(first <= second, "a consistency proof leads from a size to a later one")
        hashes = []
        guard first > .zero, first < second else { return }
        // SUBPROOF of the RFC, without its recursion: from the root down to where the smaller tree ends.
        let path = TreePath.down(to: first.rawValue - 1, in: second.rawValue) { $0.upperBound == first.rawValue }
        // What the verifier knows as the smaller tree's root is left out.
        if path.end.lowerBound > 0 { hashes.append(try tree.root(of: path.end)) }
        for range in path.beside { hashes.append(try tree.root(of: range)) }
    }

    /// Whether this shows that the tree with the first root is the beginning of the one with the second.
    ///
    /// The algorithm of RFC 9162, section 2.1.4.2. A proof that has more than it needs is none.
    package func verify(
        from first: (size: LogSize, root: Hash),
        to second: (size: LogSize, root: Hash)
    ) -> Bool {
        guard first.size <= second.size else { return false }
        if first.size == second.size { return hashes.isEmpty && first.root == second.root }
        if first.size == .zero { return hashes.isEmpty && first.root == Merkle.emptyRoot }
        // A smaller tree that is one full subtree is where the path begins.
        var path = hashes[...]
        let start = first.size.rawValue.isPowerOfTwo ? first.root : path.popFirst()
        guard let start, !path.isEmpty else { return false }
        var climb = TreePath.Climb(node: first.size.rawValue - 1, last: second.size.rawValue - 1)
        climb.skipRightChildren()
        var (firstRoot, secondRoot) = (start, start)
        for hash in path {
            switch climb.up() {
            case .left:
                firstRoot = Merkle.node(hash, firstRoot)
                secondRoot = Merkle.node(hash, secondRoot)
            case .right: secondRoot = Merkle.node(secondRoot, hash)
            case nil: return false
            }
        }
        return climb.isAtRoot && firstRoot == first.root && secondRoot == second.root
    }
}

extension Int {
    /// For what is greater than 0.
    fileprivate var isPowerOfTwo: Bool { self & (self - 1) == 0 }
}
