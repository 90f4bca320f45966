internal import AgendaModel
internal import EventLog

/// The entries of a mirror that were erased in its log, and are still whole in the mirror.
///
/// They are noted in a file until that is done: a redaction comes after what it is about, often long after.
struct MirrorErasures {
    /// Positions, a line each.
    private static let file = ".erased"
    /// Longer files are none.
    private static let maximumLength = 64 * 1024 * 1024

    private(set) var due: Set<Position>
    private let folder: MirrorFolder

    /// What is due from before.
    ///
    /// - Throws: `LogClientError`: `corrupt` for a file that says something else.
    init(in folder: MirrorFolder) throws(LogClientError) {
        self.folder = folder
        due = []
        let bytes: [UInt8]?
        do throws(LogClientError) {
            bytes = try folder.read(Self.file, limit: Self.maximumLength)
        } catch {
            throw error.code == .corrupt ? Self.unreadable(in: folder) : error
        }
        for line in bytes?.split(separator: Lines.newline) ?? [] {
            guard let position = Int(String(decoding: line, as: UTF8.self)), position >= 0 else {
                throw Self.unreadable(in: folder)
            }
            due.insert(Position(position))
        }
    }

    private static func unreadable(in folder: MirrorFolder) -> LogClientError {
        LogClientError(
            .corrupt,
            "the mirror \(folder.path) is damaged: \(file) does not say which entries are to be erased",
            nextStep: "mirror into another folder, and remove this one"
        )
    }

    /// Notes what else is to be erased.
    mutating func add(_ erasures: [Erasure]) throws(LogClientError) {
        let positions = Set(erasures.map(\.position))
        guard !positions.isSubset(of: due) else { return }
        due.formUnion(positions)
        try note()
    }

    /// Fetches the bundles anew in which something is due, as far as the mirror goes.
    ///
    /// - Parameters:
    ///   - size: the mirror's.
    ///   - requests: where they come from.
    /// - Returns: how many entries were erased in the mirror; those that the source still has stay due.
    /// - Throws: `LogClientError`: `tampered` for a bundle that does not have the leaves of the mirror's tiles, `corrupt`
    ///   when the mirror is damaged.
    mutating func apply(at size: LogSize, with requests: MirrorRequests) async throws -> Int {
        var erased = 0
        let before = due
        let bundles = Dictionary(grouping: due.filter { $0 < size.next }) { $0.rawValue / Tile.fullWidth }
        for (index, positions) in bundles.sorted(by: { $0.key < $1.key }) {
            let width = min(Tile.fullWidth, size.rawValue - index * Tile.fullWidth)
            let tile = Tile(.entries, index: index, width: width)
            var entries = try folder.entries(tile) ?? []
            guard entries.count == width else { throw folder.damaged("\(tile.path) is missing or cut off") }
            var rest = positions.map { $0.rawValue - tile.range.lowerBound }.filter { !Self.isErased(entries[$0]) }
            if !rest.isEmpty {
                let hashes = try folder.hashes(Tile(.hashes(level: 0), index: index, width: width))
                let bundle = try await requests.bundle(tile)
                let fetched = try EntryBundle.ranges(in: bundle, count: width).map { Array(bundle[$0]) }
                // Only what is to be erased: whatever else the source has changed there is not asked for.
                for number in rest where Self.isErased(fetched[number]) {
                    guard Self.leaf(fetched[number]) == hashes[number] else { throw tampered(tile) }
                    entries[number] = fetched[number]
                    erased += 1
                }
                rest.removeAll { Self.isErased(entries[$0]) }
                let lines = entries.flatMap { $0 + [Lines.newline] }
                try folder.write(try lines.withUnsafeBufferPointer { try EntryBundle.bytes(of: $0) }, to: tile.path)
                try folder.syncFolders(of: [tile.path])
            }
            due.subtract(positions)
            due.formUnion(rest.map { Position($0 + tile.range.lowerBound) })
            try folder.removeOthers(beside: tile)
        }
        if due != before { try note() }
        return erased
    }

    private func note() throws(LogClientError) {
        guard !due.isEmpty else { return try folder.remove(Self.file) }
        try folder.write(Array(due.sorted().map { "\($0)\n" }.joined().utf8), to: Self.file)
        try folder.syncFolders(of: [Self.file])
    }

    private static func isErased(_ entry: [UInt8]) -> Bool {
        entry.withUnsafeBufferPointer { ErasedEntry.leaf(of: $0) } != nil
    }

    private static func leaf(_ entry: [UInt8]) -> Hash { entry.withUnsafeBufferPointer { Merkle.leaf($0) } }

    private func tampered(_ tile: Tile) -> LogClientError {
        LogClientError(
            .tampered,
            "\(tile.path), fetched again because of an entry that was erased, does not have the leaves that it had before",
            nextStep: "the mirror is still what it was; tell the server's operator"
        )
    }
}
