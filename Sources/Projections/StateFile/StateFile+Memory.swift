package import AgendaModel
package import EventLog
internal import Files
internal import GRDB
internal import SQLiteFiles

extension StateFile {
    /// How many entries of a log the file at a path says it has folded; nil when it says nothing that can be believed.
    ///
    /// Changes nothing: a log may have lost what its state file still tells of.
    package static func rememberedSize(at path: String, of identity: LogIdentity) -> LogSize? {
        guard FileEntry(path).exists, let queue = try? ReadOnlyFile.openUnbelieved(path, Configuration()) else {
            return nil
        }
        defer { try? queue.close() }
        let mark = try? queue.read { db in try StateSchema.matches(db) ? LogMark(db) : nil }
        guard let mark, mark.identity == identity else { return nil }
        return mark.size
    }

    /// Takes away the file at a path, and what SQLite has beside it.
    package static func remove(at path: String) { SideFiles.removeDatabase(at: path) }
}
