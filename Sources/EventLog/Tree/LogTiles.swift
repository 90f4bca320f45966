internal import AgendaModel

/// The tiles of a log, made from what is stored: nothing of them is kept.
package struct LogTiles {
    private let log: any LogReader

    package init(of log: any LogReader) {
        self.log = log
    }

    /// The bytes of a tile or an entry bundle, always the same ones.
    ///
    /// - Precondition: the tile exists at the log's size.
    /// - Throws: what the log throws.
    package func bytes(of tile: Tile) throws -> [UInt8] {
        let tree = LogTree(of: log)
        switch tile.content {
        case .entries:
            let lines = try log.entries(Position(tile.range.lowerBound)..<Position(tile.range.upperBound))
            return try lines.withUnsafeBufferPointer { try EntryBundle.bytes(of: $0) }
        case .hashes(level: 0): return Self.bytes(of: try tree.leaves(tile.range))
        case .hashes(let level):
            return Self.bytes(of: try tree.subtrees(height: level * Tile.height, tile.range))
        }
    }

    /// Hashes, one after the other.
    package static func bytes(of hashes: some Collection<Hash>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * Hash.byteCount)
        for hash in hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// The hashes of a tile.
    ///
    /// - Throws: `malformed` when it is not that many of them.
    package static func hashes(in bytes: [UInt8], count: Int) throws(LogError) -> [Hash] {
        guard bytes.count == count * Hash.byteCount else {
            throw LogError(
                .malformed,
                "a tile of \(count) hashes has \(count * Hash.byteCount) bytes, not \(bytes.count)"
            )
        }
        return stride(from: 0, to: bytes.count, by: Hash.byteCount).compactMap {
            Hash(bytes: bytes[$0..<$0 + Hash.byteCount])
        }
    }
}
