internal import EventLog
internal import GRDB
internal import SQLiteFiles

/// A log's file that is only looked at: nothing is written, brought up to date, or believed.
///
/// `SQLiteLogStore` is for who works with a log. It takes what it finds for what it wrote, but for what its checksums show;
/// this is for who wants to know whether it still is.
package final class LogFile: Sendable {
    /// Where it is.
    package let path: String
    private let queue: DatabaseQueue

    /// - Throws: `LogDifference` for a file that SQLite cannot make sense of; `LogError`: `notFound`, `corrupt` for a file that
    ///   is no log, `readOnly` when this user may not read it, `locked`, `inputOutput`.
    package init(reading path: String) throws {
        self.path = path
        try FileHeader.check(path)
        queue = try Self.translating(path) { try Self.open(path) }
    }

    /// Reads from one snapshot; who writes the file is not held up.
    func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(path) { try queue.read(body) }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "ambit.check"
        return try ReadOnlyFile.openUnbelieved(path, configuration)
    }

    /// What SQLite finds damaged is a difference; what it cannot do is an error.
    private static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_TOOBIG, .SQLITE_FORMAT:
                let reason = "code \(error.extendedResultCode.rawValue), \(error.message ?? "without a reason")"
                throw LogDifference(.file(path), "its pages are damaged: SQLite cannot read them (\(reason))")
            default:
                throw StorageFailure.translate(error, file: path)
            }
        }
    }
}
