package import EventLog
package import Files
internal import GRDB
internal import SQLiteFiles

/// The one place where SQLite's result codes, and what is wrong with files, become `LogError`.
enum StorageFailure {
    /// Runs the body; what SQLite throws is translated, and so is what is wrong with files; everything else passes.
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
        } catch let error as FileError {
            throw LogError(error)
        } catch let error as DamagedRow {
            throw LogError(
                .corrupt,
                "a row of the table \(error.table.rawValue) in \(file) is not as it was written; keep a copy, and restore the "
                    + "file from a backup or a replica: ambit doctor gives the command"
            )
        }
    }

    /// Runs the body; what is wrong with files in it is translated, everything else passes.
    static func translating<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as FileError {
            throw LogError(error)
        }
    }

    /// That there is no room for what was to be written to a file, or beside it.
    static func diskFull(_ file: String) -> LogError {
        LogError(.diskFull, "the disk that holds \(file) is full; free some space, then try again")
    }

    /// The message names the file and SQLite's code, never a value that was stored.
    static func translate(_ error: DatabaseError, file: String) -> LogError {
        let code = "SQLite code \(error.extendedResultCode.rawValue)"
        switch SQLiteFailure(error, at: file) {
        case .locked:
            return LogError(
                .locked,
                "\(file) is held by another process (\(code)); let it finish or stop it, then try again"
            )
        case .readOnly:
            return LogError(
                .readOnly,
                "\(file) cannot be written (\(code)); give this user write access to the file and its folder, "
                    + "or mount the disk writable"
            )
        case .readOnlyDisk:
            return LogError(.readOnlyDisk(file))
        case .cannotOpen:
            return LogError(
                .readOnly,
                "\(file), or the -wal and -shm files beside it, cannot be opened (\(code)); "
                    + "this user needs to read and write the file and its folder"
            )
        case .diskFull:
            return diskFull(file)
        case .damaged:
            return LogError(
                .corrupt,
                "\(file) is damaged (\(code)); stop using it, keep a copy, and restore it from a backup or a replica"
            )
        case .notADatabase:
            return LogError(.corrupt, "\(file) is no Ambit log, or its beginning is damaged (\(code)); check the path")
        case .refused:
            return LogError(
                .corrupt,
                "\(file) refused a change that would break the log (\(code)); run ambit verify before going on"
            )
        case .closed:
            return LogError(.inputOutput, "\(file) has been closed; open it again")
        case .otherSchema, .other:
            return LogError(
                .inputOutput,
                "reading or writing \(file) failed (\(code)); check the disk and the system's log, then try again"
            )
        }
    }
}

extension LogError {
    /// The same, said of a log's or a witness's files.
    package init(_ error: FileError) {
        let code: Code =
            switch error.code {
            case .alreadyExists: .alreadyExists
            case .notFound: .notFound
            case .notAFile: .corrupt
            case .malformed: .malformed
            case .readOnly: .readOnly
            case .diskFull: .diskFull
            case .inputOutput: .inputOutput
            }
        self.init(code, error.message)
    }
}
