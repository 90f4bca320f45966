internal import AgendaModel
internal import Wording

/// Amounts of money as people type them: `€ 12.500,50`, `12500 euro`, `1250050 cent`.
///
/// What the agenda keeps is cents. Digits alone may be meant as euros or as cents, so they are refused.
enum AmountText {
    /// The cents that a text stands for, as JSON digits.
    ///
    /// - Parameters:
    ///   - text: as a person typed it.
    ///   - language: in which.
    /// - Returns: nil for text that is no amount.
    /// - Throws: `InputError` with `invalidData` for digits alone, and for an amount of the other language.
    static func cents(_ text: String, _ language: Language) throws -> String? {
        let (digits, unit) = parts(text)
        let isNegative = digits.hasPrefix("-")
        let amount = isNegative ? String(digits.dropFirst()) : digits
        switch unit {
        case .none:
            guard Language.allCases.contains(where: { NumberText.written(amount, $0) != nil }) else { return nil }
            throw InputError(.invalidData, .amountWithoutUnit, with: ["text": text])
        case .cent:
            guard let value = try NumberText.value(digits, isInteger: true, by: Typist(typing: language)),
                case .number(let cents) = value
            else { return nil }
            return cents
        case .euro:
            if let cents = cents(ofEuros: amount, language) { return (isNegative ? "-" : "") + cents }
            let others = Language.allCases.filter { $0 != language }
            guard let other = others.lazy.compactMap({ cents(ofEuros: amount, $0) }).first else { return nil }
            let proposed = (isNegative ? "-" : "") + euros(cents: other)
            throw InputError(
                .invalidData,
                .numberOfOtherLanguage,
                with: ["text": text],
                words: ["number": LocalizedText { "€ " + Localizer($0).typed(proposed) }]
            )
        }
    }

    /// As JSON writes it, with two digits behind the point or none.
    private static func euros(cents: String) -> String {
        let digits = String(repeating: "0", count: max(0, 3 - cents.count)) + cents
        let rest = digits.suffix(2)
        return digits.dropLast(2) + (rest == "00" ? "" : ".\(rest)")
    }

    private enum Unit { case euro, cent }

    private static func parts(_ text: String) -> (digits: String, unit: Unit?) {
        var rest = trimmed(text.lowercased()[...])
        let sign = rest.hasPrefix("-") ? "-" : ""
        rest = trimmed(rest.dropFirst(sign.count))
        let words: [(String, Unit)] = [
            ("€", .euro), ("euro", .euro), ("eur", .euro), ("cents", .cent), ("cent", .cent),
        ]
        for (word, unit) in words {
            if rest.hasPrefix(word) { return (sign + ungrouped(trimmed(rest.dropFirst(word.count))), unit) }
            if rest.hasSuffix(word) { return (sign + ungrouped(trimmed(rest.dropLast(word.count))), unit) }
        }
        return (sign + ungrouped(rest), nil)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text.drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }

    /// Digits without the spaces that group them by three; any other space stays, and makes it no number.
    private static func ungrouped(_ text: Substring) -> String {
        if text.hasPrefix("-") { return "-" + ungrouped(text.dropFirst()) }
        let whole = text.prefix { $0 != "," && $0 != "." }
        let groups = whole.split(omittingEmptySubsequences: false) { groupingSpaces.contains($0) }
        guard groups.count > 1, (1...3).contains(groups[0].count), groups[0].first != "0",
            groups.dropFirst().allSatisfy({ $0.count == 3 }),
            groups.joined().allSatisfy({ ("0"..."9").contains($0) })
        else { return String(text) }
        return groups.joined() + text.dropFirst(whole.count)
    }

    /// Those that people write between digits: the usual one, one that keeps a line together, and thin ones of both sorts.
    private static let groupingSpaces: Set<Character> = [" ", "\u{A0}", "\u{2009}", "\u{202F}"]

    /// An amount has two digits behind the mark or none, so that `€ 10.000` can mean one thing only.
    private static func cents(ofEuros text: String, _ language: Language) -> String? {
        guard let plain = NumberText.written(text, language), !plain.contains(where: { $0 == "e" || $0 == "E" }) else {
            return nil
        }
        let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count == 1 || parts[1].count == 2 else { return nil }
        let digits = (whole + (parts.count == 1 ? "00" : parts[1])).drop { $0 == "0" }
        return digits.isEmpty ? "0" : String(digits)
    }
}
