package import AgendaModel

/// The hashes of a log's tree that a consistency proof takes, out of tiles from anywhere.
///
/// No tile counts before it has led to the root of the checkpoint. Those at the right edge together give the root. The
/// root over a full tile is a hash of the tile above it. Source: C2SP tlog-tiles, "Tiles".
package struct TileTree: TreeHashes {
    /// Greater logs are not looked at.
    package static let maximumSize = LogSize(1 << 62)

    private let size: LogSize
    private var tiles: [Tile: [Hash]]

    /// Gets what a proof from a size takes: two tiles or three for each level, one after the other.
    ///
    /// - Parameters:
    ///   - checkpoint: verified.
    ///   - first: where the proof begins; not greater than the checkpoint's size.
    ///   - tile: the hashes of a tile, as many as its width says.
    /// - Throws: `malformed` for a checkpoint of more than `maximumSize`, `corrupt` when the tiles do not lead to the
    ///   checkpoint's root, and what `tile` throws.
    package init(
        of checkpoint: Checkpoint,
        from first: LogSize,
        tile: (Tile) async throws -> [Hash]
    ) async throws {
        guard checkpoint.size <= Self.maximumSize else {
            throw LogError(.malformed, "a checkpoint of \(checkpoint.size) entries is greater than any log")
        }
        size = checkpoint.size
        tiles = [:]
        for name in Self.edge(at: size) { tiles[name] = try await tile(name) }
        let edge = try TileEdge(of: size) { name throws(LogError) in
            guard let hashes = tiles[name], hashes.count == name.width else {
                throw LogError(.corrupt, "\(name.path) has not the hashes that its name says")
            }
            return hashes
        }
        guard edge.root == checkpoint.root else {
            throw LogError(.corrupt, "the tiles at the right edge do not lead to the root of the checkpoint")
        }
        for name in Self.path(from: first, to: size) where tiles[name] == nil { try add(name, try await tile(name)) }
    }

    private mutating func add(_ tile: Tile, _ hashes: [Hash]) throws(LogError) {
        // Only the tiles at the edge are partial.
        let above = Self.place(of: tile.index, at: tile.level + 1, size: size)
        var reduced = hashes
        guard hashes.count == tile.width, let parent = tiles[above.tile],
            Merkle.root(reducing: &reduced) == parent[above.slot]
        else { throw LogError(.corrupt, "\(tile.path) does not lead to the root of the checkpoint") }
        tiles[tile] = hashes
    }

    /// - Throws: `corrupt` for a subtree that a proof between the two sizes does not take.
    package func subtree(height: Int, index: Int) throws -> Hash {
        let (tile, slots) = Self.slots(height: height, index: index, size: size)
        guard let hashes = tiles[tile] else { throw LogError(.corrupt, "\(tile.path) is not there") }
        var part = Array(hashes[slots])
        return Merkle.root(reducing: &part)
    }

    /// The partial tiles of each level.
    private static func edge(at size: LogSize) -> [Tile] {
        var tiles: [Tile] = []
        _ = TileEdge(of: size) { name in
            tiles.append(name)
            return [Hash](repeating: Merkle.emptyRoot, count: name.width)
        }
        return tiles
    }

    /// The tiles of a proof, and of the root at its beginning, each after the one above it.
    private static func path(from first: LogSize, to size: LogSize) -> [Tile] {
        let names = Names(size: size)
        // It asks for names only, and cannot fail.
        _ = try? ConsistencyProof(from: first, to: size, in: names)
        _ = try? names.root(of: 0..<first.rawValue)
        return names.found.sorted { ($0.level, $0.index) > ($1.level, $1.index) }
    }

    /// Takes down in which tiles the hashes are that are asked for, and the tiles above those.
    private final class Names: TreeHashes {
        private let size: LogSize
        private(set) var found: Set<Tile> = []

        init(size: LogSize) {
            self.size = size
        }

        func subtree(height: Int, index: Int) -> Hash {
            var tile = TileTree.slots(height: height, index: index, size: size).tile
            while found.insert(tile).inserted, tile.isFull {
                tile = TileTree.place(of: tile.index, at: tile.level + 1, size: size).tile
            }
            return Merkle.emptyRoot
        }
    }

    private static func slots(height: Int, index: Int, size: LogSize) -> (tile: Tile, slots: Range<Int>) {
        let shift = height % Tile.height
        let first = place(of: index << shift, at: height / Tile.height, size: size)
        return (first.tile, first.slot..<first.slot + 1 << shift)
    }

    /// Where a hash of a level is.
    private static func place(of hash: Int, at level: Int, size: LogSize) -> (tile: Tile, slot: Int) {
        let index = hash / Tile.fullWidth
        let width = min(Tile.fullWidth, Tile.count(at: level, size: size) - index * Tile.fullWidth)
        return (Tile(.hashes(level: level), index: index, width: width), hash % Tile.fullWidth)
    }
}
