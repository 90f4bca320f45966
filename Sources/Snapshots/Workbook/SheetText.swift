/// A text as a sheet's cell holds it.
///
/// A sheet has no characters that XML has not; they stand as `_xHHHH_`, which spreadsheets read back (ECMA-376, Part 1,
/// 22.9.2.19). A cell has 32,767 UTF-16 units at most: of a longer text the beginning stands there, with a mark behind it.
struct SheetText {
    let text: String
    /// Whether the cell has the beginning alone.
    let isCut: Bool

    init(_ text: String) {
        isCut = text.utf16.count > Self.maximumLength
        guard isCut else {
            self.text = text
            return
        }
        var rest = Self.maximumLength - Self.mark.utf16.count
        let end = text.unicodeScalars.firstIndex { scalar in
            rest -= UTF16.width(scalar)
            return rest < 0
        }
        self.text = String(text.unicodeScalars[..<(end ?? text.endIndex)]) + Self.mark
    }

    func write(to output: inout [UInt8]) {
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            switch scalar {
            case "&": output += "&amp;".utf8
            case "<": output += "&lt;".utf8
            case ">": output += "&gt;".utf8
            case "_" where Self.looksEscaped(scalars[index...]): output += "_x005F_".utf8
            case "\t", "\n": output.append(UInt8(scalar.value))
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                output += "_x\(String(repeating: "0", count: 4 - digits.count))\(digits)_".utf8
            default: output += UTF8.encode(scalar).map(Array.init) ?? []
            }
        }
    }

    /// What a cell's text stands for.
    ///
    /// - Parameters:
    ///   - text: as the file has it.
    ///   - isTyped: whether it stands in a workbook; CSV has nothing that is escaped.
    /// - Returns: the text with its escaped characters.
    static func unescaped(_ text: String, _ isTyped: Bool) -> String {
        guard isTyped, text.contains("_x") else { return text }
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.first {
            if looksEscaped(rest), let value = UInt32(String(rest.dropFirst(2).prefix(4)), radix: 16),
                let read = Unicode.Scalar(value)
            {
                result.append(read)
                rest = rest.dropFirst(7)
            } else {
                result.append(scalar)
                rest = rest.dropFirst()
            }
        }
        return String(result)
    }

    /// Whether what follows would be read as an escaped character.
    private static func looksEscaped(_ scalars: Substring.UnicodeScalarView) -> Bool {
        let next = Array(scalars.prefix(7))
        return next.count == 7 && next[1] == "x" && next[6] == "_"
            && next[2...5].allSatisfy { $0.properties.isASCIIHexDigit }
    }

    private static let maximumLength = 32_767
    private static let mark = " […]"
}
