internal import SystemPackage

/// An advisory lock on a file; the system releases it when the process ends, however it ends.
package final class FileLock: Sendable {
    /// Closed, and the lock with it released, when this goes.
    private let descriptor: FileDescriptor

    /// Makes the file when there is none.
    ///
    /// - Returns: nil when another process, or another lock of this one, holds it.
    /// - Throws: `FileError`: `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    package init?(_ path: String) throws {
        let descriptor = try FileError.at(path) { () throws(Errno) in
            try FileCalls.calling {
                try FileDescriptor.open(
                    FilePath(path),
                    .readWrite,
                    options: [.create, .closeOnExec],
                    permissions: .ownerReadWrite
                )
            }
        }
        guard tryLock(descriptor), Self.isOpen(path, as: descriptor) else {
            try? descriptor.close()
            return nil
        }
        self.descriptor = descriptor
    }

    /// Whether the file still is the one at this path: whoever held it may have taken it away.
    static func isOpen(_ path: String, as descriptor: FileDescriptor) -> Bool {
        guard let opened = try? descriptor.stat(), let found = try? FilePath(path).stat() else { return false }
        return opened.deviceID == found.deviceID && opened.inode == found.inode
    }

    deinit { try? descriptor.close() }
}
