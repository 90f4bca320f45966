package import AgendaModel
package import EventLog
internal import Files
internal import SQLiteFiles

/// Backups of a server's agendas: `<path>/<agenda>/<time>.sqlite`, each a whole log as of one moment.
///
/// Owned by one process at a time; who restores only reads. Logs of any store are kept as files of SQLite.
package struct BackupFolder: Sendable {
    /// Where the folder is.
    package let path: String

    package init(at path: String) { self.path = path }

    /// One copy of a log.
    package struct Backup: Hashable, Sendable {
        /// When it was made, to the second.
        package var time: Timestamp
        package var path: String
    }

    /// Copies a log, and has all of the copy checked before it counts.
    ///
    /// - Parameters:
    ///   - log: the agenda's, while others use it.
    ///   - name: the agenda's.
    ///   - key: the log's own.
    ///   - environment: time and randomness.
    /// - Returns: the copy, and the end of the log in it.
    /// - Throws: `LogDifference` for a copy that is not sound, which is not kept; what `SQLiteLogStore.backUp` throws.
    package func backUp(
        _ log: any LogStore,
        of name: AgendaName,
        key: LogKey,
        environment: RuntimeEnvironment
    ) async throws -> (Backup, LogHead) {
        let folder = folder(of: name)
        let time = environment.now()
        let backup = Backup(time: time, path: "\(folder)/\(Self.fileName(time))")
        // No backup has a name that begins with a point: who is cut off leaves nothing that looks like one.
        let partial = "\(folder)/.\(Self.fileName(time)).partial"
        try StorageFailure.translating {
            try Folder(path).makeWithParents()
            try Folder(folder).make()
            for left in try Folder(folder).names() where left.hasPrefix(".") && left.contains(".partial") {
                FileEntry("\(folder)/\(left)").removeIfPossible()
            }
        }
        do {
            let head = try await SQLiteLogStore.backUp(log, to: partial, key: key, environment: environment)
            try StorageFailure.translating {
                try FileEntry(partial).rename(to: backup.path)
                try Folder(folder).sync()
            }
            return (backup, head)
        } catch {
            SideFiles.removeDatabase(at: partial)
            throw error
        }
    }

    /// The backups of an agenda, the newest first.
    package func backups(of name: AgendaName) throws -> [Backup] {
        let folder = folder(of: name)
        guard FileEntry(folder).exists else { return [] }
        return try StorageFailure.translating { try Folder(folder).names() }
            .compactMap { file in
                Self.time(ofFile: file).map { Backup(time: $0, path: "\(folder)/\(file)") }
            }
            .sorted { $0.time > $1.time }
    }

    /// When the last backup was made, by a clock; those from its future say nothing of it.
    ///
    /// - Throws: as `backups`.
    package func lastTime(of name: AgendaName, at now: Timestamp) throws -> Timestamp? {
        try backups(of: name).first { $0.time <= now }?.time
    }

    /// Takes away what is not to be kept.
    package func thin(_ name: AgendaName, keeping retention: BackupRetention) throws {
        let backups = try backups(of: name)
        let kept = retention.kept(of: backups.map(\.time))
        for backup in backups where !kept.contains(backup.time) {
            try StorageFailure.translating { try FileEntry(backup.path).remove() }
        }
    }

    private func folder(of name: AgendaName) -> String { "\(path)/\(name)" }

    /// `2026-11-28T15-20-00Z.sqlite`: sorted by name is sorted by time, on any disk.
    private static func fileName(_ time: Timestamp) -> String {
        "\("\(time)".prefix(19).replacing(":", with: "-"))Z.sqlite"
    }

    /// nil for what is no backup.
    private static func time(ofFile name: String) -> Timestamp? {
        guard name.hasSuffix("Z.sqlite"), name.count == 27 else { return nil }
        let parts = name.dropLast(8).split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return Timestamp("\(parts[0])T\(parts[1].replacing("-", with: ":")).000Z")
    }
}
