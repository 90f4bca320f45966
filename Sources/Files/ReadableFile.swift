internal import SystemPackage

/// A file that is open for reading, of which no more is read than is asked for.
package final class ReadableFile: Sendable {
    private let path: String
    private let descriptor: FileDescriptor
    private let permissions: FilePermissions
    private let isRegular: Bool
    /// In bytes.
    ///
    /// 0 for what has no end that is known.
    package let size: Int

    /// Opens a file; a pipe is not waited for.
    ///
    /// - Throws: `FileError`: `notFound`, `notAFile`, `readOnly`, `inputOutput`.
    package convenience init(_ path: String) throws {
        try self.init(path) {
            try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
        }
        guard isRegular else { throw FileError.notAFile(path) }
    }

    /// Opens a file or a pipe that a person named; `-` is standard input.
    ///
    /// - Throws: `FileError`: `notFound`, `readOnly`, `inputOutput`.
    package convenience init(orPipe path: String) throws {
        try self.init(path) {
            try path == "-"
                ? FileDescriptor.standardInput.duplicate()
                : FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        }
    }

    private init(_ path: String, opening open: () throws -> FileDescriptor) throws {
        let descriptor = try FileError.at(path) { () throws(Errno) in try FileCalls.calling(open) }
        let status: Stat
        do {
            status = try descriptor.stat()
        } catch {
            try? descriptor.close()
            throw FileError(error, at: path)
        }
        self.path = path
        self.descriptor = descriptor
        permissions = status.permissions
        isRegular = status.type == .regular
        size = status.type == .regular ? Int(status.size) : 0
    }

    deinit { if !mayBeLocked { try? descriptor.close() } }

    /// Whether SQLite may have the file open in this process: closing it would take all its locks away (fcntl(2)).
    ///
    /// Such a file stays open until the process ends. There are few: only a person names one to be read in this way.
    private var mayBeLocked: Bool {
        guard isRegular, let head = try? piece(at: 0, upTo: 20), head.count == 20 else { return false }
        // With a write-ahead log: https://www.sqlite.org/fileformat2.html, "File format version numbers".
        if head.starts(with: "SQLite format 3\0".utf8) { return head[18] == 2 || head[19] == 2 }
        // The memory beside one, by its version: https://www.sqlite.org/walformat.html, "The WAL-Index Format".
        return withUnsafeBytes(of: UInt32(3_007_000)) { head.starts(with: $0) }
    }

    /// Whether nobody but the file's owner may use it.
    package var isPrivate: Bool {
        permissions.isDisjoint(with: [.groupReadWriteExecute, .otherReadWriteExecute])
    }

    /// All bytes from here on; nil when there are more than so many.
    ///
    /// - Throws: `FileError`: `inputOutput`.
    package func contents(upTo limit: Int) throws -> [UInt8]? {
        let bytes = try prefix(limit + 1)
        return bytes.count > limit ? nil : bytes
    }

    /// The next bytes, as many as there are up to so many.
    ///
    /// No more memory is taken than the file is long.
    ///
    /// - Throws: `FileError`: `inputOutput`.
    package func prefix(_ limit: Int) throws -> [UInt8] {
        // One more than there are, so that the end is seen at once.
        var bytes = try read(upTo: min(limit, size + 1))
        if isRegular, bytes.count <= size { return bytes }
        while bytes.count < limit {
            // A pipe; or a file that has grown.
            let piece = try read(upTo: min(limit - bytes.count, Self.pieceLength))
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }

    /// Reads from any place in the file, wherever other reading has come to.
    ///
    /// - Parameters:
    ///   - offset: from the beginning, in bytes.
    ///   - limit: how many; fewer come only at the end.
    /// - Returns: the bytes.
    /// - Throws: `FileError` with `inputOutput`.
    package func piece(at offset: Int, upTo limit: Int) throws -> [UInt8] {
        let descriptor = descriptor
        return try FileError.at(path) { () throws(Errno) in
            try FileCalls.reading(upTo: limit) {
                try descriptor.read(fromAbsoluteOffset: Int64(offset + $0), into: $1)
            }
        }
    }

    /// In bytes.
    private static let pieceLength = 256 * 1024

    /// Fewer only at the end.
    private func read(upTo limit: Int) throws -> [UInt8] {
        let descriptor = descriptor
        return try FileError.at(path) { () throws(Errno) in
            try FileCalls.reading(upTo: limit) { try descriptor.read(into: $1) }
        }
    }
}
