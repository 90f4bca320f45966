internal import EventLog
internal import Files
internal import GRDB
internal import SQLiteFiles

extension SQLiteLogStore {
    /// Finds out whether a database can be made at a path, and leaves nothing there.
    ///
    /// - Parameter path: where there is nothing; the names of SQLite's other files are longer.
    /// - Throws: `LogError` that says why not.
    package static func checkPlace(_ path: String) throws {
        // Who is cut off here leaves the probe, and its table with it.
        SideFiles.removeDatabase(at: path)
        defer { SideFiles.removeDatabase(at: path) }
        guard SharedMemoryFile.hasRoom(beside: path) else { throw StorageFailure.diskFull(path) }
        do {
            let pool = try DatabasePool(path: path)
            try pool.write { try $0.execute(sql: "CREATE TABLE probe (id INTEGER)") }
            try pool.close()
        } catch let error as DatabaseError {
            let failure = StorageFailure.translate(error, file: path)
            guard error.resultCode == .SQLITE_CANTOPEN, failure.code != .diskFull else { throw failure }
            throw LogError(
                .inputOutput,
                "no database can be made in \(Folder.path(containing: path)), of which the path has \(path.utf8.count) bytes: use "
                    + "a folder with a shorter one, which this user may write to"
            )
        }
    }
}
