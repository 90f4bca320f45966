internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

extension SyncService {
    /// `GET /v1/agendas/<name>/tile/…`: hashes of the tree and entry bundles, as C2SP's tlog-tiles has them.
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
            let source = TileSource(tile: tile, coding: coding, store: agenda.store, bundles: bundles)
            let condition = request.request.headers[.ifNoneMatch]
            let mark = agenda.sequencer.head.erasureMark
            let (tag, sent) = try await heavyWork.run(for: request.sender.client) {
                try source.begin { $0.matches(condition) }
            }
            var headers: HTTPFields = [
                .contentType: ProtocolConstants.tile,
                .cacheControl: Self.cache(of: tile, for: request.sender).rawValue,
                .eTag: tag.text,
                .vary: "Authorization, Accept-Encoding",
            ]
            guard let (facts, first) = sent else { return Response(withoutContent: .notModified, headers: headers) }
            if coding == .gzip { headers[.contentEncoding] = ContentCoding.gzip.rawValue }
            counters.addPulled(bytes: facts.length)
            let body = ResponseBody(contentLength: facts.length) { [self] writer in
                var part = first
                var end = part.readableBytes
                try await writer.write(part)
                while end < facts.length {
                    guard agenda.sequencer.head.erasureMark == mark else { throw CancellationError() }
                    let start = end
                    part = try await request.incoming.connection.wait.inLine {
                        try await heavyWork.run(for: request.sender.client) {
                            try source.part(from: start, of: facts)
                        }
                    }
                    end += part.readableBytes
                    try await writer.write(part)
                }
                try await writer.finish(nil)
            }
            return Response(status: .ok, headers: headers, body: body)
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
