internal import EventLog
internal import SyncProtocol

/// What a mirror asks of a log, which may be a server's or another mirror behind any web server.
struct MirrorRequests: Sendable {
    let files: LogFiles
    let patience: Patience

    /// The latest checkpoint.
    ///
    /// - Parameter count: how many of the server's witnesses have to have cosigned it. Who gives out files only gives the
    ///   one that there is.
    /// - Returns: the note, not verified.
    /// - Throws: `ReplicaError`: `notFound` when there is none.
    func checkpoint(cosignedBy count: Int = 0) async throws -> String {
        let query = count > 0 ? "?cosignatures=\(count)" : ""
        guard let bytes = try await get(MirrorFolder.checkpoint + query, limit: SyncRequests.greatestCheckpoint) else {
            throw ReplicaError(
                .notFound,
                count > 0
                    ? "there is no checkpoint with \(count) cosignatures at this address"
                    : "there is no checkpoint at this address: no agenda, or one without entries",
                nextStep: count > 0 ? "try again later; witnesses may be behind, or down" : "check the address"
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

    private func get(_ path: String, limit: Int) async throws -> [UInt8]? {
        try await patience.repeating(verifiedSize: 0) { try await files.get(path, limit: limit) }
    }
}
