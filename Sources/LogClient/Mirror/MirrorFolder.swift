internal import AgendaModel
internal import EventLog
internal import FoundationEssentials

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A folder with a log as static files: `checkpoint` and `tile/…`, as a web server gives them out.
struct MirrorFolder: Sendable {
    static let checkpoint = "checkpoint"

    let path: String

    /// Makes the folder if there is none, and keeps others from writing to it as long as the lock is held.
    ///
    /// - Throws: `LogClientError`: `locked` when somebody does.
    func lock() throws(LogClientError) -> FolderLock {
        try makeFolder(path)
        guard let lock = try FolderLock("\(path)/.mirror.lock") else {
            throw LogClientError(
                .locked,
                "another ambit mirror is writing to \(path)",
                nextStep: "wait until it is done"
            )
        }
        return lock
    }

    /// A file's bytes; nil when there is no such file, or it is longer than the limit.
    ///
    /// - Throws: `LogClientError` for what cannot be read, or is no file, such as a pipe: nobody is waited for.
    func read(_ name: String, limit: Int) throws(LogClientError) -> [UInt8]? {
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("\(name) cannot be read")
        }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("\(name) cannot be read") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw LogClientError(
                .inputOutput,
                "in the mirror \(path), \(name) is no file but something else, such as a folder or a pipe",
                nextStep: "take it away, and mirror again"
            )
        }
        guard status.st_size <= limit else { return nil }
        // As much as there is, and one byte more, which shows whether the file grows meanwhile.
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var length = 0
        while length < bytes.count {
            let wanted = bytes.count - length
            let count = bytes.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                    Glibc.read(descriptor, buffer.baseAddress! + length, wanted)
                #elseif canImport(Musl)
                    Musl.read(descriptor, buffer.baseAddress! + length, wanted)
                #else
                    Darwin.read(descriptor, buffer.baseAddress! + length, wanted)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("\(name) cannot be read") }
            if count == 0 { break }
            length += count
            if length == bytes.count, length <= limit {
                bytes += [UInt8](repeating: 0, count: min(length, limit + 1 - length))
            }
        }
        return length > limit ? nil : Array(bytes[..<length])
    }

    /// Writes a file that everybody may read, in place of one of that name; it is there whole or not at all.
    func write(_ bytes: [UInt8], to name: String) throws(LogClientError) {
        let file = "\(path)/\(name)"
        try makeFolder(folder(of: file))
        // One writer at a time: the name of what an interrupted one left may be used again.
        let beside = "\(file).new"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("\(name) cannot be written") }
        do throws(LogClientError) {
            try append(bytes, to: descriptor, name)
            guard fsync(descriptor) == 0 else { throw failure("\(name) cannot be written") }
        } catch {
            _ = close(descriptor)
            _ = unlink(beside)
            throw error
        }
        guard close(descriptor) == 0, rename(beside, file) == 0 else { throw failure("\(name) cannot be written") }
    }

    /// Makes what was written into folders last through a power cut.
    func syncFolders(of names: some Sequence<String>) throws(LogClientError) {
        var folders: Set<String> = []
        for name in names {
            var folder = folder(of: "\(path)/\(name)")
            while folder.utf8.count >= path.utf8.count, folders.insert(folder).inserted {
                folder = self.folder(of: folder)
            }
        }
        for folder in folders {
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure("\(folder) cannot be written") }
            defer { _ = close(descriptor) }
            guard fsync(descriptor) == 0 else { throw failure("\(folder) cannot be written") }
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

    /// The entries of a bundle; nil when there is none, or it is damaged.
    func entries(_ bundle: Tile) throws(LogClientError) -> [[UInt8]]? {
        guard let bytes = try read(bundle.path, limit: EntryBundle.maximumLength) else { return nil }
        return (try? EntryBundle.ranges(in: bytes, count: bundle.width))?.map { Array(bytes[$0]) }
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
        guard unlink("\(path)/\(name)") != 0, errno != ENOENT else { return }
        throw failure("\(name) cannot be removed")
    }

    /// Takes away the partial tiles of other widths at the place of one.
    func removeOthers(beside tile: Tile) throws(LogClientError) {
        let widths = Tile(tile.content, index: tile.index).path + ".p"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(widths)")) ?? []
        for name in names where "\(widths)/\(name)" != tile.path { try remove("\(widths)/\(name)") }
    }

    private func folder(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    }

    private func makeFolder(_ folder: String) throws(LogClientError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw LogClientError(wrapping: error, doing: "making the folder \(folder)")
        }
    }

    private func append(_ bytes: [UInt8], to descriptor: Int32, _ name: String) throws(LogClientError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                    Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("\(name) cannot be written") }
            rest = rest.dropFirst(count)
        }
    }

    private func failure(_ what: String) -> LogClientError {
        let code: LogClientError.Code =
            switch errno {
            case ENOSPC, EDQUOT: .diskFull
            case EACCES, EPERM, EROFS: .readOnly
            default: .inputOutput
            }
        return LogClientError(
            code,
            "in the mirror \(path), \(what): \(String(cString: strerror(errno)))",
            nextStep: "the checkpoint there is of what was complete before; mirror again when that is mended"
        )
    }
}
