internal import AgendaModel
package import EventLog
internal import GRDB

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

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
        try PrivateFile.createEmpty(at: file)
        let temporary = "\(file).\(UInt64.random(in: .min ... .max)).new"
        do {
            try PrivateFile.createEmpty(at: temporary)
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
            try store.close()
            guard rename(temporary, file) == 0 else { throw PrivateFile.failure(errno, at: file) }
            try PrivateFile.syncFolder(of: file)
            return head
        } catch {
            for suffix in ["", "-wal", "-shm", "-journal"] { PrivateFile.remove(temporary + suffix) }
            PrivateFile.remove(file)
            throw error
        }
    }
}
