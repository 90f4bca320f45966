internal import GRDB

/// Subjects of one kind, or of all, after one of them.
struct SubjectRange {
    /// Greater than this.
    private let low: String
    /// Less than this; nil = no bound.
    private let high: String?

    init(kind: String?, after: String?) {
        // "0" is what follows "/" in ASCII, so these bounds hold exactly the kind's subjects.
        low = max(kind.map { $0 + "/" } ?? "", after ?? "")
        high = kind.map { $0 + "0" }
    }

    func contains(_ subject: String) -> Bool {
        low < subject && high.map { subject < $0 } ?? true
    }

    func rows(_ db: Database) throws -> RowCursor {
        let sql = "SELECT \(SubjectRow.columns) FROM subjects WHERE \(condition) ORDER BY subject"
        return try Row.fetchCursor(db, sql: sql, arguments: arguments)
    }

    func count(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM subjects WHERE \(condition)", arguments: arguments) ?? 0
    }

    private var condition: String { high == nil ? "subject > ?" : "subject > ? AND subject < ?" }
    private var arguments: StatementArguments { high.map { [low, $0] } ?? [low] }
}
