internal import AgendaModel
internal import EventLog
internal import Files
internal import FoundationEssentials

/// A folder with a log as static files: `checkpoint` and `tile/…`, as a web server gives them out.
struct MirrorFolder: Sendable {
    static let checkpoint = "checkpoint"

    let path: String

    /// Makes the folder if there is none, and keeps others from writing to it as long as the lock is held.
    ///
    /// - Throws: `LogClientError`: `locked` when somebody does, `inputOutput` for a folder in which there is other data of Ambit.
    func lock() throws(LogClientError) -> FolderLock {
        try checkIsItsOwn()
        try make()
        guard let lock = try FolderLock("\(path)/.mirror.lock") else {
            throw LogClientError(
                .locked,
                "another ambit mirror is writing to \(path)",
                nextStep: "wait until it is done"
            )
        }
        return lock
    }

    /// What a laptop's, a server's or a witness's folder has, also while it is being made, and what a server's data has.
    private static let marks = ["log.sqlite", "log.key", "witness.key", "device.key", "enrolment.json", "agendas"]

    /// A mirror is given out as it is: what stands beside it would be, too.
    private func checkIsItsOwn() throws(LogClientError) {
        guard let mark = Self.marks.first(where: { FileEntry("\(path)/\($0)").exists }) else { return }
        throw LogClientError(
            .inputOutput,
            "\(path) has \(mark): it is a folder in which Ambit keeps other data than a mirror",
            nextStep: "give the mirror a folder of its own"
        )
    }

    /// A file's bytes; nil only when there is no such file.
    ///
    /// - Throws: `LogClientError`: `corrupt` for one that is longer than the limit, which somebody else may have put there. Also for
    ///   what cannot be read, or is no file, such as a pipe: nobody is waited for.
    func read(_ name: String, limit: Int) throws(LogClientError) -> [UInt8]? {
        let bytes: [UInt8]?
        do {
            bytes = try ReadableFile("\(path)/\(name)").contents(upTo: limit)
        } catch let error as FileError where error.code == .notFound {
            return nil
        } catch let error as FileError where error.code == .notAFile {
            throw LogClientError(
                .inputOutput,
                "in the mirror \(path), \(name) is no file but something else, such as a folder or a pipe",
                nextStep: "take it away, and mirror again"
            )
        } catch {
            throw failure(error, "\(name) cannot be read")
        }
        guard let bytes else { throw damaged("\(name) is longer than it may be") }
        return bytes
    }

    /// Writes a file that everybody may read, in place of one of that name; it is there whole or not at all.
    func write(_ bytes: [UInt8], to name: String) throws(LogClientError) {
        let file = "\(path)/\(name)"
        try makeFolders(to: name)
        do {
            // One writer at a time: the name of what an interrupted one left may be used again. Its folders are synced
            // together, before the checkpoint says that all of it is there.
            try AtomicFile(file, for: .everybody, suffix: "new", syncsFolder: false).write(bytes)
        } catch {
            throw failure(error, "\(name) cannot be written")
        }
    }

    /// Makes what was written into folders last through a power cut.
    func syncFolders(of names: some Sequence<String>) throws(LogClientError) {
        var folders: Set<String> = []
        for name in names {
            var folder = Folder.path(containing: "\(path)/\(name)")
            while folder.utf8.count >= path.utf8.count, folders.insert(folder).inserted {
                folder = Folder.path(containing: folder)
            }
        }
        for folder in folders {
            do {
                try Folder(folder).sync()
            } catch {
                throw failure(error, "\(folder) cannot be written")
            }
        }
    }

    /// Takes away the partial tiles at the place of a full one; without them, readers take the full one.
    func removePartials(of tile: Tile) {
        try? FileManager.default.removeItem(atPath: "\(path)/\(tile.path).p")
    }

    /// The hashes of a tile that must be there.
    ///
    /// - Throws: `LogClientError`: `corrupt` when it is missing or cut off.
    func hashes(_ tile: Tile) throws(LogClientError) -> [Hash] {
        guard let bytes = try read(tile.path, limit: Tile.fullWidth * Hash.byteCount),
            let hashes = try? LogTiles.hashes(in: bytes, count: tile.width)
        else { throw damaged("\(tile.path) is missing or cut off") }
        return hashes
    }

