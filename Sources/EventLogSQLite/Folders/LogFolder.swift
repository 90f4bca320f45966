package import AgendaModel
package import EventLog
internal import Files
internal import SQLiteFiles

/// The folder of an agenda as a place for its log: `log.sqlite`, which arrives as `log.sqlite.arriving`.
package struct LogFolder: LogPlace {
    private let folder: String

    fileprivate init(at folder: String) { self.folder = folder }

    package var words: String { folder }

    package func log() throws -> (any MovableLogStore)? {
        guard FileEntry(path).exists else { return nil }
        return try SQLiteLogStore(at: path)
    }

    package func arriving(_ identity: LogIdentity) throws -> any LogStore {
        guard try isFree else {
            throw LogError(.alreadyExists, "\(path) has a log already, which goes on there; nothing was moved")
        }
        guard FileEntry(arrival).exists else { return try SQLiteLogStore.create(at: arrival, identity: identity) }
        let store = try SQLiteLogStore(at: arrival)
        guard store.identity == identity else {
            try store.close()
            throw LogError(.alreadyExists, "\(arrival) is of another log; remove it if it is of no use, then try again")
        }
        return store
    }

    /// What was left here before is kept beside it.
    package func open() throws {
        let store = try SQLiteLogStore(at: arrival)
        try store.tidy()
        try store.close()
        try StorageFailure.translating {
            SideFiles.remove(of: arrival)
            _ = try LogAside(log: path, word: "left").putAll()
            SideFiles.remove(of: path)
            try FileOwner(of: folder)?.take(arrival)
            try FileEntry(arrival).rename(to: path)
            try Folder(folder).sync()
        }
    }

    /// Whether no log goes on here.
    var isFree: Bool {
        get throws {
            guard let log = try log() as? SQLiteLogStore else { return true }
            defer { try? log.close() }
            return try log.destination() != nil
        }
    }

    private var path: String { "\(folder)/log.sqlite" }
    private var arrival: String { "\(path).arriving" }
}

extension DataFolder {
    /// The folder of an agenda, as a place for its log.
    package func place(of name: AgendaName) -> LogFolder { LogFolder(at: folder(of: name)) }
}
