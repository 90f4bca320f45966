/// How a spreadsheet shows the number of a cell.
///
/// Source: ECMA-376, part 1, sections 18.8.30 (numFmt) and 18.8.31 (numFmts).
enum NumberFormat: Hashable {
    /// By its digits alone.
    case general
    /// As a number in a form of its own: `00042`, `1.250,00`.
    case plain
    /// As a day, a time, or both.
    case day
    case percentage
    /// As an amount of money, with its sign: `€`, `USD`; empty where that is the spreadsheet's own.
    case money(String)

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
        // 49 is that of texts.
        case 0, 49: self = .general
        case 5...8, 42, 44: self = .money("")
        case 9, 10: self = .percentage
        case 14...22, 27...36, 45...47, 50...58: self = .day
        default: self = .plain
        }
    }

    /// One that a workbook has of its own: what any section of its code says, but for what is shown as it stands.
    ///
    /// Which section counts depends on the number, so a percentage or a day in one of them is one.
    init(code: String) {
        var letters = ""
        var sign = ""
        // Whether nothing stands around the number.
        var isBare = true
        var rest = code[...]
        while let character = rest.popFirst() {
            switch character {
            case ";": isBare = false
            case "\"":
                let inside = rest.prefix { $0 != "\"" }
                rest = rest.dropFirst(inside.count + 1)
                if sign.isEmpty { sign = inside.first(where: \.isCurrencySymbol).map { String($0) } ?? "" }
                isBare = false
            case "\\":
                if sign.isEmpty, let next = rest.first, next.isCurrencySymbol { sign = String(next) }
                rest = rest.dropFirst()
                isBare = false
            case "_", "*":
                rest = rest.dropFirst()
                isBare = false
            case "[":
                let inside = rest.prefix { $0 != "]" }
                rest = rest.dropFirst(inside.count + 1)
                // Hours, minutes or seconds that have passed; anything else is a colour, a condition or a language.
                if inside.lowercased().allSatisfy({ "hms".contains($0) }) { letters += inside.lowercased() }
                // A currency.
                if inside.hasPrefix("$"), !inside.hasPrefix("$-") {
                    if sign.isEmpty { sign = String(inside.dropFirst().prefix { $0 != "-" }) }
                    isBare = false
                }
            default:
                if sign.isEmpty, character.isCurrencySymbol { sign = String(character) }
                letters += character.lowercased()
            }
        }
        if isBare, ["general", "@"].contains(letters) {
            self = .general
        } else if letters.contains("%") {
            self = .percentage
        } else if letters.contains(where: { "dymhs".contains($0) }) {
            self = .day
        } else {
            self = sign.isEmpty ? .plain : .money(sign)
        }
    }
}
