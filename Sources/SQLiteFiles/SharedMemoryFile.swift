internal import Files

/// The file beside a database through which connections share what they know of its write-ahead log (`-shm`).
///
/// SQLite uses it as memory. Where the disk was too full for all of it, using what is missing ends the process with a
/// signal. That holds as long as blocks of the disk are smaller than pages of memory. So there has to be room before a
/// database is opened.
package enum SharedMemoryFile {
    /// SQLite lets it grow by so much: https://www.sqlite.org/walformat.html.
    private static let growth = 32 * 1024
    /// With it, there is a place for each page of so many bytes of the write-ahead log, where pages are small.
    private static let covered = 4062 * 1024

    /// Whether there is room for it, beside a database at this path.
    ///
    /// The room that it has already does not count: SQLite gives it back first, and a disk may not have it at once.
    package static func hasRoom(beside path: String) -> Bool {
        guard let free = DiskSpace.free(at: Folder.path(containing: path)) else { return true }
        return free >= growth * (2 + (FileEntry(path + "-wal").size ?? 0) / covered)
    }
}
