internal import Files

/// The files that SQLite has beside a database file while it is open, or left behind when it was cut off.
///
/// Source of their names: https://www.sqlite.org/tempfiles.html.
package enum SideFiles {
    /// What is put behind the database file's name.
    package static let suffixes = ["-wal", "-shm", "-journal"]

    /// The paths of a database file and of all that SQLite may have beside it.
    package static func all(of path: String) -> [String] { [path] + suffixes.map { path + $0 } }

    /// Takes away a database file, if it is there, and what SQLite has beside it, as far as that is possible.
    package static func removeDatabase(at path: String) { all(of: path).forEach { FileEntry($0).removeIfPossible() } }

    /// Runs a body that looks at a database file which nobody else uses, and takes away what SQLite has put beside it meanwhile.
    ///
    /// What was there before stays: a journal may hold the newest of what the file has.
    ///
    /// - Parameters:
    ///   - path: the file's.
    ///   - body: closes the file before it returns.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws.
    package static func leavingNone<Value>(beside path: String, _ body: () throws -> Value) rethrows -> Value {
        let missing = suffixes.filter { !FileEntry(path + $0).exists }
        defer { missing.forEach { FileEntry(path + $0).removeIfPossible() } }
        return try body()
    }

    /// Takes away what SQLite has beside a database file, as far as that is possible.
    package static func remove(of path: String) { suffixes.forEach { FileEntry(path + $0).removeIfPossible() } }
}
