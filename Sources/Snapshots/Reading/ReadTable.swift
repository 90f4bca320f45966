/// A table as a file has it: a sheet of a workbook, or CSV.
package struct ReadTable: Hashable, Sendable {
    /// A cell as the file has it.
    package enum Content: Hashable, Sendable {
        case empty
        case text(String)
        /// A number that a spreadsheet keeps: of a day, its serial number.
        case number(Double)
        /// A number that a spreadsheet shows in a form of its own: 42 as `00042`.
        case formatted(Double)
        /// A number with more digits than one holds, as the file has it: no spreadsheet writes it.
        case inexact(String)
        /// A number that a spreadsheet shows as a day or a time, and may have made of what was typed: `3-4`, `1/2`.
        case day(Double)
        /// A number that a spreadsheet shows as a hundred times as much.
        case percentage(Double)
        /// A number that a spreadsheet shows as an amount of money, with this sign; empty where that is the spreadsheet's own.
        case money(Double, sign: String)
        case boolean(Bool)
        /// What is computed from other cells.
        case formula
        /// What a spreadsheet could not compute.
        case error(String)
    }

    package struct Row: Hashable, Sendable {
        /// As people count it, from 1, the header's included.
        package var number: Int
        /// As many as the header has.
        package var cells: [Content]
    }

    /// The sheet's name, or the file's without `.csv`.
    package var name: String
    package var header: [String]
    package var rows: [Row]
    /// Whether cells are typed; in CSV all are texts.
    package var isTyped: Bool

    /// Of a row, without those that have nothing in them.
    ///
    /// - Parameters:
    ///   - name: the table's.
    ///   - isTyped: whether the cells are typed.
    ///   - all: the rows in their order, the header's first, each with its number and its cells.
    /// - Throws: `TableFileError` with `invalidCell` for a header that is missing, or says something twice, and for cells
    ///   beside the columns that it names.
    init(
        name: String,
        isTyped: Bool,
        _ all: some Sequence<(number: Int, cells: [Content])>
    ) throws(TableFileError) {
        self.name = name
        self.isTyped = isTyped
        header = []
        rows = []
        for (number, cells) in all {
            let last = cells.lastIndex { $0 != .empty }.map { $0 + 1 } ?? 0
            guard last > 0 else { continue }
            if header.isEmpty {
                header = try Self.header(Array(cells[..<last]), of: name, row: number)
                continue
            }
            guard last <= header.count else {
                throw TableFileError(
                    .invalidCell,
                    "there is something beside the columns that the first row names; empty it",
                    at: .init(name, row: number)
                )
            }
            rows.append(Row(number: number, cells: Self.padded(cells, header.count)))
        }
    }

    private static func header(_ cells: [Content], of name: String, row number: Int) throws(TableFileError) -> [String]
    {
        var names: [String] = []
        for cell in cells {
            guard case .text(let text) = cell, !names.contains(text) else {
                throw TableFileError(
                    .invalidCell,
                    "the first row must name each column, and each once; put back the one of the export",
                    at: .init(name, row: number)
                )
            }
            names.append(text)
        }
        return names
    }

    private static func padded(_ cells: [Content], _ count: Int) -> [Content] {
        cells.prefix(count) + [Content](repeating: .empty, count: max(0, count - cells.count))
    }
}
