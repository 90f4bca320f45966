internal import EventLog
internal import GRDB

extension SQLiteLogStore: MovableLogStore {
    package func destination() throws -> String? { try reading(destination) }

    package func leave(for destination: String) throws {
        try writing { db in try CheckedTable.meta.setText(of: Self.destinationKey, to: destination, db) }
    }

    func destination(_ db: Database) throws -> String? {
        try CheckedTable.meta.text(of: Self.destinationKey, db)
    }

    /// Why nothing is done with a log that goes on elsewhere.
    static func left(_ origin: String, for destination: String) -> LogError {
        LogError(.readOnly, "the log \(origin) has been moved to \(destination); serve it from there")
    }

    private static let destinationKey = "moved"
}
