/// The way between a leaf and the root of a tree, as proofs go it: RFC 9162, section 2.1.
enum TreePath {
    /// Goes down from the root until it has reached what is looked for.
    ///
    /// - Parameters:
    ///   - leaf: where the way leads.
    ///   - size: of the tree; more than `leaf`.
    ///   - isEnd: whether a subtree, given by its leaves, is what is looked for. The leaf alone always is.
    /// - Returns: the subtree at the end, and the subtrees beside the way, the one beside the end first.
    static func down(
        to leaf: Int,
        in size: Int,
        until isEnd: (Range<Int>) -> Bool = { _ in false }
    ) -> (end: Range<Int>, beside: [Range<Int>]) {
        var leaves = 0..<size
        var beside: [Range<Int>] = []
        while leaves.count > 1, !isEnd(leaves) {
            let middle = leaves.lowerBound + maximumPowerOfTwo(below: leaves.count)
            if leaf < middle {
                beside.append(middle..<leaves.upperBound)
                leaves = leaves.lowerBound..<middle
            } else {
                beside.append(leaves.lowerBound..<middle)
                leaves = middle..<leaves.upperBound
            }
        }
        return (leaves, beside.reversed())
    }

    /// The greatest power of two below a count of at least two: how many leaves the left subtree has.
    private static func maximumPowerOfTwo(below count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// On which side of the way the next hash of a proof stands.
    enum Side {
        case left, right
    }

    /// Where one stands on the way up, from a node of one level to the root.
    struct Climb {
        /// The node's index in its level.
        private var node: Int
        /// The index of the last node of that level.
        private var last: Int

        init(node: Int, last: Int) {
            self.node = node
            self.last = last
        }

        var isAtRoot: Bool { last == 0 }

        /// Goes up without a hash, as long as the node is a right child: what is below is all in it.
        mutating func skipRightChildren() {
            while node & 1 == 1 { rise() }
        }

        /// Goes up to where the next hash has been taken in.
        ///
        /// - Returns: on which side it stands; nil at the root, where there is none.
        mutating func up() -> Side? {
            guard !isAtRoot else { return nil }
            defer { rise() }
            guard node & 1 == 1 || node == last else { return .right }
            // The last node of a level may have no sibling there, or on several levels.
            while node & 1 == 0, node > 0 { rise() }
            return .left
        }

        private mutating func rise() {
            node >>= 1
            last >>= 1
        }
    }
}
