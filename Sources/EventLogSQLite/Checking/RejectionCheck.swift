internal import AgendaModel
internal import EventLog
internal import GRDB

/// That the table `rejections` can be read: refused lines are no part of the log, and nothing signs them.
struct RejectionCheck {
    private let db: Database
    private let format: Int32

    init(_ db: Database, format: Int32) {
        self.db = db
        self.format = format
    }

    func check() throws {
        let line = format < 3 ? "NULL, NULL" : "length, hash"
        let text = ["source", "code", "detail"].map(StoredRow.text).joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT number, \(text), counter, recorded, bytes, \(line) FROM rejections ORDER BY number"
        )
        while let row = try rows.next() {
            let number = try StoredRow(row, .table("rejections")).integer(0)
            let row = StoredRow(row, .row(table: "rejections", key: "\(number)"))
            _ = try row.text(1)
            guard EventProblem.Code(rawValue: try row.text(2)) != nil else {
                throw LogDifference(row.place, "its code is none of the reasons for refusing")
            }
            _ = try row.text(3)
            if let counter = try row.optionalInteger(4), counter < 0 {
                throw LogDifference(row.place, "its counter is less than any")
            }
            _ = try row.integer(5)
            let kept = try row.bytes(6)
            guard let length = try row.optionalInteger(7) else {
                guard try row.optionalBytes(8) == nil else {
                    throw LogDifference(row.place, "it has the hash of a line that was cut, and no length")
                }
                continue
            }
            _ = try row.hash(8)
            guard length > kept.count else {
                throw LogDifference(row.place, "of a line of \(length) bytes it has kept \(kept.count)")
            }
        }
    }
}
