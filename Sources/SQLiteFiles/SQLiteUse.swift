#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Who has a SQLite file open.
package enum SQLiteUse {
    /// A process that has the file open, by the lock that each connection to a file with a write-ahead log holds.
    ///
    /// This process itself is not seen.
    ///
    /// - Returns: the process's number, 0 for one that this process may not know; nil when there is none.
    package static func process(using path: String) -> Int? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        // It stays open until the process ends: closing it would take away the locks that this process has on it (fcntl(2)).
        // The bytes that readers lock: https://www.sqlite.org/fileformat2.html, "The Lock-Byte Page".
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 0x4000_0002
        lock.l_len = 510
        guard fcntl(file, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return Int(lock.l_pid)
    }
}
