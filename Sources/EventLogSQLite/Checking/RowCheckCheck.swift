internal import EventLog
internal import GRDB

/// Holds each row of the tables that have checks against its own.
///
/// Last: what differs from the entries as well is better said by these.
struct RowCheckCheck {
    private let db: Database
    private let format: Int32

    /// - Parameters:
    ///   - db: the snapshot.
    ///   - format: the file's.
    init(_ db: Database, format: Int32) {
        self.db = db
        self.format = format
    }

    func check() throws {
        for table in CheckedTable.all(in: format) {
            if let place = try Self.places(of: table, limit: 1, db).first {
                throw LogDifference(place, "it is not as it was written: its check is that of another row")
            }
        }
    }

    /// Where the rows are that are not as they were written.
    static func places(of table: CheckedTable, limit: Int, _ db: Database) throws -> [LogDifference.Place] {
        let key = table.columns[0]
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT CASE typeof(\(key)) WHEN 'blob' THEN NULL ELSE CAST(\(key) AS BLOB) END FROM \(table.rawValue) NOT INDEXED
                WHERE NOT (\(table.isHeld)) LIMIT ?
                """,
            arguments: [limit]
        )
        return try rows.map { row in
            guard let key = try StoredRow(row, .table(table.rawValue)).optionalBytes(0) else {
                return .table(table.rawValue)
            }
            return .row(table: table.rawValue, key: String(decoding: key, as: UTF8.self))
        }
    }
}
