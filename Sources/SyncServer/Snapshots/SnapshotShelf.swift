internal import AgendaModel
internal import EventLog
internal import Files
internal import Projections
internal import Snapshots
internal import Synchronization

/// The finished files of an agenda's snapshots: each is made once, and kept while there is room for it.
final class SnapshotShelf: Sendable {
    /// A file that is ready to be sent.
    struct Ready: Sendable {
        let place: SnapshotPlace
        let kept: KeptFile
        let contents: ReadableFile
    }

    /// A snapshot of which there are files.
    struct Shown: Sendable {
        let facts: SnapshotFacts
        /// Sorted by name.
        let files: [KeptFile]
    }

    private struct Wanted: Hashable {
        var place: SnapshotPlace
        var file: SnapshotFile
        var set: SnapshotSet
    }

    private struct Use {
        var isSwept = false
        /// When each file was asked for last, counted in requests; those that are missing were not since the start.
        var last: [Wanted: Int] = [:]
        var count = 0
        /// Those that are known to be what they were when they were made.
        var checked: Set<Wanted> = []
    }

    /// Snapshots of which the log is known to go on.
    private struct Known {
        /// The log's end when that was found.
        var end: PastPlace
        var places: Set<SnapshotPlace>
    }

    private let log: any LogReader
    private let folder: SnapshotFolder
    /// Of all files together, in bytes.
    private let limit: Int
    private let heavyWork: HeavyWork
    private let making = SharedWork<Wanted, Void>()
    private let use = Mutex(Use())
    private let known = Mutex<Known?>(nil)
    /// Held while files are chosen to be removed.
    private let clearing = Mutex(())

    /// - Parameters:
    ///   - log: what the files are made of.
    ///   - path: where they are kept.
    ///   - limit: how many bytes of disk they may take; one more may be in the making for each thread of heavy work.
    ///   - heavyWork: the threads that make them.
    ///   - stateFile: of the log, of which a copy saves folding; nil where there is none.
    init(
        of log: any LogReader,
        at path: String,
        atMost limit: Int,
        on heavyWork: HeavyWork,
        startingFrom stateFile: String? = nil
    ) {
        self.log = log
        folder = SnapshotFolder(at: path, startingFrom: stateFile)
        self.limit = limit
        self.heavyWork = heavyWork
    }

    /// How many wait for a file that somebody else has made.
    var waitingCount: Int { making.waitingCount }

    /// A file of the snapshot at a size, which is made when it is not there.
    ///
    /// Whoever asks for the same meanwhile waits for that. Making it goes on when those who asked have gone.
    ///
    /// - Parameters:
    ///   - file: which one.
    ///   - set: whom it is for.
    ///   - size: not zero, and not beyond the log.
    ///   - client: whose turn it is to look for it, and on whose share of the threads it is made.
    ///   - permit: the right to make it.
    /// - Returns: the file, of the log as it is now.
    /// - Throws: `ProjectionError`, or what the log and `permit` throw.
    func file(
        _ file: SnapshotFile,
        for set: SnapshotSet,
        at size: LogSize,
        of client: ConcurrencyLimiter.Client = .address(""),
        permit: @escaping @Sendable () async throws -> Permit
    ) async throws -> Ready {
        while true {
            let (wanted, ready) = try await heavyWork.run(for: client) { [self] in
                sweep()
                let wanted = Wanted(place: try SnapshotPlace(of: log, at: size), file: file, set: set)
                return (wanted, open(wanted))
            }
            if let ready { return ready }
            try await making.value(for: wanted) { [self] in
                let permit = try await permit()
                defer { permit.release() }
                try await heavyWork.run(
                    for: log.identity.origin,
                    takesLong: true,
                    isForVisitors: client.isWithoutToken
                ) { [self] in try make(wanted) }
            }
            // Not there even so, when an entry was erased meanwhile.
            try Task.checkCancellation()
        }
    }

    private func make(_ wanted: Wanted) throws {
        let made = try folder.make(
            wanted.file,
            for: wanted.set,
            of: wanted.place,
            from: log,
            atMost: limit,
            whileCurrent: { try wanted.place.holds(in: log) }
        )
        guard made != nil else { return }
        note(wanted)
        _ = use.withLock { $0.checked.insert(wanted) }
        makeRoom(for: wanted)
    }

    /// Where a state can be kept that passes; blocks.
    ///
    /// - Parameter memory: what a state in memory may take.
    /// - Returns: a place beside the files.
    /// - Throws: `ProjectionError` when there is none.
    func workspace(memory: ByteCount) throws -> FoldedState.Workspace {
        sweep()
        do { try Folder(folder.path).make() } catch let error as FileError { throw ProjectionError(error) }
        return FoldedState.Workspace(in: folder.path, memory: memory)
    }

    /// The snapshots of which there are files of a set, the smallest first.
    ///
    /// A thousand folders may have to be looked at: clients take turns.
    func shown(_ set: SnapshotSet, of client: ConcurrencyLimiter.Client = .address("")) async throws -> [Shown] {
        try await heavyWork.run(for: client) { [self] in
            try places().sorted { $0.size < $1.size }.compactMap { shown(set, $0) }
        }
    }

