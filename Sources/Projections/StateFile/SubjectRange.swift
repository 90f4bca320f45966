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

    /// Those of subjects that are sorted bytewise.
    func slice(of subjects: [String]) -> ArraySlice<String> {
        let start = Self.count(of: subjects) { !Self.precedes(low, $0) }
        guard let high else { return subjects[start...] }
        return subjects[start..<max(start, Self.count(of: subjects) { Self.precedes($0, high) })]
    }

    /// How many stand at the front of which something holds that holds of none behind them.
    private static func count(of subjects: [String], where holds: (String) -> Bool) -> Int {
        var (known, end) = (0, subjects.count)
        while known < end {
            let middle = (known + end) / 2
            if holds(subjects[middle]) { known = middle + 1 } else { end = middle }
        }
        return known
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
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
