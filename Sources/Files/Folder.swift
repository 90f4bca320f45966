internal import FoundationEssentials
internal import SystemPackage

/// A folder that is made, and whose names are made to last.
package struct Folder: Sendable {
    private let path: String
    private let calls: FileCalls

    package init(_ path: String, calls: FileCalls = .system) {
        self.path = path
        self.calls = calls
    }

    /// The folder in which a file stands.
    package init(containing file: String, calls: FileCalls = .system) {
        self.init(Self.path(containing: file), calls: calls)
    }

    /// The path of the folder in which a file stands.
    package static func path(containing file: String) -> String {
        guard let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }

    /// Who may use a folder that is made.
    package enum Access: Sendable {
        /// Its owner (0700).
        case owner
        /// Everybody reads it (0755), but for what the process's mask takes away.
        case everybody

        fileprivate var permissions: FilePermissions {
            switch self {
            case .owner: .ownerReadWriteExecute
            case .everybody: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute]
            }
        }
    }

    /// Makes the folder; one that is there will do, or a link to one.
    ///
    /// - Parameter access: who may use it; nobody else than its owner ever writes to it.
    /// - Returns: whether it was made.
    /// - Throws: `FileError`: `notFound` for a missing folder around it, `readOnly`, `diskFull`, `inputOutput`.
    @discardableResult
    package func make(for access: Access = .owner) throws -> Bool {
        do {
            try calls.makeFolder(path, access.permissions)
            return true
        } catch Errno.fileExists {
            return false
        } catch {
            throw FileError(error, at: path)
        }
    }

    /// Makes the folder, and those around it that are missing.
    ///
    /// - Throws: as `make`.
    package func makeWithParents(for access: Access = .owner) throws {
        do {
            try make(for: access)
        } catch let error as FileError where error.code == .notFound {
            let parent = Self.path(containing: path)
            guard parent != path else { throw error }
            try Folder(parent, calls: calls).makeWithParents(for: access)
            try make(for: access)
        }
    }

    /// Whether it is a folder, and no link to one.
    package var isReal: Bool { (try? FilePath(path).stat(followTargetSymlink: false))?.type == .directory }

    /// The names of what stands in the folder, in any order.
    ///
    /// - Throws: `FileError`: `notFound`, `readOnly`, `inputOutput`.
    package func names() throws -> [String] {
        // Foundation does not say what was in the way.
        try FileError.at(path) { () throws(Errno) in
            try FileCalls.calling {
                try FileDescriptor.open(FilePath(path), .readOnly, options: [.directory, .closeOnExec]).close()
            }
        }
        return try FileError.at(path) { () throws(Errno) in
            try FileCalls.calling { try FileManager.default.contentsOfDirectory(atPath: path) }
        }
    }

    /// Makes what was created, linked or renamed in the folder last through a power cut.
    ///
    /// - Throws: `FileError`.
    package func sync() throws {
        try FileError.at(path) { () throws(Errno) in try calls.syncFolder(path) }
    }
}
