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
        if SharedMemoryFile.hasRoom(beside: path), let pool = open(path) { return pool }
        for address in addressesWithoutRoom(of: path) {
            if let pool = open(address) { return pool }
        }
        return nil
    }

    /// The addresses at which SQLite reads a file and needs no room beside it; the best one first.
    private static func addressesWithoutRoom(of path: String) -> [String] {
        guard FileEntry(path).isFile else { return [] }
        return [immutableAddress(of: path), unsharedAddress(of: path)].compactMap(\.self)
    }

    /// The address at which SQLite reads a file and the write-ahead log beside it, and writes no shared memory.
    ///
    /// Where nobody else has the file open, it keeps what it has to know of the write-ahead log in its own memory. Else
    /// it reads what the others share. Source: https://www.sqlite.org/wal.html, "Read-Only Databases".
    private static func unsharedAddress(of path: String) -> String {
        "\(URL(fileURLWithPath: path).absoluteString)?readonly_shm=1"
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
    /// Its rows can be held against their checks.
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
        configuration.prepareDatabase { db in
            db.add(function: RowCheck.function)
            try db.execute(sql: "PRAGMA cell_size_check = ON")
        }
        func open(_ address: String) throws -> DatabaseQueue {
            let queue = try DatabaseQueue(path: address, configuration: configuration)
            try queue.read { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
            return queue
        }
        do {
            guard FileEntry(path).isFile, SharedMemoryFile.hasRoom(beside: path) else {
                throw DatabaseError(resultCode: .SQLITE_CANTOPEN)
            }
            return try open(path)
        } catch let error as DatabaseError where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) {
            var failure = error
            for address in addressesWithoutRoom(of: path) {
                do {
                    return try open(address)
                } catch let error as DatabaseError {
                    failure = error
                }
            }
            throw failure
        }
    }
}
