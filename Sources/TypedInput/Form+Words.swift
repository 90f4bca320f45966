package import AgendaModel
package import Wording

extension Catalogue.Form {
    /// What a field of this form takes, as people write it: `TEXT`, `yes|no`, `project/…`.
    ///
    /// - Parameters:
    ///   - field: whose form it is; some fields have their own words for values.
    ///   - language: of whoever reads it; nil for a program, which writes `true|false` and catalogue names.
    /// - Returns: words that follow "takes".
    package func words(of field: String, _ language: Language?) -> String {
        func say(_ message: Message, _ name: String) -> String { language.map { message.text($0) } ?? name }
        switch self {
        case .string: return say(.formText, "TEXT")
        case .number: return say(.formNumber, "NUMBER")
        case .integer where field == "budget" && language != nil: return say(.formAmount, "INTEGER")
        case .integer: return say(.formInteger, "INTEGER")
        case .boolean: return say(.formBoolean, "true|false")
        case .date: return say(.formDay, "YYYY-MM-DD")
        case .reference(let kind): return "\(kind ?? say(.formKind, "KIND"))/…"
        case .oneOf(let values):
            return values.map { value in language.map { Vocabulary.value(value, of: field, $0) } ?? value }
                .joined(separator: "|")
        case .present: return say(.yes, "true")
        case .object(let fields):
            let parts = fields.map { "\($0.name): \($0.form.words(of: $0.name, language))" }
            return "{\(parts.joined(separator: ", "))}"
        case .map(let key, let value): return "{\(key)/…: \(value.words(of: field, language))}"
        }
    }
}
