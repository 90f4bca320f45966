package import AgendaModel
package import EventLog
internal import Files
internal import SQLiteFiles

extension DataFolder {
    /// What became of putting an agenda back.
    package struct Restored: Sendable {
        /// How many entries its log has now.
        package var size: LogSize
        /// Where the log that was there is now; nil when there was none.
        package var replaced: String?
        /// Where another key that was there is now; nil when there was none.
        package var replacedKey: String?

        package init(size: LogSize, replaced: String? = nil, replacedKey: String? = nil) {
            (self.size, self.replaced, self.replacedKey) = (size, replaced, replacedKey)
        }
    }

    /// Puts a backup in the place of an agenda's log, after all of it has been checked; or a copy of the key in its place.
    ///
    /// What was there is kept beside it, a key that is not the same too. `log.seen` stays: it says what the backup lacks of what
    /// has been shown. Where there is no such agenda, its folder is made. Cut off half-way, it can be done again.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - backup: the file; nil to put only the key back.
    ///   - copy: a copy of `log.key`; nil when the key is in its place.
    ///   - progress: called with how many entries of the backup have been checked, and how many there are.
    /// - Returns: what is there now.
    /// - Throws: `LogDifference` for a backup that is not sound; `LogError`: `locked` while a process has the log open,
    ///   `badSignature` for another log's key or backup, also where it is the folder that is another log's; `notFound`,
    ///   `malformed`, `readOnly`, `diskFull`, `inputOutput`.
    package func restore(
        _ name: AgendaName,
        from backup: String?,
        key copy: String?,
        progress: (_ checked: LogSize, _ size: LogSize) -> Void = { _, _ in }
    ) throws -> Restored {
        let log = "\(folder(of: name))/log.sqlite"
        if let process = SQLiteUse.process(using: log) {
            throw LogError(
                .locked,
                "\(log) is in use by process \(process): stop the server first, or what it takes meanwhile would be lost"
            )
        }
        let (key, size) =
            if let backup {
                try check(backup: backup, of: name, key: copy, inPlaceOf: identity(of: name), progress)
            } else {
                try check(log, of: name, key: copy, progress)
            }
        return try StorageFailure.translating {
            let replacedKey = try makeFolder(of: name, key: copy == nil ? nil : key)
            let replaced = try backup.flatMap { try put($0, of: size, as: name) }
            try FileOwner(of: path)?.take(folder(of: name))
            try Folder(agendasPath).sync()
            return Restored(size: size, replaced: replaced, replacedKey: replacedKey)
        }
    }

    /// Has a backup put in the place of a log that another store keeps, after all of it has been checked.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - backup: the file.
    ///   - copy: a copy of `log.key`; nil when the key is in its place.
    ///   - existing: the log that the other store has of this name; nil when it has none.
    ///   - progress: called with how many entries of the backup have been checked, and how many there are.
    ///   - put: takes the log, which is gone afterwards, into the other store.
    /// - Returns: what is there now.
    /// - Throws: as the other `restore`; `alreadyExists` where a log goes on in the folder; what `put` throws.
    package func restore(
        _ name: AgendaName,
        from backup: String,
        key copy: String?,
        inPlaceOf existing: LogIdentity?,
        progress: (_ checked: LogSize, _ size: LogSize) -> Void,
        putting put: (_ log: any LogStore, _ key: LogKey) async throws -> Void
    ) async throws -> Restored {
        try checkIsFree(name)
        let existing = existing ?? identity(of: name)
        let (key, size) = try check(backup: backup, of: name, key: copy, inPlaceOf: existing, progress)
        // Opening a file may change it, and a backup stays as it is.
        let copied = restoring(name)
        defer { SideFiles.removeDatabase(at: copied) }
        let replacedKey = try StorageFailure.translating {
            let replacedKey = try makeFolder(of: name, key: copy == nil ? nil : key)
            try Self.copy(backup, to: copied, of: size)
            try FileOwner(of: path)?.take(folder(of: name))
            try Folder(agendasPath).sync()
            return replacedKey
        }
        let log = try SQLiteLogStore(at: copied)
        defer { try? log.close() }
        try await put(log, key)
        return Restored(size: size, replacedKey: replacedKey)
    }

