internal import LogClient

extension FolderLock {
    /// Takes the lock of a replica.
    ///
    /// - Returns: nil while somebody else holds it.
    /// - Throws: `readOnly`, `inputOutput`.
    static func hold(_ path: String) throws(ReplicaError) -> FolderLock? {
        do {
            return try FolderLock(path)
        } catch {
            throw ReplicaError(error)
        }
    }
}
