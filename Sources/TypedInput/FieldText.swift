package import AgendaModel
internal import Wording

/// Values as people type them: the catalogue says what a text means.
package enum FieldText {
    /// Gives the whole subject for a short one, or for a title, that is of this kind; nil stands for any.
    package typealias Resolve = (_ text: String, _ kind: String?) throws -> String

    /// The value that a text stands for.
    ///
    /// - Parameters:
    ///   - text: as typed; empty = absent.
    ///   - form: what the field holds.
    ///   - field: what the field is called in the catalogue: some of its values have other words than those of others.
    ///   - manner: who types.
    ///   - resolve: gives the whole subject for a short one.
    /// - Returns: nil for text that is no value of the form.
    /// - Throws: `InputError` for a number or a day that has two readings, or cannot be kept as it was typed; what
    ///   `resolve` throws.
    package static func value(
        _ text: String,
        _ form: Catalogue.Form,
        of field: String,
        _ manner: TypingManner,
        resolve: Resolve
    ) throws -> JSONValue? {
        guard !text.isEmpty else { return .null }
        switch form {
        case .string: return .string(text)
        // What the catalogue refuses is refused with its own words by who records it.
        case .date: return .string(try DayText.value(text, manner) ?? text)
        case .oneOf(let values): return .string(Self.values(values, of: field).value(for: text) ?? text)
        case .reference(let kind):
            return .string(text.contains("/") ? text : try resolve(text, kind))
        case .integer:
            return try NumberText.value(text, isInteger: true, isProgram: manner.isProgram)
        case .number:
            return try NumberText.value(text, isProgram: manner.isProgram)
        case .boolean, .present:
            return truths[text.lowercased()].map(JSONValue.bool)
        case .object, .map:
            let value = try? JSONValue(parsing: text)
            return value?.members == nil ? nil : value
        }
    }

    static func values(_ values: [String], of field: String) -> WordMatch<String> {
        WordMatch(
            values.map { value in
                (value, [value] + Language.allCases.map { Vocabulary.value(value, of: field, $0) })
            }
        )
    }

    private static let truths = ["true": true, "false": false, "yes": true, "no": false, "ja": true, "nee": false]
}
