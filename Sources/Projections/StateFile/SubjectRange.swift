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

    /// Whether one subject comes before another one.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// Whether it reaches as far as a subject behind its beginning.
    private func reaches(_ subject: String) -> Bool { high.map { Self.precedes(subject, $0) } ?? true }

    /// The rows of the file, in order.
    ///
    /// The rows beside the range are held too: a name that a disk has changed may lead past its beginning, or end it too early.
    ///
    /// - Parameter db: of the file.
    /// - Returns: the rows, each of which is read when it is asked for.
    /// - Throws: `damaged` for a row that is not as it was written.
    func rows(_ db: Database) throws -> Rows {
        try SubjectRow.hold(where: Self.before, [low], db)
        let sql = "SELECT \(SubjectRow.columns) FROM subjects WHERE subject > ? ORDER BY subject"
        return Rows(try Row.fetchCursor(db, sql: sql, arguments: [low]), of: self)
    }

    /// Rows that have been held against their checks.
    struct Rows {
        private let cursor: RowCursor
        private let range: SubjectRange
        private var last: String?

        fileprivate init(_ cursor: RowCursor, of range: SubjectRange) {
            self.cursor = cursor
            self.range = range
        }

        /// The next subject, and its registers as they were encoded; nil behind the last one.
        ///
        /// - Throws: `damaged` for a row that is not as it was written.
        mutating func next() throws -> (subject: String, registers: [UInt8])? {
            guard let row = try cursor.next() else { return nil }
            // Before it is known whether it is one of the range.
            let found = try SubjectRow.read(row)
            if let last, !SubjectRange.precedes(last, found.subject) { throw SubjectRow.damaged }
            last = found.subject
            return range.reaches(found.subject) ? found : nil
        }
    }

    /// How many rows of the file it has.
    ///
    /// Those at its ends are held, and those beside it: in between, whatever has become of a name, its row is one.
    func count(_ db: Database) throws -> Int {
        let sql = "SELECT count(*) FROM subjects WHERE \(condition)"
        let count = try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0
        try SubjectRow.hold(where: Self.before, [low], db)
        for passed in [0, max(count - 1, 0)] {
            try SubjectRow.hold(where: "subject > ? ORDER BY subject LIMIT 2 OFFSET ?", [low, passed], db)
        }
        return count
    }

    private var condition: String { high == nil ? "subject > ?" : "subject > ? AND subject < ?" }
    private var arguments: StatementArguments { high.map { [low, $0] } ?? [low] }

    private static let before = "subject <= ? ORDER BY subject DESC LIMIT 1"
}
