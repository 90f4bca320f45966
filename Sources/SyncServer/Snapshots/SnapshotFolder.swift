internal import AgendaModel
internal import EventLog
internal import Files
internal import Projections
internal import Snapshots
internal import SyncProtocol

/// The folder with the finished files of an agenda's snapshots.
///
/// A file gets its name when it is whole. Everything else in the folder is what somebody was writing who was cut off.
/// Its calls block.
struct SnapshotFolder: Sendable {
    let path: String
    /// Of the log; nil where there is none.
    private let stateFile: String?

    /// - Parameters:
    ///   - path: where it is, or is made when it is needed.
    ///   - stateFile: of the log, of which a copy saves folding; nil where there is none.
    init(at path: String, startingFrom stateFile: String? = nil) {
        self.path = path
        self.stateFile = stateFile
    }

    /// The snapshots of which there are files, in any order.
    func places() -> [SnapshotPlace] { ((try? Folder(path).names()) ?? []).compactMap(SnapshotPlace.init) }

    /// The files of a snapshot, in any order.
    func files(of place: SnapshotPlace) -> [KeptFile] {
        let folder = folder(of: place)
        return ((try? Folder(folder).names()) ?? []).compactMap { KeptFile($0, in: folder) }
    }

    /// What is known of a snapshot; nil where that is not there, or not as it was written.
    func facts(of place: SnapshotPlace) -> SnapshotFacts? {
        let path = "\(folder(of: place))/\(Self.facts)"
        guard let bytes = try? ReadableFile(path).contents(upTo: Self.factsLimit) else { return nil }
        let facts = try? ProtocolJSON.decode(SnapshotFacts.self, from: bytes)
        return facts?.isHeld == true ? facts : nil
    }

    /// Opens a file, so that it can be read to its end even when it is removed.
    func open(_ kept: KeptFile, of place: SnapshotPlace) throws -> ReadableFile {
        try ReadableFile("\(folder(of: place))/\(kept.name)")
    }

    /// Makes a file, and gives it its name when it is whole.
    ///
    /// - Parameters:
    ///   - file: which one.
    ///   - set: whom it is for.
    ///   - place: the snapshot.
    ///   - log: what it is made of.
    ///   - limit: how long it may be, in bytes.
    ///   - isCurrent: whether the file still says what the log does; asked when it is whole, before it has its name and after.
    /// - Returns: the file; nil when it is not current.
    /// - Throws: `ProjectionError`: `diskFull`, also for one that is too long; `readOnly`, `tooLarge`, `inputOutput`.
    func make(
        _ file: SnapshotFile,
        for set: SnapshotSet,
        of place: SnapshotPlace,
        from log: any LogReader,
        atMost limit: Int,
        whileCurrent isCurrent: () throws -> Bool
    ) throws -> KeptFile? {
        do {
            try Folder(path).make()
            let beside = PassingName.inside(path)
            defer { FileEntry(beside).removeIfPossible() }
            var hasher = Hasher256()
            var length = 0
            let snapshot = try AtomicFile(beside, syncsFolder: false).write { append in
                let workspace = FoldedState.Workspace(in: path, startingFrom: stateFile)
                return try file.write(of: log, at: place.size, for: set, in: workspace) { bytes in
                    length += bytes.count
                    guard length <= limit else {
                        throw ProjectionError(
                            .diskFull,
                            "\(file.name) is longer than the \(limit) bytes kept for files"
                        )
                    }
                    hasher.update(bytes)
                    try append(bytes)
                }
            }
            let kept = KeptFile(file, for: set, hash: hasher.finish().description, length: length)
            guard try isCurrent() else { return nil }
            let folder = folder(of: place)
            try Folder(folder).make()
            if facts(of: place) == nil {
                try AtomicFile("\(folder)/\(Self.facts)", syncsFolder: false)
                    .write(ProtocolJSON.encode(SnapshotFacts(snapshot)))
            }
            try FileEntry(beside).rename(to: "\(folder)/\(kept.name)")
            guard try isCurrent() else {
                remove(place)
                return nil
            }
            return kept
        } catch let error as FileError {
            throw ProjectionError(error)
        }
    }

    /// Removes a snapshot with its files.
    func remove(_ place: SnapshotPlace) { Self.remove(folder(of: place)) }

    /// Removes a file, and its snapshot with the last one.
    func remove(_ kept: KeptFile, of place: SnapshotPlace) {
        FileEntry("\(folder(of: place))/\(kept.name)").removeIfPossible()
        if files(of: place).isEmpty { remove(place) }
    }

    /// Removes whatever is no snapshot.
    func removeLeftovers() {
        for name in (try? Folder(path).names()) ?? [] where SnapshotPlace(name) == nil {
            Self.remove("\(path)/\(name)")
        }
    }

    private func folder(of place: SnapshotPlace) -> String { "\(path)/\(place.folder)" }

    private static func remove(_ path: String) {
        if Folder(path).isReal {
            for name in (try? Folder(path).names()) ?? [] { FileEntry("\(path)/\(name)").removeIfPossible() }
        }
        FileEntry(path).removeIfPossible()
    }

    private static let facts = "snapshot.json"
    /// In bytes.
    private static let factsLimit = 1 << 16
}
