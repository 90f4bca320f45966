internal import AgendaModel
internal import Wording

/// Rows of a table that each say what one event of a type says: a column a field, as people type it.
package struct RowInput {
    private let input: EventInput
    private let columns: [String]

    /// Something wrong with a row.
    package struct Problem: Error, Equatable {
        /// The column's name, as the table has it; nil for the row as a whole.
        package let column: String?
        package let error: InputError
    }

    /// - Parameters:
    ///   - input: of the events' type.
    ///   - columns: the first row: names of fields. `subject` is what an event is about, unless it creates its own.
    /// - Throws: `Problem` for a column that is no field.
    package init(_ input: EventInput, columns: [String]) throws {
        self.input = input
        self.columns = columns
        for column in columns where !isSubject(column) {
            _ = try problem(in: column) { try input.data(["\(column)="]) }
        }
    }

    /// The event that a row says.
    ///
    /// - Parameter cells: as many as there are columns; an empty one leaves its field away.
    /// - Returns: what recording checks.
    /// - Throws: `Problem` with the first cell that is wrong; what resolving subjects throws.
    package func event(_ cells: [String]) throws -> TypedEvent {
        var subject: String?
        var words: [String] = []
        for (column, cell) in zip(columns, cells) where !cell.isEmpty {
            if isSubject(column) {
                subject = try problem(in: column) { try input.subject(meaning: cell, of: input.type.kind) }
            } else {
                let word = "\(column)=\(cell)"
                _ = try problem(in: column) { try input.data([word]) }
                words.append(word)
            }
        }
        if subject == nil, !input.type.isCreating {
            throw Problem(column: Self.subject, error: InputError(.invalidData, .neededHere))
        }
        return TypedEvent(type: input.type.name, subject: subject, data: try problem(in: nil) { try input.data(words) })
    }

    private static let subject = "subject"

    private func isSubject(_ column: String) -> Bool { column == Self.subject && !input.type.isCreating }

    private func problem<Value>(in column: String?, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as InputError {
            throw Problem(column: column, error: error)
        }
    }
}
