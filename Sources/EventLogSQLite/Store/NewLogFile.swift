internal import EventLog
internal import Files
internal import SQLiteFiles

/// A log file in the making: it has its name when it is whole, and there is none of that name when it is not, also where
/// whoever makes it is cut off.
struct NewLogFile {
    private let path: String
    /// Where it is made.
    let temporary: String

    /// Looks whether a file can be made there.
    ///
    /// One that is there, or comes meanwhile, is never replaced.
    ///
    /// - Throws: `alreadyExists`, also where SQLite would take what is there for a part of the file, or the file for a part
    ///   of it; `notFound` for a missing folder, `readOnly`, `diskFull`, `inputOutput`.
    init(at path: String) throws {
        let parts = SideFiles.suffixes.map { path + $0 }
        let wholes = SideFiles.suffixes.filter { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) }
        if let other = (parts + wholes).first(where: { FileEntry($0).exists }) {
            throw LogError(
                .alreadyExists,
                "\(other) is there, and SQLite would take it and \(path) for parts of one database; choose another name"
            )
        }
        guard !FileEntry(path).exists else { throw LogError(FileError.alreadyExists(path)) }
        self.path = path
        temporary = PassingName.beside(path)
        let probe = FileEntry(temporary)
        SideFiles.all(of: temporary).forEach(PassingFiles.add)
        do {
            try StorageFailure.translating { try probe.create(for: path) }
        } catch {
            forget()
            throw error
        }
        probe.removeIfPossible()
    }

    /// Closes the log that was made, and gives the file its name.
    func finish(_ store: SQLiteLogStore) throws {
        // Everything goes into the file itself; what SQLite keeps beside it is empty then.
        try store.tidy()
        try store.close()
        SideFiles.remove(of: temporary)
        try StorageFailure.translating {
            try FileEntry(temporary).moveToFreeName(path)
            forget()
            try Folder(containing: path).sync()
        }
    }

    /// Leaves nothing.
    func abandon() {
        SideFiles.removeDatabase(at: temporary)
        forget()
    }

    /// Whoever ends the process has nothing to take away any more.
    private func forget() { SideFiles.all(of: temporary).forEach(PassingFiles.forget) }
}
