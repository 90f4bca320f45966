import AgendaModel
import EventLog

/// A database that holds the logs of agendas, for any number of servers.
///
/// Blocks.
protocol LogDatabase: Sendable {
    /// Makes what is missing in it.
    func prepare() throws
    /// The names of its agendas, sorted.
    func names() throws -> [AgendaName]
    /// Makes an empty log; `alreadyExists` when there is one of that name.
    func makeLog(_ name: AgendaName, identity: LogIdentity) throws -> any LogStore
    /// Opens a log; `notFound` when there is none of that name.
    func openLog(_ name: AgendaName) throws -> any LogStore
    /// Puts a backup, which has been checked, in the place of an agenda's log; `words` is what people call the database.
    func restore(
        _ name: AgendaName,
        of words: String,
        from backup: any LogStore,
        key: LogKey,
        progress: (_ copied: LogSize, _ size: LogSize) -> Void
    ) async throws
    /// The database as a place for the log of an agenda; `words` is what people call the database.
    func place(of name: AgendaName, called words: String) -> any LogPlace
}
