internal import EventLog
internal import SyncProtocol

/// What a mirror asks of a log, which may be a server's or another mirror behind any web server.
struct MirrorRequests: Sendable {
    let files: LogFiles
    let retries: RetryPolicy
    let sleep: @Sendable (Duration) async throws -> Void
    let report: @Sendable (MirrorProgress) -> Void

    /// The latest checkpoint.
    ///
    /// - Parameters:
    ///   - count: how many of the server's witnesses have to have cosigned it. Who gives out files only gives the one that
    ///     there is.
    ///   - name: something that nobody has asked for, so that no cache can answer.
    /// - Returns: the note, not verified.
    /// - Throws: `LogClientError`: `notFound` when there is none.
    func checkpoint(cosignedBy count: Int = 0, fresh name: String) async throws -> String {
        let query = (count > 0 ? "?cosignatures=\(count)&" : "?") + "fresh=\(name)"
        guard let bytes = try await get(MirrorFolder.checkpoint + query, limit: SyncRequests.maximumCheckpoint) else {
            throw LogClientError(
                .notFound,
                count > 0
                    ? "there is no checkpoint with \(count) cosignatures at this address"
                    : "there is no checkpoint at this address: no agenda, or one without entries",
                nextStep: count > 0 ? "try again later; witnesses may be behind, or down" : "check the address"
            )
        }
        guard let note = String(validating: bytes, as: UTF8.self) else {
            throw LogClientError.foreign("its checkpoint is not UTF-8")
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
            throw LogClientError.damaged("\(tile.path): \(error.message)")
        }
        throw LogClientError.damaged("\(tile.path), which its checkpoint covers, is missing")
    }

    private func get(_ path: String, limit: Int) async throws -> [UInt8]? {
        try await retries.retrying(sleep: sleep) { [report] delay, error in
            report(.waiting(delay, because: error))
        } _: {
            try await files.get(path, limit: limit)
        }
    }
}
