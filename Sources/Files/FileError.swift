package import SystemPackage

/// What went wrong with a file or a folder.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// There is something at the path, and it may not be replaced.
        case alreadyExists
        /// There is nothing at the path, or its folder is missing.
        case notFound
        /// What is at the path is a folder, a pipe or a device, and no file.
        case notAFile
        /// What the file holds is not what Ambit writes there.
        case malformed
        /// This user may not read or write it, or others may and must not, or the disk is read-only.
        case readOnly
        case diskFull
        /// Reading or writing failed for another reason.
        case inputOutput
    }

    package var code: Code
    /// What happened, where, and what to do next; nothing of what the file holds.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

extension FileError {
    /// That there is something at a path.
    package static func alreadyExists(_ path: String) -> FileError {
        FileError(.alreadyExists, "\(path) already exists; choose another place, or remove it if it is not needed")
    }

    /// That reading or writing failed at a path, and nobody says why.
    package static func failed(_ path: String) -> FileError { FileError(Errno.ioError, at: path) }

    /// That there is something else than a file at a path.
    static func notAFile(_ path: String) -> FileError {
        FileError(.notAFile, "\(path) is no file but something else, such as a folder or a pipe; check the path")
    }

    /// That nothing can be written on the disk that has a path.
    package static func readOnlyDisk(_ path: String) -> FileError {
        FileError(.readOnly, "\(path) is on a read-only disk; mount it writable or choose another place")
    }

    /// What a failed call of the operating system means for a path.
    package init(_ number: Errno, at path: String) {
        switch number {
        case .fileExists, .directoryNotEmpty:
            self = .alreadyExists(path)
        case .noSuchFileOrDirectory, .notDirectory:
            self.init(.notFound, "\(path) does not exist, or its folder does not; check the path")
        case .permissionDenied, .notPermitted:
            self.init(
                .readOnly,
                "this user has no permission for \(path); change its owner or mode, or run as its owner"
            )
        case .readOnlyFileSystem:
            self = .readOnlyDisk(path)
        case .noSpace, .diskQuotaExceeded:
            self.init(.diskFull, "the disk that holds \(path) is full; free some space, then try again")
        case .fileTooLarge:
            self.init(
                .diskFull,
                "\(path) may not become so long; raise the limit on the length of files, then try again"
            )
        case .tooManySymbolicLinkLevels:
            self.init(.inputOutput, "\(path) is a link, and links are not followed there; take it away, then try again")
        default:
            self.init(.inputOutput, "using \(path) failed: \(number)")
        }
    }

    /// What a failed call means that found no room: on the disk, in a quota, or in a file that is as long as it may be.
    ///
    /// It is nil for a call that failed for another reason.
    ///
    /// - Parameters:
    ///   - number: the system's number of the reason.
    ///   - path: the file's.
    package init?(wantOfRoom number: CInt, at path: String) {
        self.init(Errno(rawValue: number), at: path)
        guard code == .diskFull else { return nil }
    }

    /// Runs calls of the operating system; a failure of one becomes an error about the path.
    static func at<Value>(_ path: String, _ body: () throws(Errno) -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw FileError(error, at: path)
        }
    }
}
