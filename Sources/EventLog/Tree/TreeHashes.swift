package import AgendaModel

/// Where the hashes of a tree come from: the roots of its full subtrees, which are what tiles hold too.
package protocol TreeHashes {
    /// The root over the `1 << height` leaves from `index << height` on.
    func subtree(height: Int, index: Int) throws -> Hash
}

extension TreeHashes {
    /// The roots of the full subtrees that a tree of this size is made of, largest first.
    package func edge(of size: LogSize) throws -> [Hash] {
        var roots: [Hash] = []
        var start = 0
        while start < size.rawValue {
            let height = Int.bitWidth - 1 - (size.rawValue - start).leadingZeroBitCount
            roots.append(try subtree(height: height, index: start >> height))
            start += 1 << height
        }
        return roots
    }

    /// The root over leaves that are a subtree of a tree.
    ///
    /// They begin at a multiple of the power of two that is at least their count, and end anywhere.
    package func root(of leaves: Range<Int>) throws -> Hash {
        var edge: [Hash] = []
        var start = leaves.lowerBound
        while start < leaves.upperBound {
            // The greatest full subtree that begins here and ends in the range.
            let fitting = Int.bitWidth - 1 - (leaves.upperBound - start).leadingZeroBitCount
            let height = start == 0 ? fitting : min(start.trailingZeroBitCount, fitting)
            edge.append(try subtree(height: height, index: start >> height))
            start += 1 << height
        }
        guard var root = edge.popLast() else { return Merkle.emptyRoot }
        while let left = edge.popLast() { root = Merkle.node(left, root) }
        return root
    }
}

/// The tree over a log's entries: upwards from the stored roots of its segments, below them from the entries.
package struct LogTree: TreeHashes {
    private static let segmentHeight = Segment.entryCount.trailingZeroBitCount
    /// Roots that are read at a time.
    private static let rootsPerRead = 4096

    private let log: any LogReader

    package init(of log: any LogReader) {
        self.log = log
    }

    /// - Throws: `corrupt` when there are fewer entries than the log should have, or what the log throws.
    package func subtree(height: Int, index: Int) throws -> Hash {
        guard height >= Self.segmentHeight else {
            return try root(ofEntries: index << height..<(index + 1) << height)
        }
        return try subtrees(height: height, index..<index + 1)[0]
    }

    /// The roots of subtrees that follow on each other, of at least a segment's height.
    ///
    /// - Throws: as `subtree`.
    package func subtrees(height: Int, _ indices: Range<Int>) throws -> [Hash] {
        let shift = height - Self.segmentHeight
        let end = indices.upperBound << shift
        var number = indices.lowerBound << shift
        var found: [Hash] = []
        var edge = TreeEdge()
        while number < end {
            var roots = try log.segmentRoots(number..<min(number + Self.rootsPerRead, end))
            // Whole, but not sealed yet.
            if roots.isEmpty {
                roots = [try root(ofEntries: number * Segment.entryCount..<(number + 1) * Segment.entryCount)]
            }
            for root in roots {
                edge.append(segmentRoot: root)
                guard edge.size.rawValue >> height == 1 else { continue }
                found.append(edge.root)
                edge = TreeEdge()
            }
            number += roots.count
        }
        return found
    }

    /// The leaves of entries that are all in one segment or few.
    ///
    /// - Throws: as `subtree`.
    package func leaves(_ range: Range<Int>) throws -> [Hash] {
        var leaves: [Hash] = []
        leaves.reserveCapacity(range.count)
        try log.forEachBlock(in: Position(range.lowerBound)..<Position(range.upperBound)) { _, _, entries in
            Merkle.forEachLeaf(of: entries) { leaf, _ in leaves.append(leaf) }
        }
        guard leaves.count == range.count else {
            throw LogError(
                .corrupt,
                "entries \(range.lowerBound) to \(range.upperBound - 1) cannot be read as lines; run 'ambit verify'"
            )
        }
        return leaves
    }

    private func root(ofEntries range: Range<Int>) throws -> Hash {
        var leaves = try leaves(range)
        return Merkle.root(reducing: &leaves)
    }
}
