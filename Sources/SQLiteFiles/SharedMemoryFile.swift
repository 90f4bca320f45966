internal import Files

/// The file beside a database through which connections share what they know of its write-ahead log (`-shm`).
///
/// SQLite uses it as memory. Where the disk was too full for all of it, using what is missing ends the process with a signal,
/// as long as blocks of the disk are smaller than pages of memory. So there has to be room before a database is opened.
package enum SharedMemoryFile {
    /// SQLite lets it grow by so much: https://www.sqlite.org/walformat.html.
    private static let growth = 32 * 1024
    /// A growth has a place for each page of a part of the write-ahead log that is at least so many times as long.
    private static let ratio = 128

    /// Whether there is room for it, beside a database at this path.
    ///
    /// Room that it has already counts: SQLite gives it back first, where nobody else has it open.
    package static func hasRoom(beside path: String) -> Bool {
        guard let free = DiskSpace.free(at: Folder.path(containing: path)) else { return true }
        let needed = 2 * growth + (FileEntry(path + "-wal").size ?? 0) / ratio
        return free + DiskSpace.used(by: path + "-shm") >= needed
    }
}
