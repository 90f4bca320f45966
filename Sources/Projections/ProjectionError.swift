internal import AgendaModel
internal import Files
internal import GRDB
internal import SQLiteFiles

/// What went wrong in or with the read models, or with what is made of them.
package struct ProjectionError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The state file cannot be read as what it should be; catching up makes it anew.
        case damaged
        /// A size or moment that the log has not reached.
        case beyondLog
        /// Output was to go into a file in which Ambit keeps its data, or which the command reads.
        case ownFile
        /// The format cannot hold that much.
        case tooLarge
        /// Another process holds the state file for too long.
        case locked
        case readOnly
        case diskFull
        /// Reading or writing failed for another reason.
        case inputOutput
    }
    package var code: Code
    /// What happened, where, and what to do next; no personal data.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

extension ProjectionError {
    /// Runs a body that uses the state file, and says in this module's words what SQLite reports.
    static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw ProjectionError(error, at: path)
        } catch let error as FileError where error.code == .diskFull {
            throw ProjectionError(.diskFull, error.message)
        } catch is RowDecodingError {
            throw ProjectionError(.damaged, "\(path) is damaged; delete it, and the next command makes it anew")
        } catch let error as StateError where error.code == .undecodableRegisters {
            throw ProjectionError(.damaged, "\(path) is damaged; delete it, and the next command makes it anew")
        }
    }

    /// That there is no room for what was to be written to a file, or beside it.
    static func diskFull(_ path: String) -> ProjectionError {
        ProjectionError(.diskFull, "the disk that holds \(path) is full; free some space, then try again")
    }

    private init(_ error: DatabaseError, at path: String) {
        switch SQLiteFailure(error, at: path) {
        case .damaged, .notADatabase, .otherSchema, .refused:
            self.init(.damaged, "\(path) is damaged; delete it, and the next command makes it anew from the log")
        case .locked:
            self.init(.locked, "another process is working on \(path); try again when it has finished")
        case .readOnly, .cannotOpen:
            self.init(.readOnly, "\(path) cannot be opened for writing; check that its folder exists and is yours")
        case .readOnlyDisk:
            self.init(.readOnly, FileError.readOnlyDisk(path).message)
        case .diskFull:
            self = .diskFull(path)
        case .closed, .other:
            self.init(.inputOutput, "using \(path) failed with SQLite code \(error.extendedResultCode.rawValue)")
        }
    }
}
