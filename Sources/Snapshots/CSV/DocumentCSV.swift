internal import AgendaModel

/// Documents of one kind as CSV: the columns of the kind's table that documents have.
package struct DocumentCSV: Sendable {
    private let table: Table
    private var writer = CSVWriter()

    /// nil for a kind that has no table in the set.
    package init?(kind: String, for set: SnapshotSet) {
        guard var table = Table.tables(for: set).first(where: { $0.rows == .subjects(kind: kind) }) else { return nil }
        table.columns.removeAll { $0 == .valuePosition }
        self.table = table
        writer.write(header: table.columns)
    }

    /// Everything so far, with the header.
    package var bytes: [UInt8] { writer.bytes }

    /// Of everything so far, in bytes.
    package var length: Int { writer.bytes.count }

    /// Appends a row.
    ///
    /// - Throws: what reading the document throws.
    package mutating func append(_ subject: String, _ document: [UInt8]) throws {
        let document = try JSONValue(parsing: document)
        writer.write(table.columns.map { $0 == .subject ? .text(subject) : Cell(document.value(at: $0.path)) })
    }
}

/// What was computed, as CSV.
package enum ComputedCSV {
    /// - Parameters:
    ///   - names: of the columns.
    ///   - rows: texts and numbers, in the order of the columns; nil for absent.
    /// - Returns: the file.
    package static func bytes(_ names: [String], _ rows: some Sequence<[Value?]>) -> [UInt8] {
        var writer = CSVWriter()
        writer.write(names.map { .text($0) })
        for row in rows {
            writer.write(
                row.map { value in
                    switch value {
                    case .text(let text): .text(text)
                    case .number(let number): .number(number)
                    case nil: .absent
                    }
                }
            )
        }
        return writer.bytes
    }

    /// What stands in a cell.
    package enum Value: Sendable {
        case text(String)
        /// In JSON's grammar.
        case number(String)
    }
}
