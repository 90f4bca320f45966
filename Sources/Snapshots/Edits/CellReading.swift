internal import AgendaModel

/// What became of a cell since the export.
enum CellChange: Hashable {
    case unchanged
    /// To this value; `null` removes.
    case changed(JSONValue)
}

/// Holds a cell of a file against what the export had there.
struct CellReading {
    let column: Column
    let isTyped: Bool
    let dayOffset: Int
    /// Whether the first row calls the column as a workbook of an export does.
    var isNamedAsExported = true

    /// - Parameters:
    ///   - content: as the file has it.
    ///   - known: as the export had it; absent for a row that is new.
    /// - Returns: what became of it.
    /// - Throws: `TableFileError` with `invalidCell` and no place, for what cannot be taken as it is.
    func change(of content: ReadTable.Content, since known: Cell) throws(TableFileError) -> CellChange {
        try checkSaysCents(content, since: known)
        switch content {
        case .empty: return known == .absent || known == .text("") ? .unchanged : .changed(.null)
        case .formula:
            throw Self.invalid("a formula stands here; put its value in its place")
        case .error(let text): throw Self.invalid("\(text) stands here, which is no value")
        case .text(let text): return try change(of: text, since: known)
        case .boolean(let value):
            guard column.form == .boolean else { throw wrong("\(value)") }
            return known == .boolean(value) ? .unchanged : .changed(.bool(value))
        case .number(let number):
            let result = try change(of: number, since: known)
            // Of a year, and of a day without its marks, some other day would come.
            guard column.form != .date || result == .unchanged else {
                throw Self.invalid(
                    "the number \(JSONValue(number).compact) stands here, and no day; type the whole day, such as 2026-11-12, in a "
                        + "cell with the format of a day"
                )
            }
            return result
        case .formatted(let number), .money(let number, _):
            let result = try change(of: .number(number), since: known)
            let isText = column.form == .text || column.form == .moment
            guard !isText || result == .unchanged else {
                throw Self.invalid(
                    "the number \(JSONValue(number).compact) stands here, and the cell's format shows it in another way; give the "
                        + "cell the format of a text, and type again what is meant"
                )
            }
            return result
        case .inexact(let digits):
            if case .number(let before) = known, Double(before) == Double(digits) { return .unchanged }
            throw Self.invalid(
                "\"\(digits.prefix(40))\" has more digits than a number holds, and would be read as another one; leave out those "
                    + "that are not meant"
            )
        case .day(let number):
            let result = try change(of: number, since: known)
            guard column.form == .date || result == .unchanged else {
                throw Self.invalid(
                    "a day or a time stands here; if the spreadsheet made it of what was typed, give the cell the format of a "
                        + "number or a text, and type it again"
                )
            }
            return result
        case .percentage(let number):
            let result = try change(of: number, since: known)
            guard result == .unchanged else {
                throw Self.invalid(
                    "a percentage stands here, of which the number is \(JSONValue(number).compact); give the cell the format of "
                        + "a number, and type the number that is meant"
                )
            }
            return result
        }
    }

    /// Refuses an amount that may be in euros.
    ///
    /// One that is changed in a workbook must stand in a column that says that it is in cents, and show its digits alone.
    private func checkSaysCents(_ content: ReadTable.Content, since known: Cell) throws(TableFileError) {
        guard isTyped, column.isInCents else { return }
        switch content {
        case .number(let number) where !isNamedAsExported && !Self.isSame(number, known):
            throw Self.invalid(
                "\(JSONValue(number).compact) may be euros or cents; name the column \"\(column.sheetName)\" in the first row, as "
                    + "an export does, and type euro cents"
            )
        case .formatted(let number) where !Self.isSame(number, known):
            throw Self.invalid(
                "the number \(JSONValue(number).compact) stands here, and the cell's format shows it in another way; give the "
                    + "cell the format General, and type euro cents, such as 1500000 for € 15000"
            )
        case .money(let number, let sign) where !Self.isSame(number, known):
            let amount = sign.isEmpty ? JSONValue(number).compact : "\(sign) \(JSONValue(number).compact)"
            throw Self.invalid(
                "an amount of money stands here, \(amount), and the column holds euro cents; give the cell the format General, "
                    + "and type euro cents, such as 1500000 for € 15000"
            )
        default: return
        }
    }

    private static func isSame(_ number: Double, _ known: Cell) -> Bool {
        if case .number(let digits) = known { Double(digits) == number } else { false }
    }

    private func change(of number: Double, since known: Cell) throws(TableFileError) -> CellChange {
        let value = JSONValue(number)
        switch column.form {
        case .number, .integer:
            if Self.isSame(number, known) { return .unchanged }
            let isWhole = number == number.rounded() && abs(number) <= Double(EventLimits.maximumNumber)
            guard column.form == .number || isWhole else { throw wrong(value.compact) }
            return .changed(value)
        case .date:
            guard let day = DayNumber(serial: number, offset: dayOffset)?.day else { throw wrong(value.compact) }
            return known == .text(day) ? .unchanged : .changed(.string(day))
        case .boolean:
            guard number == 0 || number == 1 else { throw wrong(value.compact) }
            return known == .boolean(number == 1) ? .unchanged : .changed(.bool(number == 1))
        case .text, .moment: return try change(of: value.compact, since: known)
        }
    }

