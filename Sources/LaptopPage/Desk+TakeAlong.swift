internal import AgendaModel
internal import EventLog
internal import Files
internal import Projections
internal import Snapshots
internal import SyncClient

extension Desk {
    /// A file of the agenda at a size of its log, as other programs read it.
    ///
    /// It is made on the disk, so that memory has little of it however large it is. Its name is taken away at once: nothing stays
    /// of it, wherever its reader ends.
    ///
    /// - Parameters:
    ///   - name: of the file.
    ///   - size: nil = all that is here and verified.
    /// - Returns: its type and what is in it; nil for a name that no file has.
    /// - Throws: what reading and writing throw.
    func takeAlong(_ name: String, at size: LogSize?) throws -> (type: String, contents: ReadableFile)? {
        guard let file = SnapshotFile(rawValue: name) else { return nil }
        let log = replica.log
        let size = try size ?? log.head().size
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/\(name)"
        do {
            let workspace = FoldedState.Workspace(startingFrom: replica.stateFilePath)
            try AtomicFile(path, syncsFolder: false).write { write in
                _ = try file.write(of: log, at: size, for: .members, in: workspace, to: write)
            }
            return (file.mediaType, try ReadableFile(path))
        } catch let error as FileError {
            throw ProjectionError(error)
        }
    }
}
