internal import SystemPackage

/// A small file that several processes read and change in place, one at a time.
///
/// Each of its calls is one call of the operating system. Whoever shares it among threads keeps them apart.
package final class SharedFile: Sendable {
    /// What a file is opened for.
    package enum Purpose: Sendable {
        /// To be read, also where nothing can be written.
        case looking
        case changing
        /// It is made, for its owner alone, when there is none.
        case making
    }

    private let path: String
    private let descriptor: FileDescriptor
    private let purpose: Purpose

    /// Opens the file; nil when there is none and none is made.
    ///
    /// A link is not followed.
    ///
    /// - Parameters:
    ///   - path: the file's; its folder must exist.
    ///   - purpose: what it is opened for.
    /// - Throws: `FileError`.
    package init?(_ path: String, for purpose: Purpose) throws {
        self.path = path
        self.purpose = purpose
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path),
                purpose == .looking ? .readOnly : .readWrite,
                options: purpose == .making ? [.create, .noFollow, .closeOnExec] : [.noFollow, .closeOnExec],
                permissions: .ownerReadWrite
            )
        } catch Errno.noSuchFileOrDirectory where purpose != .making {
            return nil
        } catch {
            throw FileError(error as? Errno ?? .ioError, at: path)
        }
    }

    deinit { try? descriptor.close() }

    /// Whether the file is still the one at its path.
    package var isInPlace: Bool { descriptor.isInPlace(path) }

    /// Runs the body while no other process has the file locked; others that only look may.
    ///
    /// - Throws: `FileError`; what the body throws.
    package func locked<Value>(_ body: () throws -> Value) throws -> Value {
        // Over the network, only what may be written can be locked for oneself.
        guard lock(descriptor, sharing: purpose == .looking) else {
            throw FileError(.inputOutput, "\(path) cannot be locked")
        }
        defer { unlock(descriptor) }
        return try body()
    }

    /// The bytes from the start of the file, at most so many.
    ///
    /// - Throws: `FileError`.
    package func read(upTo limit: Int) throws -> [UInt8] {
        try FileError.at(path) { () throws(Errno) in
            try FileCalls.reading(upTo: limit) { try descriptor.read(fromAbsoluteOffset: Int64($0), into: $1) }
        }
    }

    /// Writes bytes at a place in the file.
    ///
    /// - Throws: `FileError`; some of the bytes may have been written then.
    package func write(_ bytes: [UInt8], at offset: Int) throws {
        try FileError.at(path) { () throws(Errno) in
            _ = try FileCalls.calling { try descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
        }
    }

    /// Has what was written last through a power cut.
    ///
    /// - Throws: `FileError`.
    package func sync() throws {
        try FileError.at(path) { () throws(Errno) in try FileCalls.system.sync(descriptor) }
    }
}
