internal import Deflate
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

extension SyncService {
    /// An answer in JSON, compressed when it is long enough and the client takes that.
    func negotiated(
        _ json: [UInt8],
        for request: Request,
        of client: ConcurrencyLimiter.Client,
        cache: CachePolicy = .revalidate
    ) async throws -> Response {
        let coding = ContentCoding.negotiated(request.headers[.acceptEncoding])
        let isCompressed = coding == .gzip && json.count >= Self.compressionThreshold
        var response = Response(json: isCompressed ? try await compress(json, for: client) : json, cache: cache)
        response.headers[.vary] = "Authorization, Accept-Encoding"
        if isCompressed { response.headers[.contentEncoding] = ContentCoding.gzip.rawValue }
        return response
    }

    private func compress(_ bytes: [UInt8], for client: ConcurrencyLimiter.Client) async throws -> [UInt8] {
        guard bytes.count > Self.longLength else { return Gzip.compress(bytes) }
        return try await heavyWork.run(for: client) { Gzip.compress(bytes) }
    }

    /// Shorter answers fit in one packet anyway.
    private static let compressionThreshold = 1400
    /// Compressing more than this takes milliseconds.
    private static let longLength = 64 * 1024
}
