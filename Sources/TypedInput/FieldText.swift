package import AgendaModel
internal import Wording

/// Values as people type them: the catalogue says what a text means.
package enum FieldText {
    /// The value that a text stands for.
    ///
    /// - Parameters:
    ///   - text: as typed; empty = absent.
    ///   - form: what the field holds.
    ///   - field: its name, without those of the fields that it is part of.
    ///   - typist: who typed it.
    ///   - resolve: gives the whole subject for a short one, or for words; of a kind, nil = any.
    /// - Returns: nil for text that is no value of the form.
    /// - Throws: `InputError` for a number or a day that may be meant in two ways. `InputError` too for a number that
    ///   cannot be kept as it was typed, and for text of which nothing is seen. Also what `resolve` throws.
    package static func value(
        _ text: String,
        _ form: Catalogue.Form,
        of field: String,
        by typist: Typist,
        resolve: (String, _ kind: String?) throws -> String
    ) throws -> JSONValue? {
        guard !text.isEmpty else { return .null }
        let text = try form == .string ? TypedText.checkedValue(text) : TypedText.checked(text)
        switch form {
        case .string:
            return .string(text)
        case .date:
            return try DayText.value(text, by: typist).map(JSONValue.string)
        case .oneOf(let values):
            return NameText.value(text, among: values, of: field).map(JSONValue.string)
        case .reference(let kind):
            guard NameText.isSubject(text) else { return .string(try resolve(text, kind)) }
            // A whole name says of which kind it is.
            guard kind.map({ text.hasPrefix("\($0)/") }) ?? true else { return nil }
            return .string(text)
        case .integer:
            guard field == "budget", let language = typist.language else {
                return try NumberText.value(text, isInteger: true, by: typist)
            }
            guard let cents = try AmountText.cents(text, language) else { return nil }
            return try NumberText.value(cents, isInteger: true, by: .program)
        case .number:
            return try NumberText.value(text, by: typist)
        case .boolean, .present:
            return NameText.boolean(text).map(JSONValue.bool)
        case .object, .map:
            guard let value = try? JSONValue(parsing: text), value.members != nil else { return nil }
            try NumberText.checkTyped(value, by: typist)
            return value
        }
    }
}
