package import AgendaModel
internal import Wording

/// Numbers as people type them, in the way of their language: `1.234,5` in Dutch, `1,234.5` in English.
///
/// A form that means another number in the other language (`10.000`, `1,234`) is refused, and so is one that only the
/// other language has. So no number is read as another one than is meant.
package enum NumberText {
    /// The number that a text stands for.
    ///
    /// - Parameters:
    ///   - text: as typed.
    ///   - isInteger: whether only whole numbers are meant.
    ///   - typist: who typed it; a program writes digits, with a point and an exponent if need be.
    /// - Returns: nil for text that is no such number.
    /// - Throws: `InputError` with `invalidData` for one that means something else in the other language, and for one
    ///   that cannot be kept as it was typed. Zeros at the ends do not count.
    package static func value(_ text: String, isInteger: Bool = false, by typist: Typist) throws -> JSONValue? {
        let digits = try typist.language.map { try plain(text, in: $0) } ?? text
        guard let digits, let typed = DecimalText(digits), !isInteger || typed.isWhole else { return nil }
        guard let number = DecimalText.exactly(digits) else { throw inexact(text, digits) }
        return JSONValue(number)
    }

    /// Looks at the numbers in data that was written by hand.
    ///
    /// - Throws: `InputError` with `invalidData` for one that cannot be kept as it was written.
    package static func check(_ value: JSONValue) throws {
        if let text = value.inexactNumber { throw inexact(text, text) }
    }

    /// Looks at JSON that somebody typed between other words.
    ///
    /// - Throws: `InputError` with `invalidData` for a number that people write and mean in two ways, as `10.000`.
    static func checkTyped(_ value: JSONValue, by typist: Typist) throws {
        try check(value)
        guard typist.language != nil else { return }
        switch value {
        case .number(let text): if written(text, .dutch) != nil { _ = try plain(text, in: .english) }
        case .array(let values): for value in values { try checkTyped(value, by: typist) }
        case .object(let members): for member in members { try checkTyped(member.value, by: typist) }
        case .null, .bool, .string: break
        }
    }

    /// The digits of JSON for a number that is written in a language.
    ///
    /// - Returns: nil for what no language takes for a number.
    private static func plain(_ text: String, in language: Language) throws -> String? {
        let own = written(text, language)
        let other = Language.allCases.lazy.filter { $0 != language }.compactMap { written(text, $0) }.first
        guard let other, DecimalText(other) != own.flatMap({ DecimalText($0) }) else { return own }
        func reading(_ plain: String) -> LocalizedText {
            // Without zeros that say nothing.
            guard let number = DecimalText.exactly(plain), case .number(let json) = JSONValue(number) else {
                return LocalizedText { Localizer($0).typed(plain) }
            }
            return LocalizedText { Localizer($0).typed(json) }
        }
        guard let own else {
            throw InputError(
                .invalidData,
                .numberOfOtherLanguage,
                with: ["text": text],
                words: ["number": reading(other)]
            )
        }
        throw InputError(
            .invalidData,
            .numberWithTwoReadings,
            with: ["text": text],
            words: ["one": reading(own), "other": reading(other)]
        )
    }

    /// The digits of JSON for a number in a language's way; nil for anything else.
    static func written(_ text: String, _ language: Language) -> String? {
        let (point, mark): (Character, Character) = language == .dutch ? (",", ".") : (".", ",")
        var rest = text[...]
        let sign = rest.hasPrefix("-") ? "-" : ""
        rest = rest.dropFirst(sign.count)
        let exponent = rest.drop { $0 != "e" && $0 != "E" }
        let parts = rest.prefix { $0 != "e" && $0 != "E" }.split(separator: point, omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = parts.first else { return nil }
        let groups = whole.split(separator: mark, omittingEmptySubsequences: false)
        if groups.count > 1 {
            // Nobody groups the digits of a number that begins with a zero, or that has an exponent.
            guard exponent.isEmpty, (1...3).contains(groups[0].count), groups[0].first != "0",
                groups.dropFirst().allSatisfy({ $0.count == 3 })
            else { return nil }
        }
        let digits = ([groups.joined()] + parts.dropFirst().map(String.init)).joined(separator: ".")
        guard !digits.contains("e"), DecimalText(sign + digits + exponent) != nil else { return nil }
        return sign + digits + exponent
    }

    private static func inexact(_ text: String, _ plain: String) -> InputError {
        guard let read = Double(plain), read.isFinite else {
            return InputError(.invalidData, .tooManyDigits, with: ["text": text])
        }
        return InputError(
            .invalidData,
            .tooManyDigitsReadAs,
            with: ["text": text],
            words: ["number": LocalizedText { Localizer($0).typed("\(read)") }]
        )
    }
}
