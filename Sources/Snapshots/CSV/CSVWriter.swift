/// Rows as CSV: RFC 4180, UTF-8 without a byte-order mark, commas, CRLF.
///
/// Absent is empty; an empty text is a pair of quotes. Nothing is altered for spreadsheets.
package struct CSVWriter {
    package private(set) var bytes: [UInt8] = []

    mutating func write(header columns: [Column]) {
        write(columns.map { .text($0.name) })
    }

    package init() {}

    package mutating func write(_ cells: [Cell]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch cell {
            case .absent: break
            case .number(let digits): bytes += digits.utf8
            case .boolean(let value): bytes += (value ? "true" : "false").utf8
            case .text(let text): write(text)
            }
        }
        bytes += "\r\n".utf8
    }

    /// Gives the bytes so far away, and begins anew.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func write(_ text: String) {
        guard text.isEmpty || text.utf8.contains(where: Self.needsQuotes) else {
            bytes += text.utf8
            return
        }
        let quote = UInt8(ascii: "\"")
        bytes.append(quote)
        for byte in text.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    /// Spaces too: some readers take them away at the ends of what is not quoted.
    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: " "),
            UInt8(ascii: "\t"):
            true
        default: false
        }
    }
}
