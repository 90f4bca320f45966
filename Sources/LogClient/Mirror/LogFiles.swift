internal import Deflate
internal import EventLog

/// The files of a log over HTTP, as C2SP names them: `checkpoint` and `tile/…`.
///
/// They may be a server's or lie behind any web server. Media types are not looked at, since whatever comes is held
/// against the signed root.
package struct LogFiles: Sendable {
    private let transport: any Transport
    /// nil for logs that anybody may read.
    private let token: String?
    private let template: TransportRequest

    /// - Parameters:
    ///   - transport: to the log's address.
    ///   - token: of a device of the agenda; nil for a public log.
    ///   - template: how long an answer may take.
    package init(
        _ transport: any Transport,
        token: String?,
        template: TransportRequest = TransportRequest(path: "", pace: .least)
    ) {
        self.transport = transport
        self.token = token
        self.template = template
    }

    /// The content of a file; nil when there is none.
    ///
    /// - Throws: `LogClientError`, or what the transport throws.
    func get(_ path: String, limit: Int) async throws -> [UInt8]? {
        var request = template
        request.path = "/" + path
        request.headers = ["Accept-Encoding": "gzip, identity"]
        if let token { request.headers["Authorization"] = "Bearer \(token)" }
        let response = try await transport.send(request)
        if response.status == 404 { return nil }
        guard response.status == 200 else {
            try await response.check(status: 200, type: "")
            return nil
        }
        let body = try await response.read(limit: limit)
        switch response.headers["content-encoding"] ?? "identity" {
        case "identity": return body
        case "gzip":
            do {
                return try Self.inflate(body, limit: limit)
            } catch let error as DeflateError {
                throw LogClientError.damaged("\(path) \(error.detail)")
            }
        default: throw LogClientError.foreign("it sends \(path) in a coding that was not asked for")
        }
    }

    /// Shows whoever gives out the files a checkpoint that they do not go on from, where that is a server.
    func report(_ note: String) async { await CheckpointReport(note, token: token).send(over: transport) }

    /// The hashes of a tile, or of the beginning of the full one where the partial one is gone; nil when neither is
    /// there.
    ///
    /// - Throws: as `get`, and `LogError` (`malformed`) for a tile of another length.
    func hashes(_ tile: Tile) async throws -> [Hash]? {
        let limit = Tile.fullWidth * Hash.byteCount
        if let bytes = try await get(tile.path, limit: limit) {
            return try LogTiles.hashes(in: bytes, count: tile.width)
        }
        guard !tile.isFull else { return nil }
        let full = Tile(tile.content, index: tile.index)
        guard let bytes = try await get(full.path, limit: limit) else { return nil }
        return Array(try LogTiles.hashes(in: bytes, count: full.width).prefix(tile.width))
    }

    private static func inflate(_ body: [UInt8], limit: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        // Deflate cannot do more than this; the limit is what counts.
        var decoder = GzipDecoder(maximumInflated: limit, maximumRatio: 1032)
        try body.withUnsafeBufferPointer { try decoder.decode($0, into: &content) }
        try decoder.finish()
        return content
    }
}