    /// Puts a copy of the key of a log that another store keeps in its place.
    ///
    /// - Returns: where another key that was there is now; nil when there was none.
    /// - Throws: `badSignature` for another log's, `notFound`, `malformed`, `readOnly`, `diskFull`, `inputOutput`.
    package func restoreKey(of name: AgendaName, from copy: String, holding identity: LogIdentity) throws -> String? {
        let key = try LogKeyFile.read(copy, of: identity)
        return try StorageFailure.translating {
            let replacedKey = try makeFolder(of: name, key: key)
            try FileOwner(of: path)?.take(folder(of: name))
            try Folder(agendasPath).sync()
            return replacedKey
        }
    }

    /// Where a backup is copied to, and cleared away when that was cut off.
    func restoring(_ name: AgendaName) -> String { "\(folder(of: name))/log.sqlite.restoring" }

    /// - Returns: where another key that was there is now; nil when there was none.
    private func makeFolder(of name: AgendaName, key: LogKey?) throws -> String? {
        let folder = folder(of: name)
        try makeFolders()
        try Folder(folder).make()
        // Copying takes longer paths than SQLite does. What was cut off there is made anew in any case.
        SideFiles.removeDatabase(at: restoring(name))
        try SQLiteLogStore.checkPlace(restoring(name))
        return try key.flatMap { try Self.put($0, at: "\(folder)/log.key") }
    }

    /// Puts a key in its place; what else is there is kept beside it, since a key may exist nowhere else.
    ///
    /// - Returns: where that is now; nil when there was nothing, or the same.
    private static func put(_ key: LogKey, at path: String) throws -> String? {
        let text = LogKeyFile.text(of: key)
        let isSame = (try? ReadableFile(path).prefix(text.utf8.count + 1)) == Array(text.utf8)
        let replaced = try isSame ? nil : LogAside(log: path, word: "replaced").putAll()
        try SecretFile.write(text, at: path, replacing: true)
        return replaced
    }

    /// In bytes.
    private static var pieceLength: Int { 256 * 1024 }

    /// Copies a backup into one file, with what its journal has of it.
    ///
    /// What was put aside while it was in use, and what was copied by other means, has its newest entries there.
    private static func copy(_ backup: String, to new: String, of size: LogSize) throws {
        SideFiles.removeDatabase(at: new)
        try copyBytes(of: backup, to: new)
        guard FileEntry("\(backup)-wal").size ?? 0 > 0 else { return }
        do {
            try copyBytes(of: "\(backup)-wal", to: "\(new)-wal")
            let store = try SQLiteLogStore(at: new)
            defer { try? store.close() }
            try store.tidy()
            guard try store.head().size == size else {
                throw LogError(
                    .corrupt,
                    "the copy of \(backup) has not the \(size) entries that were checked; try again"
                )
            }
        } catch {
            SideFiles.removeDatabase(at: new)
            throw error
        }
        SideFiles.remove(of: new)
    }

    private static func copyBytes(of path: String, to new: String) throws {
        let file = try ReadableFile(path)
        try AtomicFile(new, replaces: true).write { write in
            while case let piece = try file.prefix(Self.pieceLength), !piece.isEmpty {
                try piece.withUnsafeBufferPointer(write)
            }
        }
    }

    /// - Returns: where the file that was there is now; nil when there was none.
    private func put(_ backup: String, of size: LogSize, as name: AgendaName) throws -> String? {
        let log = "\(folder(of: name))/log.sqlite"
        let new = restoring(name)
        try Self.copy(backup, to: new, of: size)
        let replaced = try LogAside(log: log, word: "replaced").putAll()
        SideFiles.remove(of: log)
        try FileEntry(new).rename(to: log)
        try Folder(containing: log).sync()
        return replaced
    }
}
