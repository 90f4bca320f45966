internal import AgendaModel
internal import EventLog
internal import GRDB

/// Holds the table `erasures` against the tombstones among the entries.
///
/// It has those that were erased in this file; entries that came erased are not in it.
struct ErasureTableCheck {
    private let db: Database
    private let format: Int32

    init(_ db: Database, format: Int32) {
        self.db = db
        self.format = format
    }

    func check(against entries: EntryCheck) throws {
        guard format >= 4 else { return }
        let rows = try Row.fetchCursor(db, sql: "SELECT position, redaction, done FROM erasures ORDER BY position")
        while let row = try rows.next() {
            let position = Position(try StoredRow(row, .table("erasures")).integer(0))
            let row = StoredRow(row, .row(table: "erasures", key: "\(position)"))
            guard let redaction = entries.redaction(ofEntryAt: position) else {
                throw LogDifference(row.place, "entry \(position) has not been erased")
            }
            guard try row.integer(1) == redaction.rawValue else {
                throw LogDifference(
                    row.place,
                    "it names the redaction \(try row.integer(1)), and the entry names \(redaction)"
                )
            }
            guard try row.integer(2) == 1 else { throw LogDifference(row.place, "it is not marked as done") }
        }
    }
}
