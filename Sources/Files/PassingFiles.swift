internal import FoundationEssentials
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The files and folders that are there only while something is made: whoever ends the process first takes them away.
///
/// They hold what an agenda holds, and nobody looks for them later.
package enum PassingFiles {
    /// Those that there may be.
    private static let paths = Mutex<Set<String>>([])

    /// Notes what is about to be made.
    package static func add(_ path: String) {
        _ = endsWithProgram
        _ = paths.withLock { $0.insert(path) }
    }

    /// Forgets what is gone, or has a name that stays.
    package static func forget(_ path: String) { _ = paths.withLock { $0.remove(path) } }

    /// Takes all of them away, and then ends the process.
    ///
    /// Whoever makes something meanwhile, or finds it gone, waits for that end and says nothing.
    ///
    /// - Parameter end: ends the process.
    package static func removeAll(endingBy end: () -> Void) {
        paths.withLock { paths in
            for path in paths { remove(path) }
            end()
        }
    }

    /// Whoever reads what a command writes may go away, which ends the program at once.
    private static let endsWithProgram: Bool =
        atexit {
            for path in PassingFiles.paths.withLock({ $0 }) { PassingFiles.remove(path) }
        } == 0

    /// Takes a file away, or a folder with all that is in it.
    private static func remove(_ path: String) {
        guard Folder(path).isReal else { return FileEntry(path).removeIfPossible() }
        // Whoever works in it may put something there at the same moment.
        for _ in 0..<attempts where FileEntry(path).exists { try? FileManager.default.removeItem(atPath: path) }
    }

    private static let attempts = 10
}
