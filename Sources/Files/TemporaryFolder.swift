internal import FoundationEssentials

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
        let path = "\(place)/ambit-\(UInt64.random(in: .min ... .max))"
        PassingFiles.add(path)
        do {
            try Folder(path).make()
        } catch {
            PassingFiles.forget(path)
            throw error
        }
        self.path = path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        PassingFiles.forget(path)
    }
}
