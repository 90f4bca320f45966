package import AgendaModel
package import EventLog
internal import Files
internal import SQLiteFiles

/// Backups of a server's agendas: `<path>/<agenda>/<time>.<key>.sqlite`, each a whole log as of one moment.
///
/// Those of a log are owned by one process at a time; who restores only reads. `<key>` is the id of the log's key: agendas of
/// several servers may have the same name, and each leaves the others' alone. Logs of any store are kept as files of SQLite.
package struct BackupFolder: Sendable {
    /// Where the folder is.
    package let path: String

    package init(at path: String) { self.path = path }

    /// One copy of a log.
    package struct Backup: Hashable, Sendable {
        /// When it was made, to the second.
        package var time: Timestamp
        package var path: String
        /// The id of the log's key; nil where the name does not say it.
        package var key: String?
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
        let end = ".\(log.identity.verifierKey.id).sqlite"
        let file = Self.fileName(time) + end
        let backup = Backup(time: time, path: "\(folder)/\(file)", key: log.identity.verifierKey.id)
        // No backup has a name that begins with a point: who is cut off leaves nothing that looks like one.
        let partial = "\(folder)/.\(file).partial"
        try StorageFailure.translating {
            try Folder(path).makeWithParents()
            try Folder(folder).make()
            for left in try Folder(folder).names() where left.hasPrefix(".") && left.contains("\(end).partial") {
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

    /// The backups of an agenda, the newest first; of all logs of that name.
    package func backups(of name: AgendaName) throws -> [Backup] {
        let folder = folder(of: name)
        guard FileEntry(folder).exists else { return [] }
        return try StorageFailure.translating { try Folder(folder).names() }
            .compactMap { file in
                Self.timeAndKey(ofFile: file).map { Backup(time: $0.time, path: "\(folder)/\(file)", key: $0.key) }
            }
            .sorted { $0.time > $1.time }
    }

    /// When the last backup of a log was made, by a clock; those from its future say nothing of it.
    ///
    /// - Throws: as `backups`.
    package func lastTime(of name: AgendaName, _ log: LogIdentity, at now: Timestamp) throws -> Timestamp? {
        try backups(of: name).first { $0.key == log.verifierKey.id && $0.time <= now }?.time
    }

    /// How many entries the last backup of a log has, by a clock; nil when there is none that can be read.
    ///
    /// - Throws: as `backups`.
    package func newestSize(of name: AgendaName, _ log: LogIdentity, at now: Timestamp) throws -> LogSize? {
        try backups(of: name).first { $0.key == log.verifierKey.id && $0.time <= now }
            .flatMap { Self.contents(of: $0)?.size }
    }

    /// Takes away what is not to be kept of a log.
    ///
    /// What is not known to be of this log stays, and so does what has more entries than the log has now: it may have gone back.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - log: which log it is.
    ///   - size: how many entries the log has now.
    ///   - made: when the backup that has just been made was; it stays, whatever else there is.
    ///   - retention: which backups are kept.
    /// - Returns: whether there are other files that are called as backups are.
    /// - Throws: as `backups`; `readOnly` for what may not be removed.
    package func thin(
        _ name: AgendaName,
        of log: LogIdentity,
        at size: LogSize,
        made: Timestamp,
        keeping retention: BackupRetention
    ) throws -> Bool {
        let backups = try backups(of: name)
        let own = backups.filter { backup in
            backup.key.map { $0 == log.verifierKey.id } ?? (Self.contents(of: backup)?.log == log)
        }
        let kept = retention.kept(of: own.map(\.time), at: made)
        for backup in own where !kept.contains(backup.time) {
            guard let contents = Self.contents(of: backup), contents.log == log, contents.size <= size else { continue }
            try StorageFailure.translating { try FileEntry(backup.path).remove() }
        }
        return own.count < backups.count
    }

    /// Those that may be removed to make room: all of a log but its two newest, and what has more entries than these.
    ///
    /// - Throws: as `backups`.
    package func dispensable(of name: AgendaName) throws -> [Backup] {
        Dictionary(grouping: try backups(of: name), by: \.key).values.flatMap { (backups: [Backup]) -> [Backup] in
            let newest = backups.first.flatMap { Self.contents(of: $0)?.size } ?? .zero
            return backups.dropFirst(2).filter { (Self.contents(of: $0)?.size ?? .zero) <= newest }
        }
    }

    private func folder(of name: AgendaName) -> String { "\(path)/\(name)" }

    /// What is in a backup, as it says itself.
    private struct Contents {
        var log: LogIdentity
        var size: LogSize

        init(_ file: LogFile) throws {
            log = try file.identity()
            size = try file.size()
        }
    }

    /// nil for what cannot be read.
    private static func contents(of backup: Backup) -> Contents? {
        SideFiles.leavingNone(beside: backup.path) {
            try? Contents(LogFile(reading: backup.path))
        }
    }

    /// `2026-11-28T15-20-00Z`: sorted by name is sorted by time, on any disk.
    private static func fileName(_ time: Timestamp) -> String {
        "\("\(time)".prefix(19).replacing(":", with: "-"))Z"
    }

    /// nil for what is no backup.
    private static func timeAndKey(ofFile name: String) -> (time: Timestamp, key: String?)? {
        guard name.hasSuffix(".sqlite") else { return nil }
        let words = name.dropLast(7).split(separator: ".", omittingEmptySubsequences: false)
        guard words.count == 1 || words.count == 2 && words[1].utf8.count == 8 else { return nil }
        let parts = words[0].dropLast().split(separator: "T", omittingEmptySubsequences: false)
        guard words[0].count == 20, words[0].hasSuffix("Z"), parts.count == 2,
            let time = Timestamp("\(parts[0])T\(parts[1].replacing("-", with: ":")).000Z")
        else { return nil }
        return (time, words.count == 2 ? String(words[1]) : nil)
    }
}
