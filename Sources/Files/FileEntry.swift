internal import SystemPackage

/// A name in a folder, and what stands there: a file, a link, a folder.
package struct FileEntry: Sendable {
    private let path: String
    private let calls: FileCalls

    /// - Parameters:
    ///   - path: where it stands, or is to stand.
    ///   - calls: the operating system's.
    package init(_ path: String, calls: FileCalls = .system) {
        self.path = path
        self.calls = calls
    }

    /// Whether there is anything, be it a link that leads nowhere.
    package var exists: Bool { (try? FilePath(path).stat(followTargetSymlink: false)) != nil }

    /// How many bytes the file has; nil when there is none.
    package var size: Int? { (try? FilePath(path).stat()).map { Int($0.size) } }

    /// Makes an empty file that only its owner can read.
    ///
    /// - Throws: `FileError`: `alreadyExists`, `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    package func create() throws {
        try FileError.at(path) { () throws(Errno) in
            try calls.close(try calls.create(path, .ownerReadWrite))
        }
    }

    /// Gives it another name, atomically.
    ///
    /// - Throws: `FileError`: `alreadyExists` for a folder that would replace another one that is not empty, `notFound`,
    ///   `readOnly`, `diskFull`, `inputOutput`.
    package func rename(to other: String) throws {
        try FileError.at(other) { () throws(Errno) in try calls.rename(path, other) }
    }

    /// Takes a file away.
    ///
    /// - Throws: `FileError`: `readOnly`, `inputOutput`; a file that is not there is no failure.
    package func remove() throws {
        do {
            try calls.unlink(path)
        } catch Errno.noSuchFileOrDirectory {
            return
        } catch {
            throw FileError(error, at: path)
        }
    }

    /// Takes a file away, or a folder with nothing in it, if that is possible.
    package func removeIfPossible() {
        do {
            try calls.unlink(path)
        } catch {
            _ = removeEmptyFolder(path)
        }
    }
}
