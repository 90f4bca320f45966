package import SystemPackage

/// A file that is there whole or not at all: written beside its place, synced, and given its name when it is complete.
package struct AtomicFile: Sendable {
    /// Who may use the file.
    package enum Access: Sendable {
        /// Its owner reads and writes it (0600), whatever the process's mask.
        case owner
        /// Everybody reads it (0644), but for what the process's mask takes away.
        case everybody
        /// Those who have these permissions, whatever the process's mask: as `FilePermissions` numbers them.
        case exactly(CInterop.Mode)

        fileprivate var made: FilePermissions { if case .everybody = self { .everybodyReads } else { .ownerReadWrite } }

        /// nil where the process's mask has the last word.
        fileprivate var exact: FilePermissions? {
            switch self {
            case .owner: .ownerReadWrite
            case .everybody: nil
            case .exactly(let mode): FilePermissions(rawValue: mode)
            }
        }
    }

    /// Takes the file's next bytes.
    package typealias Writer = (UnsafeBufferPointer<UInt8>) throws -> Void

    private let path: String
    private let access: Access
    private let replaces: Bool
    private let suffix: String?
    private let syncsFolder: Bool
    private let calls: FileCalls

    /// - Parameters:
    ///   - path: the file's; its folder must exist.
    ///   - access: who may use it.
    ///   - replaces: whether it takes the place of a file, or of a link, that has the name.
    ///   - suffix: what the name has behind it until the file is complete. nil for one that nobody else uses, where
    ///     several may write it at the same time.
    ///   - syncsFolder: whether the name, too, is on the disk when `write` returns.
    ///   - calls: the operating system's.
    package init(
        _ path: String,
        for access: Access = .owner,
        replaces: Bool = true,
        suffix: String? = nil,
        syncsFolder: Bool = true,
        calls: FileCalls = .system
    ) {
        self.path = path
        self.access = access
        self.replaces = replaces
        self.suffix = suffix
        self.syncsFolder = syncsFolder
        self.calls = calls
    }

    /// Writes the file in one piece.
    ///
    /// - Throws: as the other one.
    package func write(_ bytes: [UInt8]) throws {
        try write { append in try bytes.withUnsafeBufferPointer(append) }
    }

    /// Writes the file piece by piece.
    ///
    /// Where this throws, what was there before is there still, and nothing is left beside it. Only where it is the
    /// folder that cannot be synced has the file its name already.
    ///
    /// - Parameter body: writes the content through the function that it is given.
    /// - Returns: what the body returns.
    /// - Throws: `FileError`: `alreadyExists` where nothing is replaced, `notFound` for a missing folder, `readOnly`,
    ///   `diskFull`, `inputOutput`; and what the body throws.
    package func write<Value>(_ body: (Writer) throws -> Value) throws -> Value {
        let beside = suffix.map { "\(path).\($0)" } ?? PassingName.beside(path)
        PassingFiles.add(beside)
        defer { PassingFiles.forget(beside) }
        // What an interrupted writer left under a name that is used again.
        if suffix != nil { try? calls.unlink(beside) }
        let file = try FileError.at(path) { () throws(Errno) in
            try calls.create(beside, access.made)
        }
        let value: Value
        do {
            value = try fill(file, body)
            try FileError.at(path) { () throws(Errno) in
                try replaces ? calls.rename(beside, path) : calls.link(beside, path)
            }
        } catch {
            try? calls.unlink(beside)
            throw error
        }
        if !replaces { try? calls.unlink(beside) }
        if syncsFolder { try Folder(containing: path, calls: calls).sync() }
        return value
    }

    /// Fills the file, and closes it whatever happens.
    private func fill<Value>(_ file: FileDescriptor, _ body: (Writer) throws -> Value) throws -> Value {
        let value: Value
        do {
            if let exact = access.exact {
                try FileError.at(path) { () throws(Errno) in try calls.setPermissions(file, exact) }
            }
            value = try body { bytes in
                try FileError.at(path) { () throws(Errno) in try append(UnsafeRawBufferPointer(bytes), to: file) }
            }
            try FileError.at(path) { () throws(Errno) in try calls.sync(file) }
        } catch {
            try? calls.close(file)
            throw error
        }
        try FileError.at(path) { () throws(Errno) in try calls.close(file) }
        return value
    }

    private func append(_ bytes: UnsafeRawBufferPointer, to file: FileDescriptor) throws(Errno) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try calls.write(file, rest)
            guard count > 0 else { throw .ioError }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

extension FilePermissions {
    fileprivate static let everybodyReads: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
}
