internal import EventLog
internal import GRDB

/// The one place where SQLite's result codes become `LogError`.
enum StorageFailure {
    /// Runs the body; what SQLite throws is translated, everything else passes.
    ///
    /// - Parameters:
    ///   - file: the file's path, for the message.
    ///   - body: what uses SQLite.
    /// - Returns: what the body returns.
    /// - Throws: `LogError`, and what else the body throws.
    static func translating<Value>(_ file: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw translate(error, file: file)
        }
    }

    /// The message names the file and SQLite's code, never a value that was stored.
    static func translate(_ error: DatabaseError, file: String) -> LogError {
        let code = "SQLite code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return LogError(
                .locked,
                "\(file) is held by another process (\(code)); let it finish or stop it, then try again"
            )
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return LogError(
                .readOnly,
                "\(file) cannot be written (\(code)); give this user write access to the file and its folder, "
                    + "or mount the disk writable"
            )
        case .SQLITE_CANTOPEN:
            return LogError(
                .readOnly,
                "\(file), or the -wal and -shm files beside it, cannot be opened (\(code)); "
                    + "this user needs to read and write the file and its folder"
            )
        case .SQLITE_FULL:
            return LogError(.diskFull, "the disk that holds \(file) is full (\(code)); free some space, then try again")
        case .SQLITE_CORRUPT:
            return LogError(
                .corrupt,
                "\(file) is damaged (\(code)); stop using it, keep a copy, and restore it from a backup or a replica"
            )
        case .SQLITE_NOTADB:
            return LogError(.corrupt, "\(file) is no Ambit log, or its beginning is damaged (\(code)); check the path")
        case .SQLITE_CONSTRAINT:
            return LogError(
                .corrupt,
                "\(file) refused a change that would break the log (\(code)); run ambit verify before going on"
            )
        case .SQLITE_MISUSE:
            return LogError(.inputOutput, "\(file) has been closed; open it again")
        default:
            return LogError(
                .inputOutput,
                "reading or writing \(file) failed (\(code)); check the disk and the system's log, then try again"
            )
        }
    }
}
