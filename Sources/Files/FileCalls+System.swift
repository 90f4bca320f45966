internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension FileCalls {
    /// The operating system itself.
    package static let system = FileCalls(
        create: { (path, permissions) throws(Errno) in
            try calling {
                try FileDescriptor.open(
                    FilePath(path),
                    .writeOnly,
                    options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: permissions
                )
            }
        },
        setPermissions: { (file, permissions) throws(Errno) in
            try check(fchmod(file.rawValue, permissions.rawValue))
        },
        write: { (file, bytes) throws(Errno) in try calling { try file.write(bytes) } },
        sync: { (file) throws(Errno) in try check(fsync(file.rawValue)) },
        close: { (file) throws(Errno) in try calling { try file.close() } },
        rename: { (path, other) throws(Errno) in try check(systemRename(path, other)) },
        link: { (path, other) throws(Errno) in try check(systemLink(path, other)) },
        unlink: { (path) throws(Errno) in try check(systemUnlink(path)) },
        makeFolder: { (path, permissions) throws(Errno) in try check(mkdir(path, permissions.rawValue)) },
        syncFolder: { (path) throws(Errno) in
            let folder = try calling {
                try FileDescriptor.open(FilePath(path), .readOnly, options: [.directory, .closeOnExec])
            }
            defer { try? folder.close() }
            try check(fsync(folder.rawValue))
        }
    )

    /// swift-system does not say that its calls throw nothing but `Errno`.
    static func calling<Value>(_ body: () throws -> Value) throws(Errno) -> Value {
        do {
            return try body()
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Reads until so many bytes have come, or no more do.
    ///
    /// - Parameters:
    ///   - limit: in bytes.
    ///   - read: one call: puts bytes that follow so many into the buffer, and says how many.
    /// - Returns: fewer only at the end.
    /// - Throws: what a call throws.
    static func reading(
        upTo limit: Int,
        _ read: (_ offset: Int, _ buffer: UnsafeMutableRawBufferPointer) throws -> Int
    ) throws(Errno) -> [UInt8] {
        try calling {
            try [UInt8](unsafeUninitializedCapacity: limit) { buffer, length in
                while length < limit {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[length...])
                    let count = try read(length, rest)
                    if count == 0 { break }
                    length += count
                }
            }
        }
    }

    private static func check(_ result: CInt) throws(Errno) {
        guard result == 0 else { throw Errno(rawValue: errno) }
    }
}

/// Takes a lock on an open file without waiting.
///
/// - Returns: false when another one holds it.
func tryLock(_ file: FileDescriptor) -> Bool { flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 }

/// Takes a lock on an open file, and waits for it.
///
/// - Parameters:
///   - file: the file.
///   - shares: whether others that share may have it locked too.
/// - Returns: false when that is not possible.
func lock(_ file: FileDescriptor, sharing shares: Bool = false) -> Bool {
    while flock(file.rawValue, shares ? LOCK_SH : LOCK_EX) != 0 {
        guard errno == EINTR else { return false }
    }
    return true
}

/// Gives a lock on an open file back.
func unlock(_ file: FileDescriptor) { _ = flock(file.rawValue, LOCK_UN) }

/// Sees that this user may read what stands at a path, and does not open it; links are followed.
func checkMayRead(_ path: String) throws(Errno) {
    guard access(path, R_OK) == 0 else { throw Errno(rawValue: errno) }
}

/// Takes an empty folder away.
///
/// - Returns: whether it is gone.
func removeEmptyFolder(_ path: String) -> Bool { rmdir(path) == 0 }

// Within `FileCalls` these names are those of its own closures.
private func systemRename(_ path: String, _ other: String) -> CInt { rename(path, other) }
private func systemLink(_ path: String, _ other: String) -> CInt { link(path, other) }
private func systemUnlink(_ path: String) -> CInt { unlink(path) }
