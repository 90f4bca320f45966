internal import FoundationEssentials
internal import SystemPackage

/// Where a person wants output: a new file, one that is replaced, or what a link, a device or a pipe leads to.
package struct OutputFile: Sendable {
    /// What the path leads to once all links have been followed; there may be nothing yet.
    package let target: String
    private let status: Stat?

    /// - Throws: `FileError`: `notAFile` for a folder and for links that lead in a circle.
    package init(_ path: String) throws {
        target = try Self.following(path)
        status = try? FilePath(target).stat()
        guard status?.type != .directory else {
            throw FileError(.notAFile, "\(path) is a folder; name a file in it")
        }
    }

    /// The device and the number by which the system knows the file, whatever it is called; nil when there is none.
    package var identity: FileIdentity? { status.map(FileIdentity.init) }

    /// Writes the output: a file is there whole or not at all, and keeps its mode where it takes another one's place.
    ///
    /// - Parameter body: writes the content through the function that it is given.
    /// - Returns: what the body returns.
    /// - Throws: `FileError`, and what the body throws.
    package func write<Value>(_ body: (AtomicFile.Writer) throws -> Value) throws -> Value {
        guard let status, status.type != .regular else {
            let access = status.map { AtomicFile.Access.exactly($0.permissions.rawValue) } ?? .owner
            return try AtomicFile(target, for: access).write(body)
        }
        let file = try FileError.at(target) { () throws(Errno) in
            try FileCalls.calling { try FileDescriptor.open(FilePath(target), .writeOnly, options: .closeOnExec) }
        }
        defer { try? file.close() }
        return try body { bytes in
            try FileError.at(target) { () throws(Errno) in
                _ = try FileCalls.calling { try file.writeAll(UnsafeRawBufferPointer(bytes)) }
            }
        }
    }

    /// Links that lead nowhere are followed too: what they name is made.
    private static func following(_ path: String) throws -> String {
        var place = path
        for _ in 0..<maximumLinks {
            guard (try? FilePath(place).stat(followTargetSymlink: false))?.type == .symbolicLink else { return place }
            let link = try FileError.at(path) { () throws(Errno) in
                try FileCalls.calling { try FileManager.default.destinationOfSymbolicLink(atPath: place) }
            }
            place = link.hasPrefix("/") ? link : "\(Folder.path(containing: place))/\(link)"
        }
        throw FileError(.notAFile, "\(path) is a link that leads in a circle; check the path")
    }

    /// As many as Linux follows.
    private static let maximumLinks = 40
}

/// The device and the number by which the system knows a file, whatever names it has.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    init(_ status: Stat) {
        device = UInt64(truncatingIfNeeded: status.deviceID.rawValue)
        number = UInt64(truncatingIfNeeded: status.inode.rawValue)
    }

    /// Of what stands at a path, links followed; nil when there is nothing.
    package init?(_ path: String) {
        guard let status = try? FilePath(path).stat() else { return nil }
        self.init(status)
    }
}
