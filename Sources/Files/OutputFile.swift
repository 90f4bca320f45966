internal import FoundationEssentials
internal import SystemPackage

/// Where a person wants output: a new file, one that is replaced, or what a link, a device or a pipe leads to.
package struct OutputFile: Sendable {
    /// What the path leads to once all links have been followed; there may be nothing yet.
    package let target: String
    private let status: Stat?
    /// What the program has open already, by its number; nil for anything else.
    private let opened: Int?

    /// - Throws: `FileError`: `notAFile` for a folder, for links that lead in a circle, and for `-`.
    package init(_ path: String) throws {
        try Self.checkIsNamed(path)
        // What is written to by a number has no name of its own: a pipe, or a file that a shell has opened to go on with.
        let (target, opened) = try Self.following(path)
        self.target = target
        self.opened = opened
        status = try? FilePath(target).stat()
        guard status?.type != .directory else {
            throw FileError(.notAFile, "\(path) is a folder; name a file in it")
        }
    }

    /// What people write for standard output.
    package static let standardOutput = "-"

    /// Has nothing made that is called `-`: whoever writes that means standard output.
    ///
    /// - Throws: `FileError` with `notAFile`.
    package static func checkIsNamed(_ path: String) throws {
        guard path == standardOutput else { return }
        throw FileError(
            .notAFile,
            "- is standard output, where this cannot go: give a name, or ./- for what is called so"
        )
    }

    /// The device and the number by which the system knows the file, whatever it is called; nil when there is none.
    package var identity: FileIdentity? { status.map(FileIdentity.init) }

    /// Whether another output would take the place of this one: the same name in the same folder, however they are written.
    ///
    /// Never so for devices and pipes, which take all that comes.
    package func isReplaced(by other: OutputFile) -> Bool {
        guard opened == nil, other.opened == nil, (status?.type ?? .regular) == .regular,
            target.split(separator: "/").last == other.target.split(separator: "/").last,
            let folder = FileIdentity(Folder.path(containing: target))
        else { return false }
        return folder == FileIdentity(Folder.path(containing: other.target))
    }

    /// Writes the output: a file is there whole or not at all, and keeps its mode where it takes another one's place.
    ///
    /// - Parameter body: writes the content through the function that it is given.
    /// - Returns: what the body returns.
    /// - Throws: `FileError`, and what the body throws.
    package func write<Value>(_ body: (AtomicFile.Writer) throws -> Value) throws -> Value {
        guard let status, status.type != .regular || opened != nil else {
            let access = status.map { AtomicFile.Access.exactly($0.permissions.rawValue) } ?? .owner
            return try AtomicFile(target, for: access).write(body)
        }
        let file = try FileError.at(target) { () throws(Errno) in
            try FileCalls.calling {
                try opened.map { try FileDescriptor(rawValue: CInt($0)).duplicate() }
                    ?? FileDescriptor.open(FilePath(target), .writeOnly, options: .closeOnExec)
            }
        }
        defer { try? file.close() }
        return try body { bytes in
            try FileError.at(target) { () throws(Errno) in
                _ = try FileCalls.calling { try file.writeAll(UnsafeRawBufferPointer(bytes)) }
            }
        }
    }

    /// Links that lead nowhere are followed too: what they name is made.
    private static func following(_ path: String) throws -> (target: String, opened: Int?) {
        var place = path
        for _ in 0..<maximumLinks {
            if let number = descriptor(place) { return (place, number) }
            guard (try? FilePath(place).stat(followTargetSymlink: false))?.type == .symbolicLink else {
                return (place, nil)
            }
            let link = try FileError.at(path) { () throws(Errno) in
                try FileCalls.calling { try FileManager.default.destinationOfSymbolicLink(atPath: place) }
            }
            place = link.hasPrefix("/") ? link : "\(Folder.path(containing: place))/\(link)"
        }
        throw FileError(.notAFile, "\(path) is a link that leads in a circle; check the path")
    }

    /// The number in a path to what this program has open: `/dev/fd/1`, `/proc/self/fd/1`; nil for any other path.
    private static func descriptor(_ path: String) -> Int? {
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            return Int(path.dropFirst(folder.count))
        }
        return nil
    }

    /// As many as Linux follows.
    private static let maximumLinks = 40
}
