internal import AgendaModel
internal import EventLog

/// A mirror on its way from one size to the next: writes bundles, and the tiles that are full with them.
struct MirrorCopy {
    enum Outcome {
        case fits
        /// What was added is not what the mirror had at these positions.
        case isNoContinuation
    }

    /// What the mirror has.
    let former: TileEdge
    let target: SignedCheckpoint
    private(set) var edge: TileEdge
    /// The files that were written, by name.
    private(set) var written: [String] = []
    /// The tiles that came to be full.
    private(set) var full: [Tile] = []
    /// What the new entries say of erasures.
    private(set) var notices = ErasureNotices()
    private let folder: MirrorFolder

    init(from former: TileEdge, to target: SignedCheckpoint, in folder: MirrorFolder) {
        self.former = former
        self.target = target
        self.folder = folder
        // The bundle that the mirror has in part comes anew.
        edge = former.withoutPartialLeaves
    }

    /// The bundles that have to be added, in order.
    var missing: LazyMapCollection<Range<Int>, Tile> {
        Tile.all(.entries, at: target.checkpoint.size).dropFirst(edge.size.rawValue / Tile.fullWidth)
    }

    /// Whether each new tombstone has its redaction, and which entries are to be erased.
    ///
    /// - Throws: `LogClientError` when a file cannot be read.
    func erasures() throws -> ErasureNotices.Verdict {
        try notices.verdict(
            from: former.withoutPartialLeaves.size,
            upTo: target.checkpoint.size,
            known: folder.redactedPosition(at:)
        )
    }

    /// Adds the next bundle.
    ///
    /// - Parameters:
    ///   - bundle: its bytes.
    ///   - tile: its name.
    ///   - isThere: whether the folder has it already.
    /// - Returns: whether it continues what the mirror has.
    /// - Throws: `LogClientError` when it cannot be written.
    mutating func add(_ bundle: [UInt8], of tile: Tile, isThere: Bool) throws -> Outcome {
        for range in try EntryBundle.ranges(in: bundle, count: tile.width) {
            let leaf = bundle.withUnsafeBufferPointer { bytes in
                let entry = UnsafeBufferPointer(rebasing: bytes[range])
                notices.look(at: entry, edge.size.next)
                return Merkle.leaf(entry)
            }
            for (tile, hashes) in edge.append(leaf: leaf) {
                try write(LogTiles.bytes(of: hashes), tile)
                full.append(tile)
            }
            if edge.size == former.size, edge.root != former.root { return .isNoContinuation }
        }
        if !isThere { try write(bundle, tile) }
        if tile.isFull { full.append(tile) }
        return .fits
    }

    /// Writes what is at the right edge, once it is known to be good.
    mutating func addPartialTiles() throws {
        for (tile, hashes) in edge.partial { try write(LogTiles.bytes(of: hashes), tile) }
    }

    private mutating func write(_ bytes: [UInt8], _ tile: Tile) throws {
        try folder.write(bytes, to: tile.path)
        written.append(tile.path)
    }
}
