package import AgendaModel

/// Values as people type them: the catalogue says what a text means.
package enum FieldText {
    /// The value that a text stands for.
    ///
    /// - Parameters:
    ///   - text: as typed; empty = absent.
    ///   - form: what the field holds.
    ///   - resolve: gives the whole subject for a short one.
    /// - Returns: nil for text that is no value of the form.
    /// - Throws: `InputError` for a number that cannot be kept as it was typed; what `resolve` throws.
    package static func value(
        _ text: String,
        _ form: Catalogue.Form,
        resolve: (String) throws -> String
    ) throws -> JSONValue? {
        guard !text.isEmpty else { return .null }
        switch form {
        case .string, .date, .oneOf:
            return .string(text)
        case .reference:
            return .string(text.contains("/") ? text : try resolve(text))
        case .integer:
            return try NumberText.value(text, isInteger: true)
        case .number:
            return try NumberText.value(text)
        case .boolean, .present:
            return Bool(text).map(JSONValue.bool)
        case .object, .map:
            let value = try? JSONValue(parsing: text)
            return value?.members == nil ? nil : value
        }
    }
}
