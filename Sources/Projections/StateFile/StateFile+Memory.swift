internal import AgendaModel
package import EventLog
internal import Files
internal import GRDB
internal import SQLiteFiles

extension StateFile {
    /// How many entries of a log the file at a path says it has folded, and the last of them.
    ///
    /// It is nil when the file says nothing that can be believed: a row that is not as it was written (`MetaRow`) is damage of a
    /// file that can be made again, and no sign of a loss. That holds where `log.seen` is missing, too: the log takes nothing
    /// then anyway, until somebody who knows it has been heard.
    ///
    /// Changes nothing: a log may have lost what its state file still tells of.
    package static func rememberedEnd(at path: String, of identity: LogIdentity) -> RememberedEnd? {
        guard FileEntry(path).exists, let queue = try? ReadOnlyFile.openUnbelieved(path, Configuration()) else {
            return nil
        }
        defer { try? queue.close() }
        let mark = try? queue.read { db in try StateSchema.matches(db) ? LogMark(db) : nil }
        guard let mark, mark.identity == identity else { return nil }
        return RememberedEnd(size: mark.size, lastEntry: mark.lastEntry)
    }

    /// The same, of the file that is open: of nothing, when the file says nothing that can be believed.
    ///
    /// - Throws: `ProjectionError`.
    package func end() throws -> RememberedEnd {
        do {
            let mark = try read { try LogMark($0.db) }
            return RememberedEnd(size: mark.size, lastEntry: mark.lastEntry)
        } catch let error as ProjectionError where error.code == .damaged {
            return .nothing
        }
    }

    /// Copies the file at a path, as it is at this moment.
    ///
    /// - Parameters:
    ///   - path: the file's; whoever has it open goes on.
    ///   - other: where the copy is made.
    /// - Returns: false where there is none, or none whose pages can be believed.
    static func copy(at path: String, to other: String) -> Bool {
        guard FileEntry(path).exists, let source = try? ReadOnlyFile.openUnbelieved(path, Configuration()) else {
            return false
        }
        defer { try? source.close() }
        do {
            // First: the names and notes in it are for their owner alone.
            try FileEntry(other).create()
            let copy = try DatabaseQueue(path: other)
            defer { try? copy.close() }
            // It passes: what a crash leaves of it nobody reads.
            try copy.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            }
            try source.backup(to: copy)
            return try copy.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") == "ok" }
        } catch {
            return false
        }
    }

    /// Takes away the file at a path, and what SQLite has beside it.
    package static func remove(at path: String) { SideFiles.removeDatabase(at: path) }
}
