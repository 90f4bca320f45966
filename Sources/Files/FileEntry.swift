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

    /// Whether there is nothing for certain; not where a folder on the way there may not be read, or nobody can tell.
    package var isMissing: Bool {
        do {
            _ = try FilePath(path).stat(followTargetSymlink: false)
            return false
        } catch {
            return error == .noSuchFileOrDirectory || error == .notDirectory
        }
    }

    /// Whether a file is there, and no pipe, whose reader would wait for a writer; links are followed.
    package var isFile: Bool { (try? FilePath(path).stat())?.type == .regular }

    /// Sees that a file is there which this user may read, and does not open it; links are followed.
    ///
    /// - Throws: `FileError`: `notFound`, `notAFile`, `readOnly`, `inputOutput`.
    package func checkIsReadable() throws {
        let status = try FileError.at(path) { () throws(Errno) in try FilePath(path).stat() }
        guard status.type == .regular else { throw FileError.notAFile(path) }
        try FileError.at(path) { () throws(Errno) in try checkMayRead(path) }
    }

    /// Whether something is there that this user may not read, and has not gone.
    ///
    /// Links are followed. The system is asked once: what comes and goes, as SQLite's files beside a database do, is never taken for such.
    package var isForbidden: Bool {
        do throws(Errno) {
            try checkMayRead(path)
            return false
        } catch {
            return error == .permissionDenied || error == .notPermitted
        }
    }

    /// How many bytes the file has; nil when there is none.
    package var size: Int? { (try? FilePath(path).stat()).map { Int($0.size) } }

    /// How many names the file has (hard links), in whichever folders; nil when there is none.
    package var nameCount: Int? { (try? FilePath(path).stat()).map { Int($0.linkCount) } }

    /// Makes an empty file that only its owner can read.
    ///
    /// - Parameter other: the path that errors name, for a file that is beside it; nil for its own.
    /// - Throws: `FileError`: `alreadyExists`, `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    package func create(for other: String? = nil) throws {
        try FileError.at(other ?? path) { () throws(Errno) in
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

    /// Gives a file another name, atomically, where nothing has it yet.
    ///
    /// Cut off, the file has both names, or one of them; the other one is never half a file. On disks where a file has one name
    /// only, such as those of USB sticks, what comes there at the very same moment is replaced.
    ///
    /// - Throws: `FileError`: `alreadyExists`, `notFound`, `readOnly`, `diskFull`, `inputOutput`.
    package func moveToFreeName(_ other: String) throws {
        try FileError.at(other) { () throws(Errno) in
            do throws(Errno) {
                try calls.link(path, other)
            } catch {
                guard [Errno.notPermitted, .notSupported, .noFunction].contains(error) else { throw error }
                guard FileEntry(other).isMissing else { throw .fileExists }
                return try calls.rename(path, other)
            }
            try? calls.unlink(path)
        }
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
