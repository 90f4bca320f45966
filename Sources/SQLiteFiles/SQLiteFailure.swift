internal import Files
package import GRDB

/// What a failure of SQLite means to whoever uses the file.
///
/// The codes: https://www.sqlite.org/rescode.html. What to say of it, and to whom, is the matter of the modules that open
/// files.
package enum SQLiteFailure: Sendable {
    /// Another connection is in the way.
    case locked
    /// The file may not be written by this user.
    case readOnly
    /// Nothing can be written on the file's disk, and nothing be put beside the file.
    case readOnlyDisk
    /// The file, or what SQLite puts beside it, cannot be opened.
    case cannotOpen
    case diskFull
    /// Pages of the file are not what SQLite wrote.
    case damaged
    /// The file is none of SQLite's, or its beginning is damaged.
    case notADatabase
    /// A constraint or trigger refused the change.
    case refused
    /// The tables are not those that the statement is about, or hold what they should not.
    case otherSchema
    /// The connection has been closed.
    case closed
    /// Reading or writing failed for another reason.
    case other

    /// - Parameters:
    ///   - error: what SQLite reports.
    ///   - path: the file's: where its disk is read-only or has no room, that is what kept SQLite from writing or opening it.
    package init(_ error: DatabaseError, at path: String) {
        if [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode), DiskSpace.isReadOnly(at: path) {
            self = .readOnlyDisk
            return
        }
        let isFull =
            error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
            || [.SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
                && (DiskSpace.isScarce(at: path) || !SharedMemoryFile.hasRoom(beside: path))
        if isFull {
            self = .diskFull
            return
        }
        self =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .readOnly
            case .SQLITE_CANTOPEN: .cannotOpen
            case .SQLITE_FULL: .diskFull
            case .SQLITE_CORRUPT: .damaged
            case .SQLITE_NOTADB: .notADatabase
            case .SQLITE_CONSTRAINT: .refused
            case .SQLITE_SCHEMA, .SQLITE_MISMATCH, .SQLITE_ERROR: .otherSchema
            case .SQLITE_MISUSE: .closed
            default: .other
            }
    }
}
