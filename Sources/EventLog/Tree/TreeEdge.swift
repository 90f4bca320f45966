package import AgendaModel

/// The right edge of a Merkle tree: the roots of its full subtrees, largest first.
///
/// That is enough to append leaves and to give the root, at a cost that grows with the logarithm of the size. A value:
/// who has a copy may go on with it alone. Source of the tree: RFC 9162, section 2.1.
package struct TreeEdge: Hashable, Sendable {
    /// The number of leaves.
    package private(set) var size = LogSize.zero

    // One root per bit that is set in `size`, the greatest bit first.
    private var roots: [Hash] = []

    /// A tree without leaves.
    package init() {}

    /// A tree of which the full subtrees are known, largest first; nil when so many leaves do not have as many.
    package init?(size: LogSize, roots: [Hash]) {
        guard size >= .zero, roots.count == size.rawValue.nonzeroBitCount else { return nil }
        self.size = size
        self.roots = roots
    }

    /// Appends one leaf.
    ///
    /// - Returns: the root of the segment that this leaf completes, if it completes one.
    @discardableResult
    package mutating func append(leaf: Hash) -> Hash? { append(root: leaf, height: 0) }

    /// Appends a full subtree of 256 leaves; `size` must be a multiple of 256.
    package mutating func append(segmentRoot: Hash) {
        precondition(size.isAtSegmentEnd, "a segment's root can only be appended between two segments")
        append(root: segmentRoot, height: Self.segmentHeight)
    }

    private static let segmentHeight = Segment.entryCount.trailingZeroBitCount

    @discardableResult
    private mutating func append(root: Hash, height: Int) -> Hash? {
        var root = root
        var segmentRoot: Hash?
        // Every full subtree of the same height to the left joins, as a carry does in counting.
        var carry = size.rawValue >> height
        var reached = height
        while carry & 1 == 1 {
            root = Merkle.node(roots.removeLast(), root)
            carry >>= 1
            reached += 1
            if reached == Self.segmentHeight { segmentRoot = root }
        }
        roots.append(root)
        size += 1 << height
        return segmentRoot
    }

    /// The root of the whole tree.
    package var root: Hash {
        guard var root = roots.last else { return Merkle.emptyRoot }
        for left in roots.dropLast().reversed() { root = Merkle.node(left, root) }
        return root
    }
}
