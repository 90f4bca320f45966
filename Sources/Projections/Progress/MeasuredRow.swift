internal import GRDB
internal import SQLiteFiles

/// Rows of the table `measured`: per place, what its measurements come to.
enum MeasuredRow {
    private static let select = "SELECT place, totals, \"check\" FROM measured"

    /// - Returns: nil where nothing has been measured there.
    /// - Throws: `damaged` for a row that is not as it was written, also where that may hide the place's.
    static func totals(at place: Measurement.Place, _ db: Database) throws -> MeasurementTotals? {
        guard let found = try row(where: "place = ?", key(of: place), db) else {
            // A place that a disk has changed leads past its row, and then its row is one of these two.
            _ = try row(where: "place < ? ORDER BY place DESC LIMIT 1", key(of: place), db)
            _ = try row(where: "place > ? ORDER BY place LIMIT 1", key(of: place), db)
            return nil
        }
        guard found.place == place else { throw SubjectRow.damaged }
        return found.totals
    }

    private static func row(
        where condition: String,
        _ key: String,
        _ db: Database
    ) throws -> (place: Measurement.Place, totals: MeasurementTotals)? {
        let statement = try db.cachedStatement(sql: "\(select) WHERE \(condition)")
        return try Row.fetchOne(statement, arguments: [key]).map { try read($0) }
    }

    /// Calls the body with each place and its totals.
    ///
    /// - Parameters:
    ///   - db: of the file.
    ///   - body: gets the place and the totals.
    /// - Throws: `damaged` for a row that is not as it was written.
    static func forEach(
        _ db: Database,
        _ body: (_ place: Measurement.Place, _ totals: MeasurementTotals) -> Void
    ) throws {
        let rows = try Row.fetchCursor(db, sql: select)
        while let row = try rows.next() {
            let (place, totals) = try read(row)
            body(place, totals)
        }
    }

    static func write(_ totals: MeasurementTotals, at place: Measurement.Place, _ db: Database) throws {
        guard !totals.isEmpty else {
            let delete = try db.cachedStatement(sql: "DELETE FROM measured WHERE place = ?")
            return try delete.execute(arguments: [key(of: place)])
        }
        let text = totals.text
        let insert = "INSERT OR REPLACE INTO measured (place, totals, \"check\") VALUES (?, ?, ?)"
        try db.cachedStatement(sql: insert)
            .execute(arguments: [key(of: place), ColumnText.stored(text), check(place, text)])
    }

    /// The primary key.
    static func key(of place: Measurement.Place) -> String {
        ColumnText.stored([place.indicator, place.ambition, place.project])
    }

    /// - Throws: `damaged` for a row that is not as it was written.
    static func read(_ row: Row) throws -> (place: Measurement.Place, totals: MeasurementTotals) {
        guard let names = ColumnText.texts(of: try RowCheck.text(row, 0)), names.count == 3 else {
            throw SubjectRow.damaged
        }
        let place = Measurement.Place(indicator: names[0], ambition: names[1], project: names[2])
        let text = try RowCheck.columnText(row, 1)
        try RowCheck.verify(row, 2, is: check(place, text))
        guard let totals = MeasurementTotals(text: text, at: place) else { throw SubjectRow.damaged }
        return (place, totals)
    }

    static func check(_ place: Measurement.Place, _ totals: String) -> Int {
        RowCheck.value(
            Array(place.indicator.utf8),
            Array(place.ambition.utf8),
            Array(place.project.utf8),
            Array(totals.utf8)
        )
    }
}
