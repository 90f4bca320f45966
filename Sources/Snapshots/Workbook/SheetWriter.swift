internal import Projections

/// A table as a sheet of a workbook.
struct SheetWriter {
    private(set) var bytes: [UInt8] = []
    private let table: Table
    private let letters: [String]
    /// As sheets count them, from 1.
    private var row = 1

    static let declaration = #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#

    /// The styles of `xl/styles.xml`, by their numbers there.
    private enum Style: Int {
        case plain, header, day
    }

    init(_ table: Table) {
        self.table = table
        letters = table.columns.indices.map(Self.letters)
        bytes += Self.declaration.utf8
        bytes += #"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#.utf8
        bytes += #"<sheetViews><sheetView workbookViewId="0">"#.utf8
        bytes += #"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#.utf8
        bytes += #"</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>"#.utf8
        for (index, column) in table.columns.enumerated() {
            bytes += #"<col min="\#(index + 1)" max="\#(index + 1)" width="\#(column.width)" customWidth="1"/>"#.utf8
        }
        bytes += "</cols><sheetData>".utf8
        beginRow()
        for (index, column) in table.columns.enumerated() { write(text: column.sheetName, index, .header) }
        bytes += "</row>\n".utf8
    }

    /// - Throws: `ProjectionError` with `tooLarge` when the sheet is full.
    mutating func write(_ cells: [Cell]) throws {
        row += 1
        guard row <= Self.maximumRows else {
            throw ProjectionError(
                .tooLarge,
                "the table \(table.name) has more rows than the \(Self.maximumRows - 1) of a sheet; "
                    + "take tables.zip or tables.sqlite instead"
            )
        }
        beginRow()
        for (index, cell) in cells.enumerated() {
            switch cell {
            case .absent: break
            case .number(let digits): write("<v>\(digits)</v>", at: index, type: "n", style: .plain)
            case .boolean(let value): write("<v>\(value ? 1 : 0)</v>", at: index, type: "b", style: .plain)
            case .text(let text):
                if table.columns[index].form == .date, let day = DayNumber(text) {
                    write("<v>\(day.value)</v>", at: index, type: "n", style: .day)
                } else {
                    write(text: text, index, .plain)
                }
            }
        }
        bytes += "</row>\n".utf8
    }

    /// Gives the bytes so far away, and begins anew.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// The last bytes.
    mutating func finish() -> [UInt8] {
        bytes += "</sheetData></worksheet>".utf8
        return take()
    }

    private mutating func beginRow() { bytes += "<row r=\"\(row)\">".utf8 }

    private mutating func write(_ content: String, at index: Int, type: String, style: Style) {
        begin(index, type: type, style: style)
        bytes += "\(content)</c>".utf8
    }

    private mutating func write(text: String, _ index: Int, _ style: Style) {
        begin(index, type: "inlineStr", style: style)
        bytes += "<is><t xml:space=\"preserve\">".utf8
        SheetText(text).write(to: &bytes)
        bytes += "</t></is></c>".utf8
    }

    private mutating func begin(_ index: Int, type: String, style: Style) {
        bytes += "<c r=\"\(letters[index])\(row)\"".utf8
        if style != .plain { bytes += " s=\"\(style.rawValue)\"".utf8 }
        bytes += " t=\"\(type)\">".utf8
    }

    /// A to Z, AA, AB, and so on.
    private static func letters(_ index: Int) -> String {
        let last = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? last : letters(index / 26 - 1) + last
    }

    /// Of a sheet, the header's included.
    private static let maximumRows = 1_048_576
}

extension Column {
    /// In characters.
    fileprivate var width: Int {
        switch form {
        case .text: name == "subject" || references != nil ? 24 : 36
        case .number, .integer, .boolean, .date: 12
        case .moment: 26
        }
    }
}
