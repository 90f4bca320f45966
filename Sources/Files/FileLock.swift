internal import SystemPackage

/// An advisory lock on a file; the system releases it when the process ends, however it ends.
package final class FileLock: Sendable {
    /// Closed, and the lock with it released, when this goes.
    private let descriptor: FileDescriptor

    /// Makes the file when there is none; a link is not followed.
    ///
    /// - Returns: nil when another process, or another lock of this one, holds it.
    /// - Throws: `FileError`: `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    package init?(_ path: String) throws {
        let descriptor = try FileError.at(path) { () throws(Errno) in
            try FileCalls.calling {
                try FileDescriptor.open(
                    FilePath(path),
                    .readWrite,
                    options: [.create, .noFollow, .closeOnExec],
                    permissions: .ownerReadWrite
                )
            }
        }
        guard tryLock(descriptor), descriptor.isInPlace(path) else {
            try? descriptor.close()
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { try? descriptor.close() }
}
