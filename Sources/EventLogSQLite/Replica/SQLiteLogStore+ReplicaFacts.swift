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
        let rows = try Row.fetchAll(db, sql: "SELECT key, value FROM replica")
        let facts = Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as String) })
        return facts.filter { !isReserved($0.key) }
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
            if let value {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO replica (key, value) VALUES (?, ?)",
                    arguments: [key, value]
                )
            } else {
                try db.execute(sql: "DELETE FROM replica WHERE key = ?", arguments: [key])
            }
        }
    }
}
