internal import Files
internal import GRDBSQLite

/// The first bytes of a file that SQLite may have open in this process.
///
/// Whoever closes a descriptor of a file takes away all locks that the process has on it (fcntl(2)), and so those of SQLite.
/// Others would take the file for one that nobody reads, and put new pages under a reader. SQLite's own way to files keeps a
/// descriptor open as long as it has locks.
///
/// Source: https://www.sqlite.org/howtocorrupt.html, "Posix advisory locks canceled by a separate thread doing close()".
package enum FileBeginning {
    /// Reads them; nothing in the file or beside it changes.
    ///
    /// Not for the memory that SQLite shares beside a file (`-shm`): of its locks this way knows nothing.
    ///
    /// - Parameters:
    ///   - limit: how many; fewer come only of a shorter file.
    ///   - path: the file's.
    /// - Returns: the bytes.
    /// - Throws: `FileError`: `notFound`, `notAFile`, `readOnly`, `inputOutput`.
    package static func read(_ limit: Int, of path: String) throws -> [UInt8] {
        // SQLite does not say why it cannot open a file.
        try FileEntry(path).checkIsReadable()
        let failure = FileError.failed(path)
        guard let files = sqlite3_vfs_find(nil) else { throw failure }
        // SQLite follows links when it makes a path whole, and not when it opens.
        var whole = [CChar](repeating: 0, count: Int(files.pointee.mxPathname) + 1)
        let result = files.pointee.xFullPathname(files, path, CInt(whole.count), &whole)
        guard result == SQLITE_OK || result == followedLink,
            let name = sqlite3_create_filename(whole, "", "", 0, nil)
        else { throw failure }
        defer { sqlite3_free_filename(name) }
        let length = Int(files.pointee.szOsFile)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: length, alignment: alignment)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: length)
        let file = memory.assumingMemoryBound(to: sqlite3_file.self)
        guard files.pointee.xOpen(files, name, file, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, nil) == SQLITE_OK,
            let calls = file.pointee.pMethods
        else { throw failure }
        defer { _ = calls.pointee.xClose(file) }
        var size: sqlite3_int64 = 0
        guard calls.pointee.xFileSize(file, &size) == SQLITE_OK else { throw failure }
        let count = min(limit, Int(size))
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        guard calls.pointee.xRead(file, &bytes, CInt(count), 0) == SQLITE_OK else { throw failure }
        return bytes
    }

    /// `SQLITE_OK_SYMLINK`, which Swift does not import.
    private static let followedLink = SQLITE_OK | (2 << 8)

    /// As memory has it that C allocates, in bytes.
    private static let alignment = 16
}