    /// What there is of the snapshot at a size; nil when none of its files has been made.
    ///
    /// What a snapshot is says the root of its tree, for which long entries may have to be read.
    func shown(_ set: SnapshotSet, at size: LogSize, of client: ConcurrencyLimiter.Client = .address("")) async throws
        -> Shown?
    {
        try await heavyWork.run(for: client) { [self] in try shown(set, SnapshotPlace(of: log, at: size)) }
    }

    /// Removes what was made before an entry was erased, and of entries that the log has not any more.
    func forgetOthers() {
        Task { [self] in
            try? await heavyWork.run(for: log.identity.origin) { [self] in _ = try places() }
        }
    }

    /// The snapshots of the log as it is; others are removed: a log that gave up entries has others in their place.
    private func places() throws -> [SnapshotPlace] {
        // First: of what is made from now on, the log may have more than was read of it here.
        var places = folder.places()
        if places.isEmpty { return [] }
        let end = try PastPlace(of: log, at: log.head().size)
        func keep(where isKept: (SnapshotPlace) throws -> Bool) rethrows {
            places = try places.filter { place in
                let stays = try isKept(place)
                if !stays { folder.remove(place) }
                return stays
            }
        }
        // What was erased goes first.
        keep { $0.erasureMark == end.erasureMark && $0.size <= end.size }
        // For each root long entries may have to be read; what was found stands as long as the log only grows.
        var found: Set<SnapshotPlace> = []
        if let earlier = known.withLock({ $0 }), try earlier.end.holds(in: log) { found = earlier.places }
        try keep { try found.contains($0) || $0.holds(in: log) }
        let now = Known(end: end, places: Set(places))
        known.withLock { $0 = now }
        return places
    }

    private func shown(_ set: SnapshotSet, _ place: SnapshotPlace) -> Shown? {
        let files = folder.files(of: place).filter { $0.set == set }
        guard !files.isEmpty else { return nil }
        guard let facts = folder.facts(of: place) else {
            // Nobody is shown what a disk has made of it: it is made anew, with the next file that somebody asks for.
            folder.remove(place)
            return nil
        }
        return Shown(facts: facts, files: files.sorted { $0.file.name < $1.file.name })
    }

    /// What others were writing when the last server ended is removed once, before anything is written.
    private func sweep() {
        use.withLock { use in
            if !use.isSwept { folder.removeLeftovers() }
            use.isSwept = true
        }
    }

    private func open(_ wanted: Wanted) -> Ready? {
        guard
            let kept = folder.files(of: wanted.place).first(where: { $0.file == wanted.file && $0.set == wanted.set }),
            let contents = try? folder.open(kept, of: wanted.place)
        else { return nil }
        guard isSound(contents, of: kept, for: wanted) else {
            folder.remove(kept, of: wanted.place)
            return nil
        }
        note(wanted)
        return Ready(place: wanted.place, kept: kept, contents: contents)
    }

    /// Whether a file is what its name says: one that was there before this server started is read for that, once.
    private func isSound(_ contents: ReadableFile, of kept: KeptFile, for wanted: Wanted) -> Bool {
        if use.withLock({ $0.checked.contains(wanted) }) { return true }
        guard (try? Self.hash(of: contents)) == kept.hash else { return false }
        _ = use.withLock { $0.checked.insert(wanted) }
        return true
    }

    private static func hash(of file: ReadableFile) throws -> String {
        var hasher = Hasher256()
        var place = 0
        while case let piece = try file.piece(at: place, upTo: pieceLength), !piece.isEmpty {
            piece.withUnsafeBufferPointer { hasher.update($0) }
            place += piece.count
        }
        return hasher.finish().description
    }

    private func note(_ wanted: Wanted) {
        use.withLock { use in
            use.count += 1
            use.last[wanted] = use.count
        }
    }

    /// Removes the files that were asked for longest ago, until the others fit.
    private func makeRoom(for new: Wanted) {
        clearing.withLock { _ in
            let last = use.withLock { $0.last }
            var files = folder.places().flatMap { place in
                folder.files(of: place).map { (Wanted(place: place, file: $0.file, set: $0.set), $0) }
            }
            files.sort { (last[$0.0] ?? 0, $0.0.place.size) > (last[$1.0] ?? 0, $1.0.place.size) }
            var length = files.reduce(0) { $0 + $1.1.length }
            while length > limit || files.count > Self.maximumCount, let (wanted, kept) = files.popLast() {
                guard wanted != new else { continue }
                folder.remove(kept, of: wanted.place)
                use.withLock { use in
                    use.last[wanted] = nil
                    use.checked.remove(wanted)
                }
                length -= kept.length
            }
        }
    }

    /// In bytes.
    private static let pieceLength = 256 * 1024
    /// Of files; small ones are many before they are much.
    private static let maximumCount = 1000
}
