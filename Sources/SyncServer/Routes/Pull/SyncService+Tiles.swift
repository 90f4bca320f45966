internal import AgendaModel
internal import Deflate
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// `GET /agendas/<name>/tile/…`: hashes of the tree and entry bundles, as C2SP's tlog-tiles has them.
    func tile(_ tile: Tile, _ request: Request, of agenda: HostedAgenda, by address: String) async throws -> Response {
        let reader = try Visibility.reader(of: request, in: agenda, for: .log, from: address)
        _ = try QueryParameters(request.uri.query, known: [])
        if !tile.exists(at: agenda.sequencer.head.size) { await agenda.sequencer.refresh(isUrgent: true) }
        let size = agenda.sequencer.head.size
        guard tile.exists(at: size) else {
            throw ProblemDetails(.notFound, "The log has \(size.rawValue) entries and has never had this tile.")
        }
        let place = try admission.enter(.pull, for: reader.holder)
        let coding = tile.content == .entries ? ContentCoding.negotiated(request.headers[.acceptEncoding]) : .identity
        let store = agenda.store
        let (bytes, tag) = try await work.run {
            let bytes = try LogTiles(of: store).bytes(of: tile)
            let tag = EntityTag("\(Hash.sha256(bytes).description.prefix(32))-\(coding.rawValue)")
            return (coding == .gzip ? Gzip.compress(bytes) : bytes, tag)
        }
        var response = Response(bytes, type: ProtocolConstants.tile, cache: Self.cache(of: tile, for: reader))
        response.headers[.eTag] = tag.text
        response.headers[.vary] = "Authorization, Accept-Encoding"
        if tag.matches(request.headers[.ifNoneMatch]) {
            return Response(withoutContent: .notModified, headers: response.headers)
        }
        if coding == .gzip { response.headers[.contentEncoding] = ContentCoding.gzip.rawValue }
        counters.addPulled(bytes: bytes.count)
        response.hold(place)
        return response
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
