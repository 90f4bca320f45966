internal import SystemPackage

/// The device and the number by which the system knows a file, whatever names it has.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    /// As the system counts the files of a disk.
    package let number: UInt64

    init(_ status: Stat) {
        device = UInt64(truncatingIfNeeded: status.deviceID.rawValue)
        number = UInt64(truncatingIfNeeded: status.inode.rawValue)
    }

    /// Of what stands at a path, links followed; nil when there is nothing.
    package init?(_ path: String) {
        guard let status = try? FilePath(path).stat() else { return nil }
        self.init(status)
    }

    /// Whether what stands at a path is on the same disk.
    package func isOnDisk(of path: String) -> Bool { FileIdentity(path)?.device == device }
}

extension FileDescriptor {
    /// Whether the open file still is the one at this path: whoever had it before may have taken it away.
    func isInPlace(_ path: String) -> Bool { (try? stat()).map(FileIdentity.init) == FileIdentity(path) }
}
