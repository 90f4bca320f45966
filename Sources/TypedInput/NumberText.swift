package import AgendaModel
package import Wording

/// Numbers as people type them: `12,5`, `1.234,5`, `1,234.5`, `12.5`.
///
/// They are read alike in every language. A number that Dutch and English read differently, such as `10.000`, is refused with
/// both readings: nobody can know which was meant. Zeros at the ends do not count, so `1,2340` has one reading.
package enum NumberText {
    /// The number that a text stands for.
    ///
    /// - Parameters:
    ///   - text: as typed.
    ///   - isInteger: whether only whole numbers are meant.
    ///   - isProgram: whether only JSON's form is read.
    /// - Returns: nil for text that is no such number.
    /// - Throws: `InputError` with `invalidData` for one that has two readings, or that cannot be kept as it was typed.
    static func value(_ text: String, isInteger: Bool = false, isProgram: Bool = false) throws -> JSONValue? {
        let readings = isProgram ? [text].filter { DecimalText($0) != nil } : readings(of: text)
        guard let first = readings.first else { return nil }
        guard readings.count == 1 else { throw ambiguous(text, readings) }
        guard let typed = DecimalText(first), !isInteger || typed.isWhole else { return nil }
        guard let number = DecimalText.exactly(first) else { throw inexact(text) }
        return JSONValue(number)
    }

    /// Looks at the numbers in data that was written by hand.
    ///
    /// - Throws: `InputError` with `invalidData` for one that cannot be kept as it was written.
    package static func check(_ value: JSONValue) throws {
        if let text = value.inexactNumber { throw inexact(text) }
    }

    /// A number as it is shown where it is to be typed again: without marks between groups, and with one reading.
    ///
    /// - Parameters:
    ///   - json: in JSON's form.
    ///   - language: decides the mark before the decimals.
    /// - Returns: text that `value` reads as the same number.
    package static func typeable(_ json: String, _ language: Language) -> String {
        guard let point = json.firstIndex(of: "."), !json.contains(where: { $0 == "e" || $0 == "E" }) else {
            return json
        }
        let decimals = json[json.index(after: point)...]
        // Three decimals look like a group of thousands.
        let end = decimals.count == 3 ? "0" : ""
        return language == .dutch ? "\(json[..<point]),\(decimals)\(end)" : json + end
    }

    // MARK: - Readings

    /// What a text can mean, in JSON's form; readings of one value count once.
    private static func readings(of text: String) -> [String] {
        let text = text.replacing("\u{2212}", with: "-")
        let isNegative = text.hasPrefix("-")
        let digits = isNegative ? text.dropFirst() : text[...]
        var found: [String] = []
        for reading in [plain(digits), grouped(digits, ",", "."), grouped(digits, ".", ","), spaced(digits)] {
            guard let reading, let value = DecimalText(reading), !found.contains(where: { DecimalText($0) == value })
            else { continue }
            found.append(reading)
        }
        return found.map { isNegative ? "-\($0)" : $0 }
    }

    /// JSON's own form, or the same with a comma.
    private static func plain(_ digits: Substring) -> String? {
        if DecimalText(String(digits)) != nil { return String(digits) }
        let parts = digits.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(isDigits) else { return nil }
        return parts.joined(separator: ".")
    }

    /// Groups of three digits, and decimals if need be.
    private static func grouped(_ digits: Substring, _ mark: Character, _ point: Character) -> String? {
        let parts = digits.split(separator: point, maxSplits: 1, omittingEmptySubsequences: false)
        let groups = parts[0].split(separator: mark, omittingEmptySubsequences: false)
        guard groups.count > 1, groups.allSatisfy(isDigits), (1...3).contains(groups[0].count), groups[0].first != "0",
            groups.dropFirst().allSatisfy({ $0.count == 3 }), parts.dropFirst().allSatisfy(isDigits)
        else { return nil }
        return ([groups.joined()] + parts.dropFirst().map(String.init)).joined(separator: ".")
    }

    /// Groups with spaces between them, of whatever width.
    private static func spaced(_ digits: Substring) -> String? {
        for space in [" ", "\u{A0}", "\u{202F}", "\u{2009}"] as [Character] where digits.contains(space) {
            return grouped(digits, space, ",") ?? grouped(digits, space, ".")
        }
        return nil
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    // MARK: - Errors

    private static func ambiguous(_ text: String, _ readings: [String]) -> InputError {
        func list(_ language: Language, _ or: String) -> String {
            readings.compactMap { Double($0) }.map { typeable(JSONValue($0).compact, language) }.joined(separator: or)
        }
        return InputError(
            .invalidData,
            "\"\(text)\" can be read as two numbers. Type \(list(.english, " or ")).",
            "\"\(text)\" is als twee getallen te lezen. Typ \(list(.dutch, " of "))."
        )
    }

    private static func inexact(_ text: String) -> InputError {
        let number = Double(text).flatMap { $0.isFinite ? "\($0)" : nil }
        return InputError(
            .invalidData,
            "\"\(text)\" has more digits than can be kept\(number.map { ": it would be read as \($0)" } ?? ""). Round it first.",
            "\"\(text)\" heeft meer cijfers dan bewaard kunnen worden\(number.map { ": het zou \($0) worden" } ?? ""). "
                + "Rond het eerst af."
        )
    }
}
