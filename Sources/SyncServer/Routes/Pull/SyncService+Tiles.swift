internal import AgendaModel
internal import Deflate
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /agendas/<name>/tile/…`: hashes of the tree and entry bundles, as C2SP's tlog-tiles has them.
    func tile(_ request: ReaderRequest) async throws -> Response {
        let agenda = request.agenda
        guard let tile = request.path.tile else { throw ProblemDetails(.notFound, "There is no such tile.") }
        if !tile.exists(at: agenda.sequencer.head.size) { await agenda.sequencer.refresh(isUrgent: true) }
        let size = agenda.sequencer.head.size
        guard tile.exists(at: size) else {
            throw ProblemDetails(.notFound, "The log has \(size) entries and has never had this tile.")
        }
        return try await request.permits.withPermitUntilSent {
            let accepted = ContentCoding.negotiated(request.request.headers[.acceptEncoding])
            let coding = tile.content == .entries ? accepted : .identity
            let store = agenda.store
            let (bytes, tag) = try await work.run {
                let bytes = try LogTiles(of: store).bytes(of: tile)
                let tag = EntityTag("\(Hash.sha256(bytes).description.prefix(32))-\(coding.rawValue)")
                return (coding == .gzip ? Gzip.compress(bytes) : bytes, tag)
            }
            let cache = Self.cache(of: tile, for: request.sender)
            var response = Response(bytes, type: ProtocolConstants.tile, cache: cache)
            response.headers[.eTag] = tag.text
            response.headers[.vary] = "Authorization, Accept-Encoding"
            if tag.matches(request.request.headers[.ifNoneMatch]) {
                return Response(withoutContent: .notModified, headers: response.headers)
            }
            if coding == .gzip { response.headers[.contentEncoding] = ContentCoding.gzip.rawValue }
            counters.addPulled(bytes: bytes.count)
            return response
        }
    }

    /// Tiles of hashes never change; a bundle does when one of its entries is erased.
    ///
    /// Hashes give nothing away, so that shared caches may keep them.
    private static func cache(of tile: Tile, for reader: Reader) -> CachePolicy {
        switch (reader, tile.content) {
        case (.device, .entries): .revalidate
        case (.device, .hashes): .immutable
        case (.anybody, .entries): .shared
        case (.anybody, .hashes): .sharedImmutable
        }
    }
}

extension PathParameters {
    /// The tile that is asked for, of a path that ends with `tile/{level}/{+tile}`; nil when that is none.
    var tile: Tile? { Tile(path: "tile/\(self["level"])/\(self["tile"])") }
}
