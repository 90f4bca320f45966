package import AgendaModel
package import EventLog
internal import SyncProtocol

/// Copies a log into a folder of static files, with nothing but what C2SP's tlog-tiles names.
///
/// Only bundles are fetched; tiles follow from them. A checkpoint takes the place of the one before when everything that
/// it covers is written and leads to its root. So a mirror that is interrupted is still what it was, and what was written
/// is not fetched again.
package struct Mirror: Sendable {
    private let folder: MirrorFolder
    private let key: VerifierKey
    private let token: String?
    private let witnesses: WitnessPolicy?
    private let environment: RuntimeEnvironment
    private let retries: RetryPolicy
    private let report: @Sendable (MirrorProgress) -> Void

    /// Bundles that are fetched at a time.
    private static let requestsAtOnce = 8
    /// While entries are fetched, others may be erased again and again, but not without end.
    private static let maximumErasuresBeyond = 10

    /// - Parameters:
    ///   - folder: made when there is none.
    ///   - key: the log's.
    ///   - token: of a device of the agenda; nil for a public log.
    ///   - witnesses: who must have cosigned the checkpoint; nil when nobody has to.
    ///   - environment: waits, and says which certificates are trusted and which proxies there are.
    ///   - retries: what is done about requests that fail for a while.
    ///   - report: called with how far it is.
    package init(
        to folder: String,
        key: VerifierKey,
        token: String?,
        witnesses: WitnessPolicy? = nil,
        environment: RuntimeEnvironment = .system,
        retries: RetryPolicy = RetryPolicy(),
        report: @escaping @Sendable (MirrorProgress) -> Void = { _ in }
    ) {
        self.folder = MirrorFolder(path: folder)
        self.key = key
        self.token = token
        self.witnesses = witnesses
        self.environment = environment
        self.retries = retries
        self.report = report
    }

    /// Mirrors the log at an address.
    ///
    /// - Throws: `LogClientError`.
    package func run(from url: String) async throws -> MirrorSummary {
        let http = try HTTPTransport(url: url, environment: environment)
        return try await http.shuttingDown { try await run(over: http) }
    }

    /// Brings the mirror up to the log's latest checkpoint.
    ///
    /// - Throws: `LogClientError`. `badCheckpoint` for a checkpoint by another key, or without the cosignatures that
    ///   are wanted. `notCosignedYet` when the one that has them covers less than the mirror. `serverBehind` and
    ///   `forked` when the log is not a continuation of the mirror. `tampered` when the entries do not lead to the
    ///   checkpoint. `corrupt` when the mirror itself is damaged.
    package func run(over transport: any Transport) async throws -> MirrorSummary {
        do {
            let lock = try folder.lock()
            defer { withExtendedLifetime(lock) {} }
            report(.checking)
            let requests = MirrorRequests(
                files: LogFiles(transport, token: token),
                retries: retries,
                sleep: environment.sleep,
                report: report
            )
            do {
                return try await update(over: requests, attempts: Self.maximumErasuresBeyond)
            } catch let error as LogClientError where error.code == .serverBehind || error.code == .forked {
                if let note = try? folder.read(MirrorFolder.checkpoint, limit: SyncRequests.maximumCheckpoint) {
                    await requests.files.report(String(decoding: note, as: UTF8.self))
                }
                throw error
            }
        } catch {
            throw LogClientError(wrapping: error, doing: "mirroring")
        }
    }

    /// Brings the folder, which is locked, up to date.
    ///
    /// - Parameters:
    ///   - requests: where the log comes from.
    ///   - attempts: how often, from now on, an entry may turn out to be erased by one beyond the checkpoint.
    /// - Returns: what was done.
    /// - Throws: as `run`.
    private func update(over requests: MirrorRequests, attempts: Int) async throws -> MirrorSummary {
        let former = try readFormer()
        // Past caches: what one of them has kept would be taken for all that there is.
        let name = SyncRequests.freshName(environment.random)
        let target = try await requests.checkpoint(by: key, witnesses: witnesses, fresh: name)
        let size = former.size
        if witnesses != nil, target.checkpoint.size < size {
            throw notYetCosigned(
                "the latest checkpoint that is has \(target.checkpoint.size) entries, and "
                    + "\(size) have been mirrored"
            )
        }
        guard target.checkpoint.size >= size else { throw behind(target.checkpoint.size, size) }
        if target.checkpoint.size == size {
            guard target.checkpoint.root == former.root else { throw forked(at: size) }
            // Also the checkpoint of an empty log has to be there, and the cosignatures that are wanted.
            if try needsNote() { try replace(by: target, written: []) }
            return try await summary(former, added: 0, erasing: MirrorErasures(in: folder), with: requests)
        }
        var copy = MirrorCopy(from: former, to: target, in: folder)
        if try await !fill(&copy, with: requests, reusingFiles: true) {
            // What an earlier attempt left may be what is wrong.
            copy = MirrorCopy(from: former, to: target, in: folder)
            _ = try await fill(&copy, with: requests, reusingFiles: false)
        }
        // Noted before the mirror has them, so that an interruption forgets none.
        var erasures = try MirrorErasures(in: folder)
        switch try copy.erasures() {
        case .justified(let found): try erasures.add(found)
        case .beyond where attempts > 1: return try await update(over: requests, attempts: attempts - 1)
        case .beyond(let size) where witnesses != nil:
            throw notYetCosigned("entries were erased by one at \(size - 1)")
        case .beyond(let size): throw unjustified("entries say that they were erased by one at \(size - 1)")
        case .unjustified(let position): throw unjustified("entry \(position) says that it was erased")
        }
        try replace(by: target, written: copy.written)
        for tile in copy.full { folder.removePartials(of: tile) }
        let added = target.checkpoint.size - size
        return try await summary(copy.edge, added: added, erasing: erasures, with: requests)
    }

    /// Erases what is due, and says what was done.
    private func summary(
        _ edge: TileEdge,
        added: Int,
        erasing erasures: MirrorErasures,
        with requests: MirrorRequests
    ) async throws -> MirrorSummary {
        var erasures = erasures
        let erased = try await erasures.apply(at: edge.size, with: requests)
        return MirrorSummary(size: edge.size, added: added, erased: erased, unerased: erasures.due.count)
    }

    /// Fetches and writes everything up to the copy's checkpoint.
    ///
    /// - Returns: false when it does not lead to the checkpoint, and some of it was there before.
    /// - Throws: when it does not lead there, and all of it is the server's.
    private func fill(
        _ copy: inout MirrorCopy,
        with requests: MirrorRequests,
        reusingFiles: Bool
    ) async throws -> Bool {
        let size = copy.target.checkpoint.size
        var rest = copy.missing
        var reused = false
        while !rest.isEmpty {
            report(.fetching(size: copy.edge.size, of: size))
            let tiles = rest.prefix(Self.requestsAtOnce)
            rest = rest.dropFirst(tiles.count)
            for (tile, bundle, isLocal) in try await bundles(Array(tiles), with: requests, reusingFiles: reusingFiles) {
                reused = reused || isLocal
                switch try copy.add(bundle, of: tile, isThere: isLocal) {
                case .fits: continue
                case .isNoContinuation where reused: return false
                case .isNoContinuation: throw forked(at: copy.former.size)
                }
            }
        }
        report(.fetching(size: size, of: size))
        guard copy.edge.root == copy.target.checkpoint.root else {
            if reused { return false }
            throw LogClientError(
                .tampered,
                "the entries that the server sent do not lead to its checkpoint of size \(size)",
                nextStep: "the mirror is still what it was; tell the server's operator"
            )
        }
        try copy.addPartialTiles()
        return true
    }

    /// Bundles in order, fetched several at a time.
    private func bundles(
        _ tiles: [Tile],
        with requests: MirrorRequests,
        reusingFiles: Bool
    ) async throws -> [(tile: Tile, bundle: [UInt8], isLocal: Bool)] {
        try await withThrowingTaskGroup(of: (Int, [UInt8], Bool).self) { group in
            for (index, tile) in tiles.enumerated() {
                group.addTask { [folder] in
                    if reusingFiles, tile.isFull, let found = try folder.bundle(tile) {
                        return (index, found.bytes, true)
                    }
                    return (index, try await requests.bundle(tile), false)
                }
            }
            var found = [(tile: Tile, bundle: [UInt8], isLocal: Bool)?](repeating: nil, count: tiles.count)
            for try await (index, bytes, isLocal) in group { found[index] = (tiles[index], bytes, isLocal) }
            return found.compactMap { $0 }
        }
    }

    /// Whether the mirror has no checkpoint, or one without the cosignatures that are wanted.
    private func needsNote() throws -> Bool {
        guard let bytes = try folder.read(MirrorFolder.checkpoint, limit: SyncRequests.maximumCheckpoint) else {
            return true
        }
        guard let witnesses else { return false }
        return (try? witnesses.check(String(decoding: bytes, as: UTF8.self))) == nil
    }

    /// What the mirror has, held against its own checkpoint.
    private func readFormer() throws -> TileEdge {
        guard let bytes = try folder.read(MirrorFolder.checkpoint, limit: SyncRequests.maximumCheckpoint) else {
            return TileEdge()
        }
        let checkpoint: Checkpoint
        do {
            checkpoint = try key.verify(String(decoding: bytes, as: UTF8.self)).checkpoint
        } catch  where error.code == .badSignature {
            throw LogClientError(
                .badCheckpoint,
                "\(folder.path) is a mirror of another log, or its checkpoint was forged: \(error.message)",
                nextStep: "give another folder, or check the key"
            )
        } catch {
            throw folder.damaged("its checkpoint cannot be read (\(error.message))")
        }
        let edge = try TileEdge(of: checkpoint.size) { tile throws(LogClientError) in try folder.hashes(tile) }
        guard edge.root == checkpoint.root else { throw folder.damaged("its tiles do not lead to its checkpoint") }
        return edge
    }

    /// The last step: from here on the mirror is one of the new size.
    private func replace(by target: SignedCheckpoint, written: [String]) throws(LogClientError) {
        try folder.syncFolders(of: written)
        try folder.write(Array(target.note.utf8), to: MirrorFolder.checkpoint)
        try folder.syncFolders(of: [MirrorFolder.checkpoint])
    }

    private func unjustified(_ what: String) -> LogClientError {
        LogClientError(
            .tampered,
            "\(what), and no entry of the log says so",
            nextStep: "the mirror is still what it was; tell the server's operator"
        )
    }

    private func notYetCosigned(_ what: String) -> LogClientError {
        LogClientError(
            .notCosignedYet,
            "the log has more than is cosigned as was asked for: \(what)",
            nextStep: "the mirror is still what it was; try again later"
        )
    }

    private func behind(_ size: LogSize, _ mirrored: LogSize) -> LogClientError {
        LogClientError(
            .serverBehind,
            "the server has \(size) entries, and \(mirrored) have been mirrored; was it restored from a backup?",
            nextStep: "nothing was changed in the mirror; keep it, and tell the server's operator"
        )
    }

    private func forked(at size: LogSize) -> LogClientError {
        LogClientError(
            .forked,
            "the server's log is not a continuation of the \(size) entries that have been mirrored",
            nextStep: "the mirror is still what it was: keep it, it shows what the log was; tell the server's operator"
        )
    }
}
