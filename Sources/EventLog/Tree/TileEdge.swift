package import AgendaModel

/// The right edge of a tree in tiles: of each level, the hashes of the tile that is not full yet.
///
/// For who writes tiles as a log grows; enough to go on later, and to give the root.
package struct TileEdge: Sendable {
    /// The number of leaves.
    package private(set) var size: LogSize

    /// From level 0 up; the last one is not empty unless all are.
    private var levels: [[Hash]]

    /// A tree without leaves.
    package init() { self.init(size: .zero, levels: []) }

    private init(size: LogSize, levels: [[Hash]]) {
        self.size = size
        self.levels = levels
    }

    /// The edge that a tree of this size has.
    ///
    /// - Parameters:
    ///   - size: how many leaves it has.
    ///   - hashes: gives the hashes of the partial tile of each level that has one.
    /// - Throws: what `hashes` throws.
    package init<E: Error>(of size: LogSize, _ hashes: (Tile) throws(E) -> [Hash]) throws(E) {
        var levels: [[Hash]] = []
        var level = 0
        while Tile.count(at: level, size: size) > 0 {
            let count = Tile.count(at: level, size: size)
            let width = count % Tile.fullWidth
            let tile = width == 0 ? nil : Tile(.hashes(level: level), index: count / Tile.fullWidth, width: width)
            levels.append(try tile.map(hashes) ?? [])
            level += 1
        }
        self.init(size: size, levels: levels)
    }

    /// The edge as it was at the last full tile of leaves.
    package var withoutPartialLeaves: TileEdge {
        let leaves = levels.first?.count ?? 0
        return TileEdge(size: size - leaves, levels: leaves == 0 ? levels : [[]] + levels.dropFirst())
    }

    /// Appends one leaf.
    ///
    /// - Returns: the tiles that are full with it, from level 0 up.
    package mutating func append(leaf: Hash) -> [(tile: Tile, hashes: [Hash])] {
        var full: [(tile: Tile, hashes: [Hash])] = []
        var hash = leaf
        size += 1
        for level in 0... {
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
            guard levels[level].count == Tile.fullWidth else { break }
            let hashes = levels[level]
            levels[level] = []
            let index = Tile.count(at: level, size: size) / Tile.fullWidth - 1
            full.append((Tile(.hashes(level: level), index: index), hashes))
            var reduced = hashes
            hash = Merkle.root(reducing: &reduced)
        }
        return full
    }

    /// The tiles that are not full, from level 0 up.
    package var partial: [(tile: Tile, hashes: [Hash])] {
        levels.enumerated().filter { !$0.element.isEmpty }.map { level, hashes in
            let index = Tile.count(at: level, size: size) / Tile.fullWidth
            return (Tile(.hashes(level: level), index: index, width: hashes.count), hashes)
        }
    }

    /// The root of the whole tree.
    package var root: Hash {
        var root: Hash?
        // From the smallest full subtree, at the end, to the greatest.
        for hashes in levels {
            var end = hashes.count
            while end > 0 {
                let count = end & -end
                var part = Array(hashes[end - count..<end])
                let subtree = Merkle.root(reducing: &part)
                root = root.map { Merkle.node(subtree, $0) } ?? subtree
                end -= count
            }
        }
        return root ?? Merkle.emptyRoot
    }
}
