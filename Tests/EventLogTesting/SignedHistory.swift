internal import AgendaModel
package import EventLog

/// A log's history without its entries: the hashes of its tree, and signed checkpoints of any size.
///
/// Two of them with one key make a log that has forked.
package struct SignedHistory: TreeHashes, Sendable {
    package let key: LogKey
    /// How many leaves it has.
    package let size: Int
    // Of each level of tiles, all hashes.
    private let levels: [[Hash]]

    /// - Parameters:
    ///   - key: signs the checkpoints.
    ///   - size: how many leaves it has.
    ///   - split: from this leaf on it is another history.
    package init(_ key: LogKey, size: Int, otherFrom split: Int = .max) {
        self.key = key
        self.size = size
        var levels = [(0..<size).map { Hash.sha256(Array("leaf \($0)\($0 < split ? "" : ", another")".utf8)) }]
        while let last = levels.last, last.count >= Tile.fullWidth {
            levels.append(
                stride(from: 0, to: last.count / Tile.fullWidth * Tile.fullWidth, by: Tile.fullWidth).map { start in
                    var part = Array(last[start..<start + Tile.fullWidth])
                    return Merkle.root(reducing: &part)
                }
            )
        }
        self.levels = levels
    }

    package func subtree(height: Int, index: Int) -> Hash {
        let shift = height % Tile.height
        var part = Array(levels[height / Tile.height][index << shift..<(index + 1) << shift])
        return Merkle.root(reducing: &part)
    }

    /// The checkpoint of a size.
    package func checkpoint(_ size: Int) -> SignedCheckpoint {
        guard let root = try? root(of: 0..<size) else { preconditionFailure("hashes in memory are always there") }
        return key.sign(size: LogSize(size), root: root)
    }

    /// The hashes of a tile; nil for one that the history does not have.
    package func hashes(_ tile: Tile) -> [Hash]? {
        guard case .hashes(let level) = tile.content, level < levels.count, tile.exists(at: LogSize(size)) else {
            return nil
        }
        return Array(levels[level][tile.range])
    }

    /// What is sent to a witness that has seen so many leaves.
    package func submission(from old: Int, to size: Int) -> AddCheckpoint {
        guard let proof = try? ConsistencyProof(from: LogSize(old), to: LogSize(size), in: self) else {
            preconditionFailure("hashes in memory are always there")
        }
        return AddCheckpoint(old: LogSize(old), proof: proof, note: checkpoint(size).note)
    }
}
