internal import Files

/// An advisory lock on a folder; the system releases it when the process ends, however it ends.
package final class FolderLock: Sendable {
    private let lock: FileLock

    /// nil when another process, or another lock of this one, holds it.
    ///
    /// - Parameter path: of the file in the folder that is locked; made when there is none.
    /// - Throws: `readOnly`, `diskFull`, `inputOutput`.
    package init?(_ path: String) throws(LogClientError) {
        do {
            guard let lock = try FileLock(path) else { return nil }
            self.lock = lock
        } catch {
            throw LogClientError(
                of: error,
                "\(path) cannot be opened",
                nextStep: "check who owns the folder, and that its disk can be written to"
            )
        }
    }
}
