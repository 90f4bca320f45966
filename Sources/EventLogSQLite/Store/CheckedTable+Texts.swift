internal import GRDB

// `meta` and `replica` have small texts by key: what a log, and what a replica, says of itself.
extension CheckedTable {
    /// The text that a key has; nil when it has none, or when the key itself is not as it was written.
    ///
    /// - Throws: `DamagedRow`.
    func text(of key: String, _ db: Database) throws -> String? {
        let select = try db.cachedStatement(sql: "SELECT value, \(isHeld) FROM \(rawValue) WHERE key = ?")
        guard let row = try Row.fetchOne(select, arguments: [key]) else { return nil }
        try hold(row, 1)
        return row[0]
    }

    /// All that there are, by key.
    ///
    /// - Throws: `DamagedRow`.
    func texts(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(db, sql: "SELECT key, value, \(isHeld) FROM \(rawValue) NOT INDEXED")
        return try rows.reduce(into: [:]) { texts, row in
            try hold(row, 2)
            texts[row[0]] = row[1] as String
        }
    }

    /// Gives a key its text; nil takes it away.
    func setText(of key: String, to text: String?, _ db: Database) throws {
        if let text {
            try db.cachedStatement(sql: "INSERT OR REPLACE \(insertion)").execute(arguments: [key, text])
        } else {
            try db.cachedStatement(sql: "DELETE FROM \(rawValue) WHERE key = ?").execute(arguments: [key])
        }
    }
}
