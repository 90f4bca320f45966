internal import AgendaModel
internal import GRDB
internal import SQLiteFiles

/// Rows of the table `weights`: what subjects hold that hold much, in bytes (see `SubjectWeight`).
///
/// Every other subject is so known to hold little, and is not read for that.
enum WeightRow {
    /// What holds more than this has a row.
    static let least = EventLimits.heldEntryBytes / 2

    private static let columns = "subject, bytes, \"check\""

    /// What a subject holds at most, in bytes.
    ///
    /// - Throws: `damaged` for a row that is not as it was written, also where that may hide the subject's.
    static func atMost(_ subject: String, _ db: Database) throws -> Int {
        for look in ["= ?", "< ? ORDER BY subject DESC LIMIT 1", "> ? ORDER BY subject LIMIT 1"] {
            let select = try db.cachedStatement(sql: "SELECT \(columns) FROM weights WHERE subject \(look)")
            guard let row = try Row.fetchOne(select, arguments: [subject]) else { continue }
            let found = try read(row)
            if found.subject == subject { return found.bytes }
        }
        return least
    }

    static func isEmpty(_ db: Database) throws -> Bool {
        try Row.fetchOne(try db.cachedStatement(sql: "SELECT 1 FROM weights LIMIT 1")) == nil
    }

    /// - Parameters:
    ///   - bytes: what the subject holds.
    ///   - subject: its name.
    ///   - db: in a transaction.
    /// - Throws: what SQLite throws.
    static func write(_ bytes: Int, of subject: String, _ db: Database) throws {
        let sql = "INSERT OR REPLACE INTO weights (\(columns)) VALUES (?, ?, ?)"
        try db.cachedStatement(sql: sql).execute(arguments: [subject, bytes, check(subject, bytes)])
    }

    static func remove(_ subject: String, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM weights WHERE subject = ?").execute(arguments: [subject])
    }

    private static func read(_ row: Row) throws -> (subject: String, bytes: Int) {
        let subject = try RowCheck.text(row, 0)
        guard let bytes = Int.fromDatabaseValue(row[1]) else { throw SubjectRow.damaged }
        try RowCheck.verify(row, 2, is: check(subject, bytes))
        return (subject, bytes)
    }

    static func check(_ subject: String, _ bytes: Int) -> Int {
        RowCheck.value(Array(subject.utf8), Array("\(bytes)".utf8))
    }
}
