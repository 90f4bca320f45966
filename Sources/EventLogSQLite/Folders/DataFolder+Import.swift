package import AgendaModel
package import EventLog
internal import Files

extension DataFolder {
    /// Makes an agenda of a log that there is, out of sight, and puts it in its place once it is whole: nothing is left of one
    /// that is not.
    ///
    /// - Parameters:
    ///   - name: the agenda's.
    ///   - key: its log's.
    ///   - fill: is given the agenda with an empty log, and a folder for what passes.
    /// - Returns: what the body gives.
    /// - Throws: as `create`, and what the body throws.
    package func importing<Value>(
        _ name: AgendaName,
        key: LogKey,
        _ fill: (_ agenda: Agenda, _ passing: String) async throws -> Value
    ) async throws -> Value {
        guard !hasFolder(of: name) else { throw nameTaken(name) }
        try makeFolders()
        let place = try StorageFailure.translating { try TemporaryFolder(in: agendasPath) }
        let beside = DataFolder(at: "\(place.path)/data")
        let agenda = try beside.create(name, key: key)
        let value: Value
        do {
            value = try await fill(agenda, place.path)
            try agenda.store.close()
        } catch {
            try? agenda.store.close()
            throw error
        }
        try StorageFailure.translating {
            let folder = beside.folder(of: name)
            // An export may be older than what was shown since, as any backup: somebody has to say so, or give it back.
            try FileEntry("\(folder)/log.seen").remove()
            try FileOwner(of: path)?.take(folder)
            do {
                try FileEntry(folder).rename(to: self.folder(of: name))
            } catch let error as FileError where error.code == .alreadyExists {
                throw nameTaken(name)
            }
            try Folder(agendasPath).sync()
        }
        return value
    }

    /// Reads a copy of a log's key.
    ///
    /// - Throws: `notFound`, `readOnly` when others may read it, `malformed`.
    package static func key(at path: String, origin: String) throws -> LogKey {
        try LogKeyFile.read(path, origin: origin)
    }
}
