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
        let path = TreePath.down(to: position.rawValue, in: size.rawValue)
        hashes = try path.beside.map { try tree.root(of: $0) }
    }

    /// Whether this shows that the tree of this size and root has the leaf at that position.
    ///
    /// The algorithm of RFC 9162, section 2.1.3.2. A proof that has more than it needs is none.
    package func verify(_ leaf: Hash, at position: Position, of size: LogSize, root: Hash) -> Bool {
        guard position < size.next else { return false }
        var climb = TreePath.Climb(node: position.rawValue, last: size.rawValue - 1)
        var hash = leaf
        for beside in hashes {
            switch climb.up() {
            case .left: hash = Merkle.node(beside, hash)
            case .right: hash = Merkle.node(hash, beside)
            case nil: return false
            }
        }
        return climb.isAtRoot && hash == root
    }
}
