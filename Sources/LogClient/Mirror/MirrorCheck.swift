package import AgendaModel
package import EventLog
internal import Files
internal import Foundation

/// Holds all files of a mirror against its checkpoint.
package struct MirrorCheck {
    /// What a mirror that was checked holds.
    package struct Report: Sendable {
        /// How many entries have been erased, each justified by a redaction.
        package var erased: Int
        /// How many entries a redaction is about that still hold their data.
        package var kept: Int
        /// How many files were compared.
        package var files: Int
        /// How many files of an interrupted run there are, which go beyond the checkpoint: nothing says yet what they
        /// must be.
        package var beyond: Int
    }

    private let folder: MirrorFolder
    package let checkpoint: SignedCheckpoint
    private var entries: EntryCheck
    private var edge = TileEdge()
    /// What each tile that is not full holds, by its name without the width.
    private var partial: [String: [UInt8]] = [:]

    /// - Parameters:
    ///   - path: the folder.
    ///   - key: the log's.
    /// - Throws: `LogDifference` for a checkpoint that is missing, malformed, or not by this key.
    package init(of path: String, key: VerifierKey) throws {
        folder = MirrorFolder(path: path)
        entries = EntryCheck()
        let note = try Self.read(MirrorFolder.checkpoint, limit: SyncRequests.maximumCheckpoint, in: folder)
        let place = LogDifference.Place.file(MirrorFolder.checkpoint)
        guard let text = String(validating: note, as: UTF8.self) else { throw LogDifference(place, "it is no text") }
        do throws(LogError) {
            checkpoint = try key.verify(text)
        } catch {
            throw LogDifference(place, error.message)
        }
    }

    /// Has the log extend a verified checkpoint from elsewhere; to be called before `run`.
    package mutating func extend(_ held: Checkpoint) { entries = EntryCheck(extending: held) }

    /// Has the body check a mirror; from the beginning again where it was brought up to date meanwhile, and differs.
    ///
    /// Nobody is kept from that: what a check has begun with may be taken away before it comes there.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - key: the log's.
    ///   - body: runs the check.
    /// - Returns: what the body does.
    /// - Throws: as `init`, and what the body throws.
    package static func following<Value>(
        _ path: String,
        key: VerifierKey,
        _ body: (inout MirrorCheck) throws -> Value
    ) throws -> Value {
        for _ in 1..<maximumAttempts {
            var check = try MirrorCheck(of: path, key: key)
            do {
                return try body(&check)
            } catch let difference as LogDifference {
                guard try check.isOutdated() else { throw difference }
            }
        }
        var check = try MirrorCheck(of: path, key: key)
        return try body(&check)
    }

    private static let maximumAttempts = 10

    /// Whether the mirror has another checkpoint by now.
    private func isOutdated() throws -> Bool {
        let note = try Self.contents(MirrorFolder.checkpoint, limit: SyncRequests.maximumCheckpoint, in: folder)
        return note.map { !checkpoint.note.utf8.elementsEqual($0) } ?? false
    }

    /// Whether a folder looks like a mirror.
    package static func isMirror(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(MirrorFolder.checkpoint)")
    }

    /// - Parameters:
    ///   - progress: called with how many entries have been checked, and how many there are.
    ///   - each: called with each entry, and the tree that ends with it.
    /// - Returns: what was compared.
    /// - Throws: `LogDifference` for the first that differs, `LogClientError` for what cannot be read.
    package mutating func run(
        progress: (_ checked: LogSize, _ size: LogSize) -> Void = { _, _ in },
        each: (CheckedEntry, TreeEdge) throws -> Void = { _, _ in }
    ) throws -> Report {
        let size = checkpoint.checkpoint.size
        var files = 1
        for tile in Tile.all(.entries, at: size) {
            files += try check(tile, each)
            progress(entries.edge.size, size)
        }
        guard entries.edge.root == checkpoint.checkpoint.root else {
            throw LogDifference(
                .file(MirrorFolder.checkpoint),
                "the root that was signed is \(checkpoint.checkpoint.root.base64), and the entries lead to "
                    + entries.edge.root.base64
            )
        }
        try entries.finish()
        for (tile, hashes) in edge.partial {
            try compare(tile, LogTiles.bytes(of: hashes))
            files += 1
        }
        let (older, beyond) = try checkOthers()
        return Report(erased: entries.erased, kept: entries.kept, files: files + older, beyond: beyond)
    }

    /// Takes a bundle's entries, and compares the tiles that are full with them.
    ///
    /// - Returns: how many files that were.
    private mutating func check(_ tile: Tile, _ each: (CheckedEntry, TreeEdge) throws -> Void) throws -> Int {
        let bundle = try read(tile, limit: EntryBundle.maximumLength)
        var files = 1
        let ranges: [Range<Int>]
        do throws(LogError) {
            ranges = try EntryBundle.ranges(in: bundle, count: tile.width)
        } catch {
            throw LogDifference(.file(tile.path), error.message)
        }
        do {
            files += try take(ranges, of: bundle, each)
        } catch let difference as LogDifference {
            guard case .entry = difference.place else { throw difference }
            throw LogDifference(difference.place, "\(difference.message) (\(tile.path))")
        }
        if !tile.isFull { partial[name(of: tile)] = bundle }
        return files
    }

    private mutating func take(
        _ ranges: [Range<Int>],
        of bundle: [UInt8],
        _ each: (CheckedEntry, TreeEdge) throws -> Void
    ) throws -> Int {
        var files = 0
        try bundle.withUnsafeBufferPointer { bytes in
            for range in ranges {
                let entry = try entries.take(UnsafeBufferPointer(rebasing: bytes[range]))
                try each(entry, entries.edge)
                for (full, hashes) in edge.append(leaf: entry.leaf) {
                    try compare(full, LogTiles.bytes(of: hashes))
                    files += 1
                }
            }
        }
        return files
    }

    private mutating func compare(_ tile: Tile, _ expected: [UInt8]) throws {
        let found = try read(tile, limit: Tile.fullWidth * Hash.byteCount)
        guard found == expected else {
            let at = zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            throw LogDifference(
                .file(tile.path),
                at.map { "hash \($0 / Hash.byteCount) is not the one that follows from the entries" }
                    ?? "it has \(found.count) bytes, and should have \(expected.count)"
            )
        }
        if !tile.isFull { partial[name(of: tile)] = found }
    }

    private func name(of tile: Tile) -> String { Tile(tile.content, index: tile.index).path }

    /// The bytes of a tile of the checkpoint; where the full one has taken the place of a partial one, its beginning.
    private func read(_ tile: Tile, limit: Int) throws -> [UInt8] {
        if let bytes = try Self.contents(tile.path, limit: limit, in: folder) { return bytes }
        guard !tile.isFull, isGone(tile.path),
            let full = try Self.contents(name(of: tile), limit: limit, in: folder),
            let end = Self.end(of: tile, in: full)
        else { throw Self.missing(tile.path) }
        return Array(full[..<end])
    }

    /// Where a partial tile ends in the full one; nil for what is no full one.
    private static func end(of tile: Tile, in full: [UInt8]) -> Int? {
        switch tile.content {
        case .hashes: full.count == Tile.fullWidth * Hash.byteCount ? tile.width * Hash.byteCount : nil
        case .entries: (try? EntryBundle.ranges(in: full, count: Tile.fullWidth))?[tile.width - 1].upperBound
        }
    }

    /// Whether there is nothing of that name, at this moment.
    private func isGone(_ name: String) -> Bool { !FileEntry("\(folder.path)/\(name)").exists }

    private static func read(_ name: String, limit: Int, in folder: MirrorFolder) throws -> [UInt8] {
        guard let bytes = try contents(name, limit: limit, in: folder) else { throw missing(name) }
        return bytes
    }

    /// A file's bytes; nil only when there is no such file.
    private static func contents(_ name: String, limit: Int, in folder: MirrorFolder) throws -> [UInt8]? {
        do throws(LogClientError) {
            return try folder.read(name, limit: limit)
        } catch {
            guard error.code == .corrupt else { throw error }
            throw LogDifference(.file(name), "it is longer than it may be")
        }
    }

    private static func missing(_ name: String) -> LogDifference {
        LogDifference(.file(name), "it is missing; the mirror is not whole")
    }
}

