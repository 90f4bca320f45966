internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// To whom a file or folder belongs.
///
/// Root administers folders of a user who may do less: what it makes there must not be root's, or that user cannot go on.
package struct FileOwner: Hashable, Sendable {
    /// The number by which the system knows the user.
    package let user: UInt32
    private let group: UInt32

    /// Of what stands at a path, links followed; nil where nobody can tell.
    package init?(of path: String) {
        guard let status = try? FilePath(path).stat() else { return nil }
        user = status.userID.rawValue
        group = status.groupID.rawValue
    }

    /// Whether this process may do what it likes with files of everybody.
    package static var isRoot: Bool { geteuid() == 0 }

    /// Whether this process runs as the owner.
    package var isThisUser: Bool { geteuid() == user }

    /// Where this process is root, gives the owner what stands at a path; a folder with all that is in it.
    ///
    /// Links are given and not followed.
    ///
    /// - Throws: `FileError`.
    package func take(_ path: String) throws {
        guard Self.isRoot else { return }
        if Folder(path).isReal {
            for name in try Folder(path).names() { try take("\(path)/\(name)") }
        }
        try FileError.at(path) { () throws(Errno) in
            guard lchown(path, user, group) == 0 else { throw Errno(rawValue: errno) }
        }
    }
}
