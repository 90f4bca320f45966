internal import EventLog

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Small files with secrets, which only their owner can read: a log key, a device key, a token.
package enum SecretFile {
    /// More than any of them needs.
    private static let maximumLength = 4096

    /// Writes the file whole or not at all, on the disk when this returns, with mode 0600.
    ///
    /// - Parameters:
    ///   - text: what the file will hold, at most 4096 bytes to be readable again.
    ///   - path: where; the folder must exist.
    ///   - replacing: whether a file that is there may be replaced.
    /// - Throws: `alreadyExists`, `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    package static func write(_ text: String, at path: String, replacing: Bool = false) throws {
        let temporary = "\(path).\(UInt64.random(in: .min ... .max)).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PrivateFile.failure(errno, at: path) }
        defer { PrivateFile.remove(temporary) }
        do {
            defer { _ = close(descriptor) }
            // The mask of the process may have taken rights away.
            try check(fchmod(descriptor, 0o600), path)
            try writeAll(Array(text.utf8), to: descriptor, path)
            try check(fsync(descriptor), path)
        }
        // A link fails where there is a file already; a rename replaces it. Both are atomic.
        try check(replacing ? rename(temporary, path) : link(temporary, path), path)
        try PrivateFile.syncFolder(of: path)
    }

    /// - Throws: `notFound`, `readOnly` when this user may not read it or others may, `malformed`.
    package static func read(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PrivateFile.failure(errno, at: path) }
        defer { _ = close(descriptor) }
        var status = stat()
        try check(fstat(descriptor, &status), path)
        guard status.st_mode & 0o077 == 0 else {
            throw LogError(
                .readOnly,
                "\(path) holds a secret, but others than its owner may use it; run chmod 600 \(path)"
            )
        }
        var bytes = [UInt8](repeating: 0, count: maximumLength + 1)
        var length = 0
        while length < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                    Glibc.read(descriptor, buffer.baseAddress! + length, buffer.count - length)
                #elseif canImport(Musl)
                    Musl.read(descriptor, buffer.baseAddress! + length, buffer.count - length)
                #else
                    Darwin.read(descriptor, buffer.baseAddress! + length, buffer.count - length)
                #endif
            }
            if count == 0 { break }
            if count < 0 && errno == EINTR { continue }
            try check(count < 0 ? -1 : 0, path)
            length += count
        }
        guard length <= maximumLength, let text = String(validating: bytes.prefix(length), as: UTF8.self) else {
            throw LogError(.malformed, "\(path) is not a file that Ambit wrote; restore it from a backup")
        }
        return text
    }

    /// Takes the file away, for good when this returns: a power cut does not bring it back.
    ///
    /// - Throws: `readOnly`, `inputOutput`; a file that is not there is no failure.
    package static func remove(_ path: String) throws {
        if unlink(path) != 0, errno != ENOENT { throw PrivateFile.failure(errno, at: path) }
        try PrivateFile.syncFolder(of: path)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                #elseif canImport(Musl)
                    Musl.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                #else
                    Darwin.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                #endif
            }
            if count < 0 && errno == EINTR { continue }
            try check(count < 0 ? -1 : 0, path)
            offset += count
        }
    }

    private static func check(_ result: Int32, _ path: String) throws {
        guard result == 0 else { throw PrivateFile.failure(errno, at: path) }
    }
}
