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

    /// Makes the folder, for its owner alone; one that is there will do.
    ///
    /// - Returns: whether it was made.
    /// - Throws: `FileError`: `notFound` for a missing folder around it, `readOnly`, `diskFull`, `inputOutput`.
    @discardableResult
    package func make() throws -> Bool {
        do {
            try calls.makeFolder(path, .ownerReadWriteExecute)
            return true
        } catch Errno.fileExists {
            return false
        } catch {
            throw FileError(error, at: path)
        }
    }

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
