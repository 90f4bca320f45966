internal import GRDB
internal import SQLiteFiles

/// The one row of the table `meta`, as SQL, and the check over all of it.
///
/// The guard takes what it says for what the log has had. So nobody reads it without `isHeld`, and nobody changes it without
/// `update`.
enum MetaRow {
    /// All columns but the check, in their order.
    private static let columns = [
        "only", "size", "origin", "verifier", "last_entry", "checkpoint_size", "checkpoint_root", "scrub",
    ]

    /// Whether the row is as it was written.
    static let isHeld = "\"check\" IS \(check([:]))"

    /// Adds the row, of a log of which nothing has been folded.
    static func insertion(scrub: Int) -> String {
        let (zero, none) = (0.databaseValue, DatabaseValue.null)
        let check = RowCheck.value(ofColumns: [zero, zero, none, none, none, none, none, scrub.databaseValue])
        return "INSERT INTO meta (only, size, scrub, \"check\") VALUES (0, 0, \(scrub), \(check));"
    }

    /// Changes columns, and the check with them.
    ///
    /// - Parameter changes: by column, what takes the place of its value, such as `?1`.
    /// - Returns: a statement of SQL, without a condition.
    static func update(_ changes: [String: String]) -> String {
        let settings = columns.compactMap { column in changes[column].map { "\(column) = \($0)" } }
        return "UPDATE meta SET \(settings.joined(separator: ", ")), \"check\" = \(check(changes))"
    }

    /// Reads a row that has `isHeld` in a column.
    ///
    /// - Throws: `damaged` for one that is not as it was written.
    static func hold(_ row: Row, _ column: Int) throws {
        guard row[column] as Bool else { throw damaged }
    }

    private static func check(_ changes: [String: String]) -> String {
        "row_check(\(columns.map { changes[$0] ?? $0 }.joined(separator: ", ")))"
    }

    private static var damaged: ProjectionError {
        ProjectionError(
            .damaged,
            "what the state file says of the log that it came from is not as it was written; it has to be made anew"
        )
    }
}
