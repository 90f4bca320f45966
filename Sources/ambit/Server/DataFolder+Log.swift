import EventLogSQLite

extension DataFolder {
    /// The log of an agenda.
    func openLog(_ name: String) throws -> SQLiteLogStore {
        try open(named: name).store
    }
}
