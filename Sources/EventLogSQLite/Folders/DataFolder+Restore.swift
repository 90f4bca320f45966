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
    }

    /// Puts a backup in the place of an agenda's log, after all of it has been checked; or a copy of the key in its place.
    ///
    /// What was there is kept beside it. `log.seen` stays: it says what the backup lacks of what has been shown. Where
    /// there is no such agenda, its folder is made. Cut off half-way, it can be done again.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - backup: the file; nil to put only the key back.
    ///   - copy: a copy of `log.key`; nil when the key is in its place.
    ///   - progress: called with how many entries of the backup have been checked, and how many there are.
    /// - Returns: what is there now.
    /// - Throws: `LogDifference` for a backup that is not sound; `LogError`: `locked` while a process has the log open,
    ///   `badSignature` for another log's key or backup, `notFound`, `malformed`, `readOnly`, `diskFull`, `inputOutput`.
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
                try check(backup: backup, of: name, key: copy, progress)
            } else {
                try check(log, of: name, key: copy, progress)
            }
        return try StorageFailure.translating {
            try makeFolder(of: name, key: copy == nil ? nil : key)
            let replaced = try backup.flatMap { try put($0, of: size, inPlaceOf: log) }
            try FileOwner(of: path)?.take(folder(of: name))
            try Folder(agendasPath).sync()
            return Restored(size: size, replaced: replaced)
        }
    }

    /// Has a backup put in the place of a log that another store keeps, after all of it has been checked.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - backup: the file.
    ///   - copy: a copy of `log.key`; nil when the key is in its place.
    ///   - progress: called with how many entries of the backup have been checked, and how many there are.
    ///   - put: takes the log, which is gone afterwards, into the other store.
    /// - Returns: how many entries the log has.
    /// - Throws: as the other `restore`; `alreadyExists` where a log goes on in the folder; what `put` throws.
    package func restore(
        _ name: AgendaName,
        from backup: String,
        key copy: String?,
        progress: (_ checked: LogSize, _ size: LogSize) -> Void,
        putting put: (_ log: any LogStore, _ key: LogKey) async throws -> Void
    ) async throws -> LogSize {
        try checkIsFree(name)
        let (key, size) = try check(backup: backup, of: name, key: copy, progress)
        // Opening a file may change it, and a backup stays as it is.
        let copied = "\(folder(of: name))/log.sqlite.restoring"
        defer { SideFiles.removeDatabase(at: copied) }
        try StorageFailure.translating {
            try makeFolder(of: name, key: copy == nil ? nil : key)
            try Self.copy(backup, to: copied, of: size)
            try FileOwner(of: path)?.take(folder(of: name))
            try Folder(agendasPath).sync()
        }
        let log = try SQLiteLogStore(at: copied)
        defer { try? log.close() }
        try await put(log, key)
        return size
    }

    /// Puts a copy of the key of a log that another store keeps in its place.
    ///
    /// - Throws: `badSignature` for another log's, `notFound`, `malformed`, `readOnly`, `diskFull`, `inputOutput`.
    package func restoreKey(of name: AgendaName, from copy: String, holding identity: LogIdentity) throws {
        let key = try LogKeyFile.read(copy, of: identity)
        try StorageFailure.translating {
            try makeFolder(of: name, key: key)
            try FileOwner(of: path)?.take(folder(of: name))
            try Folder(agendasPath).sync()
        }
    }

    /// Checks all of a backup, which stays as it is, and has nothing beside it afterwards that was not there.
    private func check(
        backup: String,
        of name: AgendaName,
        key copy: String?,
        _ progress: (_ checked: LogSize, _ size: LogSize) -> Void
    ) throws -> (LogKey, LogSize) {
        if let process = SQLiteUse.process(using: backup) {
            throw LogError(
                .locked,
                "\(backup) is in use by process \(process), which may be writing it: take a copy that ambit agenda backup made"
            )
        }
        return try SideFiles.leavingNone(beside: backup) { try check(backup, of: name, key: copy, progress) }
    }

    /// Checks all of a backup, or of the log in its place.
    ///
    /// - Returns: the log's key, and how many entries there are.
    private func check(
        _ file: String,
        of name: AgendaName,
        key copy: String?,
        _ progress: (_ checked: LogSize, _ size: LogSize) -> Void
    ) throws -> (LogKey, LogSize) {
        let source = try LogFile(reading: file)
        let identity = try source.identity()
        let key = try copy.map { try LogKeyFile.read($0, of: identity) } ?? key(of: name, for: identity)
        guard identity.origin.hasSuffix("/agendas/\(name)") else {
            throw LogError(.badSignature, "that is the log \(identity.origin), which is not the agenda \(name)")
        }
        let report = try source.check(key: key.verifier, progress: progress)
        guard !report.isReplica else {
            throw LogError(
                .malformed,
                "\(source.path) is a laptop's copy and no backup; ambit heal takes entries from it"
            )
        }
        return (key, report.size)
    }

    private func makeFolder(of name: AgendaName, key: LogKey?) throws {
        let folder = folder(of: name)
        try makeFolders()
        try Folder(folder).make()
        // Copying takes longer paths than SQLite does. What was cut off there is made anew in any case.
        SideFiles.removeDatabase(at: "\(folder)/log.sqlite.restoring")
        try SQLiteLogStore.checkPlace("\(folder)/log.sqlite.restoring")
        guard let key else { return }
        try SecretFile.write(LogKeyFile.text(of: key), at: "\(folder)/log.key", replacing: true)
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
    private func put(_ backup: String, of size: LogSize, inPlaceOf log: String) throws -> String? {
        let new = "\(log).restoring"
        try Self.copy(backup, to: new, of: size)
        let replaced = try LogAside(log: log, word: "replaced").putAll()
        SideFiles.remove(of: log)
        try FileEntry(new).rename(to: log)
        try Folder(containing: log).sync()
        return replaced
    }
}
