package import AgendaModel

extension Catalogue.Form {
    /// What a field of this form takes, as people write it: `TEXT`, `true|false`, `project/…`.
    package var words: String {
        switch self {
        case .string: "TEXT"
        case .number: "NUMBER"
        case .integer: "INTEGER"
        case .boolean: "true|false"
        case .date: "YYYY-MM-DD"
        case .reference(let kind): "\(kind ?? "KIND")/…"
        case .oneOf(let values): values.joined(separator: "|")
        case .present: "true"
        case .object(let fields): "{\(fields.map { "\($0.name): \($0.form.words)" }.joined(separator: ", "))}"
        case .map(let key, let value): "{\(key)/…: \(value.words)}"
        }
    }
}
