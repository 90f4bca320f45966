/// How a spreadsheet shows the number of a cell.
///
/// Source: ECMA-376, part 1, sections 18.8.30 (numFmt) and 18.8.31 (numFmts).
enum NumberFormat: Hashable {
    case plain
    /// As a day, a time, or both.
    case day
    case percentage

    /// The formats of a workbook's cells, by the numbers of their styles.
    ///
    /// - Throws: `TableFileError` with `unreadable`.
    static func formats(of styles: [UInt8]) throws(TableFileError) -> [NumberFormat] {
        var scanner = XMLScanner(styles)
        var own: [Int: NumberFormat] = [:]
        var formats: [NumberFormat] = []
        var isOfCells = false
        while let piece = try scanner.next() {
            switch piece {
            case .start("cellXfs", _): isOfCells = true
            case .end("cellXfs"): isOfCells = false
            case .start("numFmt", let attributes):
                guard let id = attributes["numFmtId"].flatMap({ Int($0) }), let code = attributes["formatCode"] else {
                    continue
                }
                own[id] = NumberFormat(code: code)
            case .start("xf", let attributes) where isOfCells:
                let id = attributes["numFmtId"].flatMap { Int($0) } ?? 0
                formats.append(own[id] ?? NumberFormat(builtIn: id))
            default: break
            }
        }
        return formats
    }

    /// One that every workbook has.
    private init(builtIn id: Int) {
        switch id {
        case 9, 10: self = .percentage
        case 14...22, 27...36, 45...47, 50...58: self = .day
        default: self = .plain
        }
    }

    /// One that a workbook has of its own: what the first section of its code says, but for what is shown as it stands.
    init(code: String) {
        var letters = ""
        var rest = code[...]
        section: while let character = rest.popFirst() {
            switch character {
            case ";": break section
            case "\"": rest = rest.drop { $0 != "\"" }.dropFirst()
            case "\\", "_", "*": rest = rest.dropFirst()
            case "[":
                let inside = rest.prefix { $0 != "]" }
                rest = rest.dropFirst(inside.count + 1)
                // Hours, minutes or seconds that have passed; anything else is a colour, a condition or a language.
                if inside.lowercased().allSatisfy({ "hms".contains($0) }) { letters += inside.lowercased() }
            default: letters += character.lowercased()
            }
        }
        if letters.contains("%") {
            self = .percentage
        } else {
            self = letters.contains { "dymhs".contains($0) } ? .day : .plain
        }
    }
}
