internal import AgendaModel
internal import EventLog
internal import NIOCore
internal import SyncProtocol

/// What a tile is sent as, in parts: whoever reads a long bundle slowly holds two of them, and not all of it.
struct TileSource: Sendable {
    /// What is sent as a whole.
    struct Facts: Hashable, Sendable {
        /// SHA-256 of the tile, before it is compressed.
        let hash: Hash
        /// In bytes, as it is sent.
        let length: Int
    }

    let tile: Tile
    let coding: ContentCoding
    let store: any LogStore
    let bundles: CompressedBundles

    /// Names exactly these bytes.
    func tag(of hash: Hash) -> EntityTag { EntityTag("\(hash.description.prefix(32))-\(coding.rawValue)") }

    /// What is sent, and the first part of it; blocks.
    ///
    /// - Parameter isKnown: whether nothing has to be sent, because the client has it.
    /// - Returns: what is sent, and its first part; only the tag when the client has it.
    /// - Throws: what the log throws.
    func begin(
        unless isKnown: (EntityTag) -> Bool
    ) throws -> (tag: EntityTag, sent: (facts: Facts, first: ByteBuffer)?) {
        let bytes = try LogTiles(of: store).bytes(of: tile)
        let hash = Hash.sha256(bytes)
        let tag = tag(of: hash)
        guard !isKnown(tag) else { return (tag, nil) }
        let sent = coding == .gzip ? bundles.compressed(bytes, hash: hash) : bytes
        return (tag, (Facts(hash: hash, length: sent.count), ByteBuffer(bytes: sent.prefix(PullPlan.pieceBytes))))
    }

    /// A later part; blocks.
    ///
    /// All of the tile is read again for it, unless it is kept compressed: a reader may take minutes from one part to the
    /// next.
    ///
    /// - Parameters:
    ///   - start: where it begins; within what is sent.
    ///   - facts: of the whole.
    /// - Returns: at most `PullPlan.pieceBytes`.
    /// - Throws: what the log throws; also when the tile is another one than before, because an entry of it was erased.
    func part(from start: Int, of facts: Facts) throws -> ByteBuffer {
        let sent = try coding == .gzip ? bundles.kept(facts.hash) ?? again(facts) : again(facts)
        return ByteBuffer(bytes: sent[start..<min(start + PullPlan.pieceBytes, facts.length)])
    }

    private func again(_ facts: Facts) throws -> [UInt8] {
        let bytes = try LogTiles(of: store).bytes(of: tile)
        guard Hash.sha256(bytes) == facts.hash else {
            throw LogError(
                .inputOutput,
                "an entry of \(tile.path) was erased while it was being sent; ask for it again"
            )
        }
        return coding == .gzip ? bundles.compressed(bytes, hash: facts.hash) : bytes
    }
}
