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
    package func backUp(to file: String) throws -> EventLog.Head {
        // Claims the name, so that a file that is there is never replaced.
        try StorageFailure.translating { try FileEntry(file).create() }
        let temporary = "\(file).\(UInt64.random(in: .min ... .max)).new"
        do {
            try StorageFailure.translating { try FileEntry(temporary).create() }
            try StorageFailure.translating(temporary) {
                let copy = try DatabaseQueue(path: temporary)
                try pool.backup(to: copy)
                try copy.close()
            }
            let store = try SQLiteLogStore(at: temporary)
            let head = try store.head()
            guard head.checkpoint?.checkpoint.size ?? .zero == head.size else {
                throw LogError(.corrupt, "the copy of \(path) does not end with a checkpoint; back up again")
            }
            // Everything goes into the file itself; what SQLite keeps beside it is empty then.
            try store.tidy()
            try store.close()
            for suffix in Self.besides { FileEntry(temporary + suffix).removeIfPossible() }
            try StorageFailure.translating {
                try FileEntry(temporary).rename(to: file)
                try Folder(containing: file).sync()
            }
            return head
        } catch {
            for suffix in [""] + Self.besides { FileEntry(temporary + suffix).removeIfPossible() }
            FileEntry(file).removeIfPossible()
            throw error
        }
    }

    /// What SQLite has beside a file.
    private static let besides = ["-wal", "-shm", "-journal"]
}
