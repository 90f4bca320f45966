#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// An advisory lock on a file; the system releases it when the process ends, however it ends.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Returns: nil when another process, or another lock of this one, holds it.
    /// - Throws: `readOnly`, `inputOutput`.
    package init?(_ path: String) throws(LogClientError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LogClientError(
                errno == EACCES || errno == EROFS || errno == EPERM ? .readOnly : .inputOutput,
                "\(path) cannot be opened: \(String(cString: strerror(errno)))",
                nextStep: "check who owns the folder, and that its disk can be written to"
            )
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.isOpen(path, as: descriptor) else {
            _ = close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    /// Whether the file still is the one at this path: whoever held it may have taken it away.
    private static func isOpen(_ path: String, as descriptor: Int32) -> Bool {
        var (opened, found) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && stat(path, &found) == 0
            && opened.st_dev == found.st_dev && opened.st_ino == found.st_ino
    }

    deinit {
        // Closing releases the lock.
        _ = close(descriptor)
    }
}
