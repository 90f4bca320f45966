internal import Files
internal import Foundation
package import GRDB

/// Opening SQLite files to look at them, also where nothing may be written beside them.
package enum ReadOnlyFile {
    /// Opens a file for reading that cannot be written at the moment.
    ///
    /// - Parameters:
    ///   - path: the file's.
    ///   - configuration: what else the connections are to be.
    ///   - isUsable: whether the file is of the version that its reader knows.
    /// - Returns: nil when the file cannot be read either, not with certainty, or is not usable.
    package static func openPool(
        _ path: String,
        _ configuration: Configuration,
        where isUsable: (Database) throws -> Bool
    ) -> DatabasePool? {
        var configuration = configuration
        configuration.readonly = true
        func open(_ address: String) -> DatabasePool? {
            guard let pool = try? DatabasePool(path: address, configuration: configuration),
                (try? pool.read(isUsable)) == true
            else { return nil }
            return pool
        }
        return open(path) ?? immutableAddress(of: path).flatMap(open)
    }

    /// The address at which SQLite takes everything from the file itself, and needs no shared memory beside it.
    ///
    /// - Parameter path: the file's.
    /// - Returns: nil while there is a journal: what the file says would not be what whoever writes it makes of it.
    private static func immutableAddress(of path: String) -> String? {
        let journals = ["-wal", "-journal"].compactMap { FileEntry(path + $0).size }
        guard journals.allSatisfy({ $0 == 0 }) else { return nil }
        return "\(URL(fileURLWithPath: path).absoluteString)?immutable=1"
    }

    /// Opens a file of which neither the pages nor the types are believed, and which others may be writing.
    ///
    /// - Parameters:
    ///   - path: the file's.
    ///   - configuration: what else the connection is to be.
    /// - Returns: a connection that writes nothing.
    /// - Throws: what SQLite throws.
    package static func openUnbelieved(_ path: String, _ configuration: Configuration) throws -> DatabaseQueue {
        var configuration = configuration
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cell_size_check = ON") }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
            return queue
        } catch let error as DatabaseError where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) {
            guard let address = immutableAddress(of: path) else { throw error }
            return try DatabaseQueue(path: address, configuration: configuration)
        }
    }
}
