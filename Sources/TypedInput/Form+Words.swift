package import AgendaModel
package import Wording

extension Catalogue.Form {
    /// What a field of this form takes, as people write it: `TEXT`, `yes|no`, `project/…`.
    package func words(_ language: Language = .english) -> String {
        let isDutch = language == .dutch
        return switch self {
        case .string: isDutch ? "TEKST" : "TEXT"
        case .number: isDutch ? "GETAL" : "NUMBER"
        case .integer: isDutch ? "GEHEEL GETAL" : "INTEGER"
        case .boolean: isDutch ? "ja|nee" : "true|false"
        case .date: isDutch ? "DD-MM-JJJJ" : "YYYY-MM-DD"
        case .reference(let kind): isDutch ? "\(kind ?? "SOORT")/…" : "\(kind ?? "KIND")/…"
        case .oneOf(let values): values.joined(separator: "|")
        case .present: isDutch ? "ja" : "true"
        case .object(let fields):
            "{\(fields.map { "\($0.name): \($0.form.words(language))" }.joined(separator: ", "))}"
        case .map(let key, let value): "{\(key)/…: \(value.words(language))}"
        }
    }
}
