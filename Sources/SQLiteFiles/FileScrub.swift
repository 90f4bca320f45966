package import GRDB

/// Has nothing left of what was deleted in a file and its journal.
///
/// A transaction that deletes leaves the old bytes behind, in the journal and in pages that are free now. Since rows
/// move within and between pages, they are also in gaps of pages that are not free. So the whole file is written anew,
/// and the journal is emptied.
package enum FileScrub {
    /// How long readers are waited for, in milliseconds: no longer, since it is tried again.
    private static let readerTimeout = 100

    /// Writes the file anew and empties its journal.
    ///
    /// A reader can only hold up the second. So what is still to be done is noted in between, and the file is not written
    /// anew for each attempt.
    ///
    /// - Parameters:
    ///   - db: a connection outside of a transaction.
    ///   - isAllDue: false when the file was written anew before, and only the journal is left.
    ///   - busyTimeout: that of the connection, in milliseconds, which it gets back.
    ///   - noteRewritten: notes that only the journal is left; false when more was deleted meanwhile.
    ///   - noteDone: notes that nothing is left to be done; false when more was deleted meanwhile.
    /// - Returns: whether it is done.
    /// - Throws: what SQLite throws where something is in the way, and what the two throw.
    package static func run(
        _ db: Database,
        isAllDue: Bool,
        busyTimeout: Int,
        noteRewritten: () throws -> Bool,
        noteDone: () throws -> Bool
    ) throws -> Bool {
        try db.execute(sql: "PRAGMA busy_timeout = \(readerTimeout)")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(busyTimeout)") }
        if isAllDue {
            do {
                try db.execute(sql: "VACUUM")
            } catch {
                // Gives the disk back what has not become of it.
                _ = try? db.checkpoint(.truncate)
                throw error
            }
            guard try noteRewritten() else { return false }
        }
        try db.checkpoint(.truncate)
        return try noteDone()
    }
}