// MARK: - Files of other sizes

extension MirrorCheck {
    /// Checks what lies below `tile/` besides the tiles of the checkpoint.
    ///
    /// Tiles of sizes that the log had when it was mirrored before are the beginnings of what is there now.
    private func checkOthers() throws -> (checked: Int, beyond: Int) {
        let size = checkpoint.checkpoint.size
        var (checked, beyond) = (0, 0)
        guard let names = FileManager.default.enumerator(atPath: "\(folder.path)/tile/.") else { return (0, 0) }
        for case let name as String in names {
            if names.fileAttributes?[.type] as? FileAttributeType == .typeDirectory { continue }
            let path = "tile/\(name)"
            // What an interrupted run was writing.
            if name.hasSuffix(PassingName.suffix) { continue }
            guard let tile = Tile(path: path) else {
                // The folder of partial tiles, taken away since it was found.
                if isGone(path) { continue }
                throw LogDifference(.file(path), "no tile is called so")
            }
            guard tile.exists(at: size) else {
                beyond += 1
                continue
            }
            guard !tile.isFull, !isCurrent(tile) else { continue }
            if try checkFormer(tile) { checked += 1 }
        }
        return (checked, beyond)
    }

    /// Whether it is the one at the right edge.
    private func isCurrent(_ tile: Tile) -> Bool {
        Tile.count(at: tile.level, size: checkpoint.checkpoint.size) == tile.range.upperBound
    }

    /// - Returns: false when it has been taken away since it was found: nobody needs it.
    private func checkFormer(_ tile: Tile) throws -> Bool {
        guard let found = try Self.contents(tile.path, limit: EntryBundle.maximumLength, in: folder) else {
            if isGone(tile.path) { return false }
            throw Self.missing(tile.path)
        }
        let whole =
            try partial[name(of: tile)] ?? Self.read(name(of: tile), limit: EntryBundle.maximumLength, in: folder)
        let isBeginning: Bool
        switch tile.content {
        case .hashes: isBeginning = found.count == tile.width * Hash.byteCount && whole.starts(with: found)
        case .entries:
            let isWhole = (try? EntryBundle.ranges(in: found, count: tile.width)) != nil
            isBeginning = isWhole && whole.starts(with: found)
        }
        guard isBeginning else {
            throw LogDifference(.file(tile.path), "it is not the beginning of what the log has there")
        }
        return true
    }
}