    private func change(of text: String, since known: Cell) throws(TableFileError) -> CellChange {
        switch column.form {
        case .text, .moment: return try changeOfText(text, since: known)
        case .date:
            if known == .text(text) { return .unchanged }
            guard text.utf8.count == 10, Timestamp(text + "T00:00:00.000Z") != nil else { throw wrong(text) }
            return .changed(.string(text))
        case .boolean:
            guard let value = ["true": true, "false": false][text.lowercased()] else { throw wrong(text) }
            return known == .boolean(value) ? .unchanged : .changed(.bool(value))
        case .number, .integer:
            if !isTyped, known == .number(text) { return .unchanged }
            // In a workbook a number is a number; text that looks like one is a slip that nobody sees.
            guard !isTyped, let number = DecimalText.exactly(text) else { throw wrong(text) }
            let result = try change(of: number, since: known)
            if case .number(let before) = known, result != .unchanged, Self.isShortened(text, of: before) {
                throw Self.invalid("a spreadsheet has made \"\(before)\" into \"\(text)\"; put back what stood here")
            }
            guard result == .unchanged || !Self.mayBeThousands(text) else {
                throw Self.invalid(
                    "\"\(text.prefix(40))\" is \(text.filter { $0 != "." }) in one language and \(JSONValue(number).compact) in "
                        + "another; write it without a point, or with a zero more behind the point"
                )
            }
            return result
        }
    }

    /// Whether a number is what a spreadsheet makes of a longer one that does not fit its cell: `1.23457E+11`.
    ///
    /// People shorten numbers too, but write fewer digits, and no power of ten.
    private static func isShortened(_ text: String, of before: String) -> Bool {
        let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts[0].filter(\.isNumber).count >= 9, text.utf8.count < before.utf8.count,
            let power = parts.count == 2 ? Int(parts[1]) : 0,
            let number = Double(text), let known = Double(before),
            let unit = Double("1e\(power - (mantissa.count == 2 ? mantissa[1].count : 0))")
        else { return false }
        return abs(number - known) <= unit * 0.5000001
    }

    /// Whether a number is written as Dutch people write thousands: `1.250`.
    private static func mayBeThousands(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && (1...3).contains(parts[0].count) && parts[0].first != "0" && parts[1].count == 3
            && parts.joined().allSatisfy { ("0"..."9").contains($0) }
    }

    private func changeOfText(_ text: String, since known: Cell) throws(TableFileError) -> CellChange {
        guard case .text(let before) = known else { return .changed(.string(SheetText.unescaped(text, isTyped))) }
        let shown = isTyped ? SheetText(before) : nil
        // Spreadsheets have line ends of their own, and one of them does not escape what looks escaped.
        let kept = [before, shown?.text].compactMap(\.self).map(Self.withoutReturns)
        let found = [text, SheetText.unescaped(text, isTyped)]
        if found.contains(where: { kept.contains(Self.withoutReturns($0)) }) { return .unchanged }
        if shown?.isCut == true {
            throw Self.invalid(
                "the text is longer than a cell, and only its beginning stood here; change it in another way"
            )
        }
        if Self.isMadeOfNumber(text, before) {
            throw Self.invalid("a spreadsheet has made \"\(before)\" into \"\(text)\"; put back what stood here")
        }
        return .changed(.string(found[1]))
    }

    /// Whether a text of digits has become what a spreadsheet makes of it: a number like it, or one with fewer digits.
    private static func isMadeOfNumber(_ text: String, _ before: String) -> Bool {
        // Some write a comma before the fraction.
        let point = text.replacing(",", with: ".")
        guard let number = Double(point), let known = Double(before) else { return false }
        // Spreadsheets keep fifteen digits.
        let isRounded =
            before.count > 15 && text.count == before.count && text.hasPrefix(before.prefix(15))
            && text.dropFirst(15).allSatisfy { $0 == "0" }
        return number == known || isRounded || isShortened(point, of: before)
    }

    private static func withoutReturns(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }

    private func wrong(_ text: String) -> TableFileError {
        let wanted =
            switch column.form {
            case .text, .moment: "a text"
            case .number: isTyped ? "a number" : "a number with a point, such as 12.5"
            case .integer: "a whole number"
            case .boolean: "true or false"
            case .date: "a day, such as 2026-11-12"
            }
        return Self.invalid("\(wanted) belongs here, not \"\(text.prefix(40))\"")
    }

    private static func invalid(_ message: String) -> TableFileError { TableFileError(.invalidCell, message) }
}
