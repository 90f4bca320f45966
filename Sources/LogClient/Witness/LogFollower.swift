package import AgendaModel
package import EventLog

/// Looks at a log for a witness, with nothing but what C2SP's tlog-tiles names, so that any such log can be followed.
///
/// What is cosigned, and kept, is for the witness to decide, as with what is submitted to it. This only brings it the
/// proof, made from tiles that lead to the checkpoint's root.
package struct LogFollower: Sendable {
    /// The key of the log that is followed.
    package let log: VerifierKey
    private let witness: Witness
    private let files: LogFiles
    private let environment: RuntimeEnvironment

    /// A checkpoint is small, and so is a tile: no answer takes longer than this, and a visit has at most a few dozen.
    private static let template = TransportRequest(
        path: "",
        headTimeout: .seconds(20),
        idleTimeout: .seconds(20),
        pace: TransferPace(bytes: 16 * 1024, within: .seconds(20))
    )
    /// Submissions can come in between, so often.
    private static let attempts = 3

    /// - Parameters:
    ///   - log: the log's key.
    ///   - witness: knows the log.
    ///   - transport: to the address that the log's files are below.
    ///   - token: of a device of the agenda; nil for a log that anybody may read.
    ///   - environment: makes names that no cache knows.
    package init(
        _ log: VerifierKey,
        for witness: Witness,
        over transport: any Transport,
        token: String?,
        environment: RuntimeEnvironment = .system
    ) {
        self.log = log
        self.witness = witness
        files = LogFiles(transport, token: token, template: Self.template)
        self.environment = environment
    }

    /// Looks whether the log has grown, and has that cosigned when it extends what was seen.
    package func visit() async -> LogVisit {
        do {
            let visit = try await look(at: try await latest())
            if case .refused = visit, let seen = try witness.seen(of: log) { await files.report(seen.note) }
            return visit
        } catch let error as LogError {
            return .failed(error.message)
        } catch {
            guard let failure = LogClientError(ending: error) else { return .failed("\(error)") }
            return .failed(failure.message, retryAfter: failure.retryAfter)
        }
    }

    /// The checkpoint that the log shows; past caches when it is an earlier one than was seen.
    private func latest() async throws -> SignedCheckpoint {
        let shown = try await checkpoint()
        guard let seen = try witness.seen(of: log), shown.checkpoint.size < seen.checkpoint.size else { return shown }
        // Not every log answers to such a name; then what it shows is what counts.
        let name = SyncRequests.freshName(environment.random)
        return (try? await checkpoint(query: "?fresh=\(name)")) ?? shown
    }

    private func checkpoint(query: String = "") async throws -> SignedCheckpoint {
        guard let bytes = try await files.get("checkpoint\(query)", limit: SyncRequests.maximumCheckpoint) else {
            throw LogError(.notFound, "there is no checkpoint at its address: no log, or one without entries")
        }
        guard let note = String(validating: bytes, as: UTF8.self) else {
            throw LogError(.malformed, "its checkpoint is not UTF-8")
        }
        return try log.verify(note)
    }

    private func look(at shown: SignedCheckpoint) async throws -> LogVisit {
        let size = shown.checkpoint.size
        for _ in 0..<Self.attempts {
            let seen = try witness.seen(of: log)
            let old = seen?.checkpoint.size ?? .zero
            if let seen, size < old { return try await lookBack(at: shown, from: seen) }
            if let seen, shown.checkpoint == seen.checkpoint { return .unchanged(size) }
            var (proof, former) = (ConsistencyProof(hashes: []), shown.checkpoint.root)
            if size > old {
                let tree = try await tree(of: shown, from: old)
                proof = try ConsistencyProof(from: old, to: size, in: tree)
                former = try tree.root(of: 0..<old.rawValue)
            }
            switch try witness.answer(to: AddCheckpoint(old: old, proof: proof, note: shown.note), of: log) {
            case .cosigned: return .cosigned(size)
            case .conflict: continue
            case .refused, .unknownLog:
                // The tiles are those of the log's own root, so it is the log that does not go on from there.
                guard let seen, former != seen.checkpoint.root else {
                    throw LogError(.corrupt, "the witness refused a proof that holds; look at the witness's folder")
                }
                return .refused(try witness.accuse(log, of: shown, after: seen, proof: (former, proof)))
            }
        }
        throw LogError(.inputOutput, "others have it cosigned all the time; nothing is wrong")
    }

    /// Finds out why a log shows less than was seen of it.
    private func lookBack(at shown: SignedCheckpoint, from seen: SignedCheckpoint) async throws -> LogVisit {
        let size = shown.checkpoint.size
        let tree: TileTree
        do {
            tree = try await self.tree(of: seen, from: size)
        } catch let error as LogError where error.code == .notFound || error.code == .corrupt {
            return .refused(try witness.accuse(log, of: shown, after: seen))
        }
        let former = try tree.root(of: 0..<size.rawValue)
        guard former == shown.checkpoint.root else {
            let proof = try ConsistencyProof(from: size, to: seen.checkpoint.size, in: tree)
            return .refused(try witness.accuse(log, of: shown, after: seen, proof: (former, proof)))
        }
        // It is all there: something in between is behind, such as a cache.
        return .failed("it shows an earlier checkpoint, of \(size) entries, than was cosigned")
    }

    private func tree(of checkpoint: SignedCheckpoint, from first: LogSize) async throws -> TileTree {
        try await TileTree(of: checkpoint.checkpoint, from: first) { tile in
            guard let hashes = try await files.hashes(tile) else {
                throw LogError(.notFound, "\(tile.path), which the checkpoint covers, is missing")
            }
            return hashes
        }
    }
}
