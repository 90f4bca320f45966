internal import AgendaModel
package import EventLog
internal import Files
internal import GRDB

extension SQLiteLogStore {
    /// Copies the log as of one moment to a new file that only its owner can read, while others read and write it.
    ///
    /// With SQLite's online backup: the file is whole, or there is none. What is in the copy is checked as far as opening
    /// does.
    ///
    /// - Parameter file: where; there must be nothing.
    /// - Returns: the end of the log in the copy.
    /// - Throws: `alreadyExists`, `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    package func backUp(to file: String) throws -> LogHead {
        let new = try NewLogFile(at: file)
        do {
            try Self.checkPlace(new.temporary)
            try StorageFailure.translating { try FileEntry(new.temporary).create() }
            try StorageFailure.translating(new.temporary) {
                let copy = try DatabaseQueue(path: new.temporary)
                try pool.backup(to: copy)
                try copy.close()
            }
            let store = try SQLiteLogStore(at: new.temporary)
            let head = try store.head()
            guard head.checkpoint?.checkpoint.size ?? .zero == head.size else {
                throw LogError(.corrupt, "the copy of \(path) does not end with a checkpoint; back up again")
            }
            try new.finish(store)
            return head
        } catch {
            new.abandon()
            throw error
        }
    }
}
