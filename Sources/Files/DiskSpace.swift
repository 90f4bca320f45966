internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What room there is on a disk.
package enum DiskSpace {
    /// With less than this, and before the last byte is used, calls begin to fail in ways that do not say why.
    private static let scarce = 64 * 1024

    /// With less than this, in bytes, a long push and the journals that go with it may find no room.
    package static let needed = 16 << 20

    /// How many bytes this user may still write on the disk that has a path; nil where nobody knows.
    package static func free(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
        return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    /// Whether nobody can write on the disk that has a path: it is mounted so, or a fault has made it so.
    package static func isReadOnly(at path: String) -> Bool {
        var status = statvfs()
        // The file itself may be missing; its folder is on the same disk.
        guard statvfs(path, &status) == 0 || statvfs(Folder.path(containing: path), &status) == 0 else { return false }
        return UInt(status.f_flag) & UInt(ST_RDONLY) != 0
    }

    /// Whether something may have failed at a path for want of room.
    package static func isScarce(at path: String) -> Bool {
        var status = statvfs()
        // The file itself may be missing; its folder is on the same disk.
        let folder = Folder.path(containing: path)
        guard statvfs(path, &status) == 0 || statvfs(folder, &status) == 0, status.f_blocks > 0 else { return false }
        let hasNoFileLeft = status.f_files > 0 && status.f_favail == 0
        return hasNoFileLeft || UInt64(status.f_bavail) * UInt64(status.f_frsize) < scarce || !hasRoom(in: folder)
    }

    /// Whether a few kilobytes find room in a folder: they are written, and taken away again.
    ///
    /// What a disk says of its room leaves out a user's quota, and what some disks keep for themselves.
    ///
    /// - Parameters:
    ///   - folder: the folder's path.
    ///   - calls: the operating system's.
    /// - Returns: false only for want of room; where nothing can be written for another reason, nobody knows.
    package static func hasRoom(in folder: String, calls: FileCalls = .system) -> Bool {
        let path = PassingName.inside(folder)
        PassingFiles.add(path)
        defer { PassingFiles.forget(path) }
        do {
            let file = try calls.create(path, .ownerReadWrite)
            // First: whoever is cut off here leaves nothing.
            try? calls.unlink(path)
            do {
                try fill(file, calls)
            } catch {
                try? calls.close(file)
                throw error
            }
            // Over a network, only this may say it.
            try calls.close(file)
            return true
        } catch {
            return FileError(error as? Errno ?? .ioError, at: folder).code != .diskFull
        }
    }

    private static func fill(_ file: FileDescriptor, _ calls: FileCalls) throws {
        try [UInt8](repeating: 0, count: scarce).withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = try calls.write(file, rest)
                guard count > 0 else { throw Errno.ioError }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
