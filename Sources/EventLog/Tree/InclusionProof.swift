package import AgendaModel

/// Shows that an entry stands at a position of a log: RFC 9162, section 2.1.3.
///
/// Pure: where the hashes come from is for `TreeHashes` to say.
package struct InclusionProof: Hashable, Sendable {
    /// No proof in a log of less than 2^63 entries has more hashes than this.
    package static let maximumLength = 63

    /// What lies beside the path from the leaf to the root, the leaf's sibling first.
    package var hashes: [Hash]

    package init(hashes: [Hash]) {
        self.hashes = hashes
    }

    /// Makes the proof for an entry.
    ///
    /// - Parameters:
    ///   - position: the entry's; less than `size`.
    ///   - size: of the tree that it is shown to be in.
    ///   - tree: where the hashes of full subtrees come from; it has at least `size` leaves.
    /// - Throws: what `tree` throws.
    package init(of position: Position, at size: LogSize, in tree: some TreeHashes) throws {
        precondition(position < size.next, "only what is in a log can be shown to be")
        var leaves = 0..<size.rawValue
        var beside: [Range<Int>] = []
        while leaves.count > 1 {
            let middle = leaves.lowerBound + ConsistencyProof.greatestPowerOfTwo(below: leaves.count)
            if position.rawValue < middle {
                beside.append(middle..<leaves.upperBound)
                leaves = leaves.lowerBound..<middle
            } else {
                beside.append(leaves.lowerBound..<middle)
                leaves = middle..<leaves.upperBound
            }
        }
        hashes = try beside.reversed().map { try tree.root(of: $0) }
    }

    /// Whether this shows that the tree of this size and root has the leaf at that position.
    ///
    /// The algorithm of RFC 9162, section 2.1.3.2. A proof that has more than it needs is none.
    package func verify(_ leaf: Hash, at position: Position, of size: LogSize, root: Hash) -> Bool {
        guard position < size.next else { return false }
        var node = position.rawValue
        var last = size.rawValue - 1
        var hash = leaf
        for beside in hashes {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = Merkle.node(beside, hash)
                while node & 1 == 0, node > 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = Merkle.node(hash, beside)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }
}