    /// That the mirror is not what it must be.
    func damaged(_ what: String) -> LogClientError {
        LogClientError(
            .corrupt,
            "the mirror \(path) is damaged: \(what)",
            nextStep: "remove the file `checkpoint` in it and mirror again: what is good of the rest is kept"
        )
    }

    /// The bytes of a bundle, and where its entries are; nil when there is none, or it is damaged.
    func bundle(_ tile: Tile) throws(LogClientError) -> (bytes: [UInt8], ranges: [Range<Int>])? {
        let bytes: [UInt8]?
        do throws(LogClientError) {
            bytes = try read(tile.path, limit: EntryBundle.maximumLength)
        } catch {
            guard error.code == .corrupt else { throw error }
            return nil
        }
        guard let bytes, let ranges = try? EntryBundle.ranges(in: bytes, count: tile.width) else { return nil }
        return (bytes, ranges)
    }

    /// The entries of a bundle; nil when there is none, or it is damaged.
    func entries(_ tile: Tile) throws(LogClientError) -> [[UInt8]]? {
        guard let (bytes, ranges) = try bundle(tile) else { return nil }
        return ranges.map { Array(bytes[$0]) }
    }

    /// What the redaction at a position is about; nil when the full bundle there has none.
    func redactedPosition(at position: Position) throws(LogClientError) -> Position? {
        let bundle = Tile(.entries, index: position.rawValue / Tile.fullWidth)
        return try entries(bundle)?[position.rawValue - bundle.range.lowerBound].withUnsafeBufferPointer { entry in
            var reader = EventReader()
            return (try? reader.read(entry, as: .entry))?.redactedPosition(in: entry)
        }
    }

    /// Takes away a file, if it is there.
    func remove(_ name: String) throws(LogClientError) {
        do {
            try FileEntry("\(path)/\(name)").remove()
        } catch {
            throw failure(error, "\(name) cannot be removed")
        }
    }

    /// Takes away the partial tiles of other widths at the place of one.
    func removeOthers(beside tile: Tile) throws(LogClientError) {
        let widths = Tile(tile.content, index: tile.index).path + ".p"
        guard FileEntry("\(path)/\(widths)").exists else { return }
        try makeFolders(to: "\(widths)/\(tile.width)")
        let names = (try? Folder("\(path)/\(widths)").names()) ?? []
        for name in names where "\(widths)/\(name)" != tile.path { try remove("\(widths)/\(name)") }
    }

    private func make() throws(LogClientError) {
        do {
            try Folder(path).makeWithParents(for: .everybody)
        } catch {
            throw failure(error, "the folder cannot be made")
        }
    }

    /// Makes the folders in which a file is to stand.
    ///
    /// A link among them would lead what is written, and taken away, to somebody else's place.
    private func makeFolders(to name: String) throws(LogClientError) {
        try make()
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/\(part)"
            do {
                try Folder(folder).make(for: .everybody)
            } catch {
                throw failure(error, "\(folder) cannot be made")
            }
            guard Folder(folder).isReal else {
                throw LogClientError(
                    .inputOutput,
                    "in the mirror \(path), \(folder) is a link, or no folder",
                    nextStep: "take it away, and mirror again"
                )
            }
        }
    }

    private func failure(_ error: any Error, _ what: String) -> LogClientError {
        LogClientError(
            of: error,
            "in the mirror \(path), \(what)",
            nextStep: "the checkpoint there is of what was complete before; mirror again when that is mended"
        )
    }
}

extension LogClientError {
    /// That something could not be done with a file, and why.
    init(of error: any Error, _ what: String, nextStep: String) {
        let code: Code =
            switch (error as? FileError)?.code {
            case .diskFull: .diskFull
            case .readOnly: .readOnly
            default: .inputOutput
            }
        self.init(code, "\(what): \(error)", nextStep: nextStep)
    }
}
