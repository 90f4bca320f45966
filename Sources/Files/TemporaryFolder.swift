internal import FoundationEssentials
internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A folder for what passes, where the system keeps such things; for its owner alone.
package struct TemporaryFolder: ~Copyable {
    /// The folder's path.
    package let path: String

    /// Makes a folder of its own.
    ///
    /// - Parameter place: the folder in which to make it; nil for where the system keeps such things.
    /// - Throws: `FileError`.
    package init(in place: String? = nil) throws {
        let place = place ?? FileManager.default.temporaryDirectory.path
        path = "\(place)/ambit-\(UInt64.random(in: .min ... .max))"
        try Folder(path).make()
        _ = Self.endsWithProgram
        _ = Self.made.withLock { $0.insert(path) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        _ = Self.made.withLock { $0.remove(path) }
    }

    /// Whoever reads what a command writes may go away, which ends the program at once.
    private static let endsWithProgram: Bool =
        atexit {
            for path in TemporaryFolder.made.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: path) }
        } == 0

    /// Those that are there.
    private static let made = Mutex<Set<String>>([])
}
