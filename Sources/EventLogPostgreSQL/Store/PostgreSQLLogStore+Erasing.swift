internal import EventLog

extension PostgreSQLLogStore {
    /// What was erased is gone from the tables with the commit.
    ///
    /// The database overwrites its former rows when it needs their room. It keeps its own journals and backups, and
    /// those are for whoever runs it to see to.
    package func scrub() throws -> Bool { true }
}
