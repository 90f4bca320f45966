/// Reads CSV: RFC 4180, and with semicolons where a spreadsheet has put them.
enum CSVReader {
    /// - Parameters:
    ///   - bytes: UTF-8, a byte-order mark or none.
    ///   - name: what the table is called.
    ///   - cellLimit: how many cells are read.
    /// - Returns: the table; all cells are texts.
    /// - Throws: `TableFileError`: `unreadable` for what is not UTF-8, or has quotes that do not end; `tooLarge`.
    static func read(_ bytes: [UInt8], named name: String, atMost cellLimit: Int) throws(TableFileError) -> ReadTable {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TableFileError(.unreadable, "\(name).csv is not UTF-8; save it as CSV UTF-8, and try again")
        }
        let firstLine = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let hasCommas = firstLine.contains(UInt8(ascii: ","))
        let separator = !hasCommas && firstLine.contains(UInt8(ascii: ";")) ? UInt8(ascii: ";") : UInt8(ascii: ",")
        return try ReadTable(name: name, isTyped: false, try rows(of: bytes, separator, name, atMost: cellLimit))
    }

    private typealias Row = (number: Int, cells: [ReadTable.Content])

    private static func rows(
        of bytes: ArraySlice<UInt8>,
        _ separator: UInt8,
        _ name: String,
        atMost cellLimit: Int
    ) throws(TableFileError) -> [Row] {
        let (quote, newline, carriageReturn) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var rows: [Row] = []
        var cells: [ReadTable.Content] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var place = bytes.startIndex
        var count = 0
        func endCell() {
            count += 1
            cells.append(cell.isEmpty && !isQuoted ? .empty : .text(String(decoding: cell, as: UTF8.self)))
            cell = []
            isQuoted = false
        }
        func endRow() {
            endCell()
            rows.append((rows.count + 1, cells))
            cells = []
        }
        while place < bytes.endIndex {
            let byte = bytes[place]
            place += 1
            if byte == quote, cell.isEmpty, !isQuoted {
                isQuoted = true
                var isOpen = true
                while isOpen, place < bytes.endIndex {
                    if bytes[place] != quote {
                        cell.append(bytes[place])
                    } else if place + 1 < bytes.endIndex, bytes[place + 1] == quote {
                        cell.append(quote)
                        place += 1
                    } else {
                        isOpen = false
                    }
                    place += 1
                }
                let ends = place >= bytes.endIndex || [separator, newline, carriageReturn].contains(bytes[place])
                guard !isOpen, ends else { throw misplacedQuote(name, rows.count + 1) }
            } else if byte == quote {
                throw misplacedQuote(name, rows.count + 1)
            } else if byte == separator {
                endCell()
            } else if byte == newline {
                endRow()
            } else if byte == carriageReturn, place < bytes.endIndex, bytes[place] == newline {
                continue
            } else {
                cell.append(byte)
            }
            guard rows.count <= maximumRows, cells.count <= maximumColumns else {
                throw TableFileError(.tooLarge, "\(name).csv has more than \(maximumRows) rows, or too many columns")
            }
            guard count <= cellLimit else { throw TableFile.tooLarge(name) }
        }
        if !cell.isEmpty || isQuoted || !cells.isEmpty { endRow() }
        return rows
    }

    private static func misplacedQuote(_ name: String, _ row: Int) -> TableFileError {
        TableFileError(
            .unreadable,
            "a quote does not end, or stands within a text; the file may have been cut off or edited by hand",
            at: .init(name, row: row)
        )
    }

    private static let maximumRows = 1_048_576
    private static let maximumColumns = 1_000
}
