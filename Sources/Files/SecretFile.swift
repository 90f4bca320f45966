internal import SystemPackage

/// Small files with secrets, which only their owner can read: a log key, a device key, a token.
package enum SecretFile {
    /// In bytes; more than any of them needs.
    private static let maximumLength = 4096

    /// Writes the file whole or not at all, on the disk when this returns, with mode 0600.
    ///
    /// - Parameters:
    ///   - text: what the file will hold, at most 4096 bytes to be readable again.
    ///   - path: where; the folder must exist.
    ///   - replacing: whether a file that is there may be replaced.
    ///   - calls: the operating system's.
    /// - Throws: `FileError`: `alreadyExists`, `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    package static func write(
        _ text: String,
        at path: String,
        replacing: Bool = false,
        calls: FileCalls = .system
    ) throws {
        try AtomicFile(path, replaces: replacing, calls: calls).write(Array(text.utf8))
    }

    /// - Throws: `FileError`: `notFound`, `notAFile`, `readOnly` when this user may not read it or others may,
    ///   `malformed` for what is no text or too long.
    package static func read(_ path: String) throws -> String {
        let file = try ReadableFile(path)
        guard file.isPrivate else {
            throw FileError(
                .readOnly,
                "\(path) holds a secret, but others than its owner may use it; run chmod 600 \(path)"
            )
        }
        guard let bytes = try file.contents(upTo: maximumLength), let text = String(validating: bytes, as: UTF8.self)
        else {
            throw FileError(.malformed, "\(path) is not a file that Ambit wrote; restore it from a backup")
        }
        return text
    }

    /// Takes the file away, for good when this returns: a power cut does not bring it back.
    ///
    /// - Throws: `FileError`: `readOnly`, `inputOutput`; a file that is not there is no failure.
    package static func remove(_ path: String, calls: FileCalls = .system) throws {
        try FileEntry(path, calls: calls).remove()
        try Folder(containing: path, calls: calls).sync()
    }
}
