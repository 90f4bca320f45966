internal import GRDB
internal import SQLiteFiles

/// Rows of the table `measured`: per place, what its measurements come to.
enum MeasuredRow {
    static func totals(at place: Measurement.Place, _ db: Database) throws -> MeasurementTotals? {
        let select = try db.cachedStatement(
            sql: "SELECT * FROM measured WHERE indicator = ? AND ambition = ? AND project = ?"
        )
        let row = try Row.fetchOne(select, arguments: arguments(place))
        return try row.map { try read($0).totals }
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
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM measured")
        while let row = try rows.next() {
            let (place, totals) = try read(row)
            body(place, totals)
        }
    }

    static func write(_ totals: MeasurementTotals, at place: Measurement.Place, _ db: Database) throws {
        guard !totals.isEmpty else {
            let delete = try db.cachedStatement(
                sql: "DELETE FROM measured WHERE indicator = ? AND ambition = ? AND project = ?"
            )
            return try delete.execute(arguments: arguments(place))
        }
        let text = totals.text
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO measured VALUES (?, ?, ?, ?, ?)").execute(
            arguments: arguments(place) + [ColumnText.stored(text), check(place, text)]
        )
    }

    /// The primary key.
    static func arguments(_ place: Measurement.Place) -> StatementArguments {
        StatementArguments([place.indicator, place.ambition, place.project].map(ColumnText.stored))
    }

    /// - Throws: `damaged` for a row that is not as it was written.
    static func read(_ row: Row) throws -> (place: Measurement.Place, totals: MeasurementTotals) {
        let place = Measurement.Place(
            indicator: try RowCheck.columnText(row, 0),
            ambition: try RowCheck.columnText(row, 1),
            project: try RowCheck.columnText(row, 2)
        )
        let text = try RowCheck.columnText(row, 3)
        try RowCheck.verify(row, 4, is: check(place, text))
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
