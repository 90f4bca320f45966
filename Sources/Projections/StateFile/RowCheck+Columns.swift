internal import AgendaModel
internal import Foundation
internal import GRDB
internal import SQLiteFiles

/// Columns of a state file, read as what they have to be.
extension RowCheck {
    /// - Throws: `damaged` when the column holds no text.
    static func text(_ row: Row, _ column: Int) throws -> String {
        guard let text = String.fromDatabaseValue(row[column]) else { throw SubjectRow.damaged }
        return text
    }

    /// The text that `ColumnText` has stored.
    ///
    /// - Throws: `damaged` when the column holds none.
    static func columnText(_ row: Row, _ column: Int) throws -> String {
        guard let text = ColumnText.text(of: try text(row, column)) else { throw SubjectRow.damaged }
        return text
    }

    /// - Throws: `damaged` when the column holds no bytes.
    static func bytes(_ row: Row, _ column: Int) throws -> [UInt8] {
        guard case .blob(let data) = (row[column] as DatabaseValue).storage else { throw SubjectRow.damaged }
        return Array(data)
    }

    /// - Throws: `damaged` when the column holds another number than belongs to these parts.
    static func verify(_ row: Row, _ column: Int, is expected: Int) throws {
        guard Int.fromDatabaseValue(row[column]) == expected else { throw SubjectRow.damaged }
    }
}
