internal import EventLog

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Files that only their owner can read.
enum PrivateFile {
    /// Makes an empty file with mode 0600.
    ///
    /// - Throws: `alreadyExists`, `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    static func createEmpty(at path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(errno, at: path) }
        _ = close(descriptor)
    }

    static func remove(_ path: String) {
        _ = unlink(path)
    }

    /// Makes what was created, linked or renamed in a file's folder last through a power cut.
    static func syncFolder(of path: String) throws {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno, at: folder) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(errno, at: folder) }
    }

    /// What a failed call of the operating system means.
    static func failure(_ number: Int32, at path: String) -> LogError {
        switch number {
        case EEXIST, ENOTEMPTY:
            LogError(.alreadyExists, "\(path) already exists; choose another place, or remove it if it is not needed")
        case ENOENT, ENOTDIR:
            LogError(.notFound, "\(path) does not exist, or its folder does not; check the path")
        case EACCES, EPERM:
            LogError(
                .readOnly,
                "this user has no permission for \(path); change its owner or mode, or run as its owner"
            )
        case EROFS:
            LogError(.readOnly, "\(path) is on a read-only disk; mount it writable or choose another place")
        case ENOSPC, EDQUOT:
            LogError(.diskFull, "the disk that holds \(path) is full; free some space, then try again")
        default:
            LogError(.inputOutput, "using \(path) failed: \(String(cString: strerror(number)))")
        }
    }
}
