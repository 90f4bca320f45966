internal import AgendaModel
internal import EventLog
internal import Projections
internal import Wording

// What is known of a subject, field by field.

extension SubjectView {
    /// Texts that stand on their own, in the order in which they are read.
    static let texts = ["summary", "statement", "vision", "text", "answer"]
    /// What is shown elsewhere on the page.
    private static let shownElsewhere: Set<String> = [
        "title", "summary", "statement", "vision", "text", "answer", "status", "phase", "reason", "targets", "location",
        "voided", "retracted", "dropped", "key", "signature", "from", "through", "count",
    ]

    /// The whole title, which lists shorten.
    static func title(of subject: String, _ document: JSONValue, _ reader: AgendaReader) throws -> String {
        for name in ["title", "name"] { if let text = document[name]?.text, !text.isEmpty { return text } }
        guard subject.kindPart == "measurement" else { return try reader.title(subject) }
        let unit = try document["indicator"]?.text.flatMap { try reader.document($0)?["unit"]?.text }
        return reader.quantity(document["value"], unit: unit)
    }

    static func facts(
        of subject: String,
        _ document: JSONValue,
        conflicts: Set<String>,
        _ reader: AgendaReader
    ) throws -> [Fact] {
        let kind = Catalogue.current.kind(named: subject.kindPart)
        return try (kind?.fields ?? []).compactMap { field in
            guard !shownElsewhere.contains(field.name) || field.name == "from" && subject.kindPart == "agenda",
                let value = document[field.name], field.name != "name" || subject.kindPart == "device"
            else { return nil }
            let values = try values(value, of: field, about: subject, document: document, reader)
            guard !values.isEmpty else { return nil }
            return Fact(
                name: Vocabulary.field(field.name, of: subject.kindPart, reader.visit.language).capitalizedFirst,
                values: values,
                isConflict: conflicts.contains { $0 == "/\(field.name)" || $0.hasPrefix("/\(field.name)/") },
                proof: reader.proofs.map { _ in
                    reader.visit.href("proof/\(subject)") + "#\(ProofView.anchor(field.name))"
                }
            )
        }
    }

    static func values(
        _ value: JSONValue,
        of field: Catalogue.Field,
        about subject: String,
        document: JSONValue,
        _ reader: AgendaReader
    ) throws -> [Value] {
        switch field.form {
        case .reference:
            guard let target = value.text else { return [] }
            return [Value(text: try reader.title(target), href: reader.visit.href(target))]
        case .map(_, let form):
            return try (value.members ?? []).map { member in
                Value(
                    text: try reader.title(member.name),
                    href: reader.visit.href(member.name),
                    note: form == .present ? nil : member.value.text
                )
            }
        case .object: return []
        default:
            if field.name == "website", let text = value.text, text.hasPrefix("https://") || text.hasPrefix("http://") {
                return [Value(text: text, href: text)]
            }
            if field.name == "value", subject.kindPart == "measurement" { return [] }
            return [Value(text: reader.words(value, at: "/\(field.name)", of: subject))]
        }
    }
}
