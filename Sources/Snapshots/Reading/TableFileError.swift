/// Why a file of tables cannot be taken, and where.
package struct TableFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as programs know it.
    package enum Code: String, Sendable {
        /// It is no file of tables, or cut, or damaged.
        case unreadable = "unreadable-tables"
        /// It is beyond what is read.
        case tooLarge = "too-large"
        /// It was made of another log, or of a later size than this one has.
        case otherLog = "other-log"
        /// A cell, a row or a column cannot be taken.
        case invalidCell = "invalid-cell"
    }

    package var code: Code
    /// What is wrong and what to do next.
    package var message: String
    /// Where, as people find it; nil for the file as a whole.
    package var place: Place?

    /// A place in a file of tables.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        /// The sheet, or the CSV file without `.csv`.
        package var table: String
        /// Counted from 1, the header's included; nil for the table as a whole.
        package var row: Int?
        /// The column's name; nil for the row as a whole.
        package var column: String?

        package init(_ table: String, row: Int? = nil, column: String? = nil) {
            self.table = table
            self.row = row
            self.column = column
        }

        /// For example `measurement, row 12, column value`.
        package var description: String {
            let words = [table, row.map { "row \($0)" }, column.map { "column \($0)" }]
            return words.compactMap(\.self).joined(separator: ", ")
        }
    }

    package init(_ code: Code, _ message: String, at place: Place? = nil) {
        self.code = code
        self.message = message
        self.place = place
    }

    package var description: String { place.map { "\($0): \(message)" } ?? message }
}
