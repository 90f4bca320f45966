#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A file that is there whole or not at all: written beside its place, and renamed when it is complete and on disk.
package enum ExportFile {
    /// Writes a file that only its owner may read, in place of one of that name.
    ///
    /// What a failed body wrote is removed.
    ///
    /// - Parameters:
    ///   - path: where the file is to be.
    ///   - body: writes the contents through the function that it is given.
    /// - Returns: what the body returns.
    /// - Throws: `ProjectionError`, and what the body throws.
    package static func write<Value>(to path: String, _ body: (Export.Writer) throws -> Value) throws -> Value {
        let beside = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).partial"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(errno, path) }
        var isOpen = true
        do {
            let value = try body { try append($0, to: descriptor, path) }
            guard fsync(descriptor) == 0 else { throw failure(errno, path) }
            isOpen = false
            guard close(descriptor) == 0, rename(beside, path) == 0 else { throw failure(errno, path) }
            return value
        } catch {
            if isOpen { _ = close(descriptor) }
            _ = unlink(beside)
            throw error
        }
    }

    private static func append(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32, _ path: String) throws {
        var rest = UnsafeRawBufferPointer(bytes)[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            #if canImport(Glibc)
                let count = Glibc.write(descriptor, part.baseAddress, part.count)
            #elseif canImport(Musl)
                let count = Musl.write(descriptor, part.baseAddress, part.count)
            #else
                let count = Darwin.write(descriptor, part.baseAddress, part.count)
            #endif
            if count < 0 {
                guard errno == EINTR else { throw failure(errno, path) }
                continue
            }
            rest = rest.dropFirst(count)
        }
    }

    private static func failure(_ number: Int32, _ path: String) -> ProjectionError {
        switch number {
        case ENOSPC, EDQUOT:
            ProjectionError(.diskFull, "the disk for \(path) is full; free some space, then try again")
        case EACCES, EPERM, EROFS:
            ProjectionError(
                .readOnly,
                "\(path) may not be written; choose another place, or change who may write there"
            )
        default:
            ProjectionError(.inputOutput, "writing \(path) failed: \(String(cString: strerror(number)))")
        }
    }
}
