internal import EventLog
internal import GRDB

extension SQLiteLogStore: MovableLogStore {
    package func destination() throws -> String? { try reading(destination) }

    package func leave(for destination: String) throws {
        try writing { db in
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES (?, ?)",
                arguments: [Self.destinationKey, destination]
            )
        }
    }

    func destination(_ db: Database) throws -> String? {
        try String.fetchOne(
            try db.cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"),
            arguments: [Self.destinationKey]
        )
    }

    /// Why nothing is done with a log that goes on elsewhere.
    static func left(_ origin: String, for destination: String) -> LogError {
        LogError(.readOnly, "the log \(origin) has been moved to \(destination); serve it from there")
    }

    private static let destinationKey = "moved"
}
