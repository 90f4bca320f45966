internal import EventLog

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The first 100 bytes of a SQLite file, read before SQLite opens it: opening would change files that are not ours.
enum FileHeader {
    private static let length = 100

    /// - Throws: `notFound`, `readOnly`, or `corrupt` for a file that is no Ambit log.
    static func check(_ path: String) throws {
        let header = try read(path)
        guard header.count == length, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw LogError(.corrupt, "\(path) is no Ambit log, or it has been cut short; check the path")
        }
        // https://www.sqlite.org/fileformat.html#application_id
        let applicationID = header[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard applicationID == UInt32(bitPattern: Schema.applicationID) else {
            throw LogError(.corrupt, "\(path) is a SQLite file but no Ambit log; check the path")
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        // A pipe would be waited for, until somebody writes to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw PrivateFile.failure(errno, at: path) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw PrivateFile.failure(errno, at: path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw LogError(
                .corrupt,
                "\(path) is no file but something else, such as a folder or a pipe; check the path"
            )
        }
        var header = [UInt8](repeating: 0, count: length)
        let count = pread(descriptor, &header, length, 0)
        guard count >= 0 else { throw PrivateFile.failure(errno, at: path) }
        return Array(header.prefix(count))
    }
}
