internal import Deflate
internal import EventLog
internal import SyncProtocol

/// What a mirror asks of a log, which may be a server's or another mirror behind any web server: media types are not
/// looked at, since whatever comes is held against the signed root.
struct MirrorRequests: Sendable {
    let transport: any Transport
    /// nil for logs that anybody may read.
    let token: String?
    let patience: Patience

    /// - Throws: `ReplicaError`: `notFound` when there is none.
    func checkpoint() async throws -> String {
        guard let bytes = try await get(MirrorFolder.checkpoint, limit: SyncRequests.greatestCheckpoint) else {
            throw ReplicaError(
                .notFound,
                "there is no checkpoint at this address: no agenda, or one without entries",
                nextStep: "check the address"
            )
        }
        guard let note = String(validating: bytes, as: UTF8.self) else {
            throw SyncFailure.foreign("its checkpoint is not UTF-8").error(verifiedSize: 0)
        }
        return note
    }

    /// An entry bundle, of exactly its width.
    func bundle(_ tile: Tile) async throws -> [UInt8] {
        do {
            if let bytes = try await get(tile.path, limit: EntryBundle.maximumLength) {
                _ = try EntryBundle.ranges(in: bytes, count: tile.width)
                return bytes
            }
            // Where the partial one is gone, its entries begin the full one.
            let full = Tile(.entries, index: tile.index)
            if !tile.isFull, let bytes = try await get(full.path, limit: EntryBundle.maximumLength) {
                let ranges = try EntryBundle.ranges(in: bytes, count: full.width)
                return Array(bytes[..<ranges[tile.width - 1].upperBound])
            }
        } catch let error as LogError {
            throw SyncFailure.damaged("\(tile.path): \(error.message)").error(verifiedSize: 0)
        }
        throw SyncFailure.damaged("\(tile.path), which its checkpoint covers, is missing").error(verifiedSize: 0)
    }

    /// The content of a file; nil when there is none.
    private func get(_ path: String, limit: Int) async throws -> [UInt8]? {
        var headers = ["Accept-Encoding": "gzip, identity"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        let request = TransportRequest(path: "/" + path, headers: headers, pace: .least)
        return try await patience.repeating(verifiedSize: 0) { () -> [UInt8]? in
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
                    throw SyncFailure.damaged("\(path) \(error.detail)")
                }
            default: throw SyncFailure.foreign("it sends \(path) in a coding that was not asked for")
            }
        }
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
