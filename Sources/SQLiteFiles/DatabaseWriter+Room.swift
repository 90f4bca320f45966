internal import Files
package import GRDB
internal import GRDBSQLite

extension DatabaseWriter {
    /// Runs what writes, outside of a transaction, and calls want of room what it is.
    ///
    /// SQLite takes one answer of the system for a full disk. A quota that is used up is a failure like any other for it, and
    /// so is a file that may not become longer.
    ///
    /// - Parameter body: writes.
    /// - Returns: what the body returns.
    /// - Throws: `FileError` with `diskFull` where SQLite met one of the others; else what the body throws.
    package func writeNamingFullDisk<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try writeWithoutTransaction { db in
            do {
                return try body(db)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
                for number in db.systemErrors {
                    if let full = FileError(wantOfRoom: number, at: path) { throw full }
                }
                throw error
            }
        }
    }
}

extension Database {
    /// What the system said when it last failed the connection, the file, and the file's journal; 0 for what it never failed.
    ///
    /// Of a commit the connection says nothing, and the files do. Source:
    /// https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html.
    fileprivate var systemErrors: [CInt] {
        guard let connection = sqliteConnection else { return [] }
        var (inFile, inJournal): (CInt, CInt) = (0, 0)
        _ = sqlite3_file_control(connection, nil, SQLITE_FCNTL_LAST_ERRNO, &inFile)
        var journal: UnsafeMutablePointer<sqlite3_file>?
        _ = sqlite3_file_control(connection, nil, SQLITE_FCNTL_JOURNAL_POINTER, &journal)
        if let journal, let control = journal.pointee.pMethods?.pointee.xFileControl {
            _ = control(journal, SQLITE_FCNTL_LAST_ERRNO, &inJournal)
        }
        return [inJournal, inFile, sqlite3_system_errno(connection)]
    }
}
