internal import EventLog
internal import GRDB

/// What a replica knows of its server and of itself: small texts by key, in the log's file. No secrets: those are in
/// files of their own, see `SecretFile`.
extension SQLiteLogStore {
    /// What the outbox keeps of itself.
    private static func isReserved(_ key: String) -> Bool {
        key == Outbox.nextCounterKey || key == Outbox.sentThroughKey || key.hasPrefix(Outbox.formerPrefix)
    }

    package func replicaFacts() throws -> [String: String] {
        try reading { try Self.facts($0) }
    }

    static func facts(_ db: Database) throws -> [String: String] {
        try CheckedTable.replica.texts(db).filter { !isReserved($0.key) }
    }

    /// Whether it is a replica's, whatever can be read of what it says of itself.
    package func isReplica() throws -> Bool {
        try reading { try Row.fetchOne($0, sql: "SELECT 1 FROM replica LIMIT 1") != nil }
    }

    /// Sets all of these in one durable transaction; nil removes.
    package func setReplicaFacts(_ facts: [String: String?]) throws {
        try writing { db in try setReplicaFacts(facts, db) }
    }

    func setReplicaFacts(_ facts: [String: String?], _ db: Database) throws {
        for (key, value) in facts {
            guard !Self.isReserved(key) else {
                throw LogError(.malformed, "the fact \(key) belongs to the outbox")
            }
            try CheckedTable.replica.setText(of: key, to: value, db)
        }
    }
}
