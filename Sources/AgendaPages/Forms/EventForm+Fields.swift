internal import AgendaModel
internal import TypedInput
internal import Wording

// The fields of a form, from the catalogue.

extension EventForm {
    /// A field of the form.
    struct Item {
        var name: String
        var label: String
        var form: Catalogue.Form
        var field: String
        var isRequired: Bool
        /// Before `=` in the words that are read; nil for the subject.
        var key: String?
    }

    /// Values of these fields are text of several lines.
    private static let long: Set<String> = ["text", "summary", "statement", "vision", "answer", "reason"]

    /// Whether a text with this name has several lines.
    static func isLong(_ field: String) -> Bool { long.contains(field) }

    /// What a field offers that takes nothing else; nil where anything can be typed.
    func choices(of item: Item) -> [String]? {
        guard case .oneOf(let all) = item.form else { return item.form == .boolean ? ["true", "false"] : nil }
        let allowed = type.narrowings[item.field]?.values.compactMap { try? JSONValue(parsing: $0).text } ?? []
        return allowed.isEmpty ? all : allowed
    }

    /// All fields, in the order of the kind.
    var items: [Item] {
        let language = reader.visit.language
        var items: [Item] = []
        if !type.isCreating {
            items.append(
                Item(
                    name: Self.subjectName,
                    label: Vocabulary.kind(type.kind, language).capitalizedFirst,
                    form: .reference(kind: type.kind),
                    field: type.kind,
                    isRequired: true
                )
            )
        }
        for field in input.fields {
            let label = Vocabulary.field(field.name, of: type.kind, language).capitalizedFirst
            switch field.form {
            case .object(let parts):
                items += parts.map { part in
                    var item = partItem(part, of: field, label: label)
                    item.key = item.name
                    return item
                }
            case .map(let kind, let value): items += mapItems(field, of: kind, value, label: label)
            default:
                items.append(
                    Item(
                        name: field.name,
                        label: label,
                        form: field.form,
                        field: field.name,
                        isRequired: input.isRequired(field),
                        key: field.name
                    )
                )
            }
        }
        return items
    }

    /// One entry of a map: which subject, and its parts.
    private func mapItems(
        _ field: Catalogue.Field,
        of kind: String,
        _ value: Catalogue.Form,
        label: String
    ) -> [Item] {
        // Where the form is about the map, nobody has to be told so at each field.
        let isRequired = input.isRequired(field)
        let name = Vocabulary.kind(kind, reader.visit.language)
        let key = Item(
            name: "\(field.name).key",
            label: isRequired ? name.capitalizedFirst : "\(label): \(name)",
            form: .reference(kind: kind),
            field: kind,
            isRequired: isRequired
        )
        if isRemoval(field) || value == .present { return [key] }
        guard case .object(let parts) = value else {
            return [
                key, Item(name: "\(field.name).value", label: label, form: value, field: field.name, isRequired: false),
            ]
        }
        return [key] + parts.map { partItem($0, of: field, label: isRequired ? nil : label) }
    }

    private func partItem(_ part: Catalogue.Field, of field: Catalogue.Field, label: String?) -> Item {
        let name = Vocabulary.field(part.name, of: type.kind, reader.visit.language)
        return Item(
            name: "\(field.name).\(part.name)",
            label: label.map { "\($0): \(name)" } ?? name.capitalizedFirst,
            form: part.form,
            field: part.name,
            isRequired: false
        )
    }

    func isRemoval(_ field: Catalogue.Field) -> Bool { type.narrowings[field.name]?.removal == .only }
}

extension EventForm.Item {
    /// What was typed, as its value is read: text as it is, and everything else without spaces at its ends.
    ///
    /// Spaces alone are nothing.
    func entered(_ text: String) -> String {
        let bare = text.trimmingSpaces
        return form == .string && !bare.isEmpty ? text : bare
    }
}

extension JSONValue {
    /// The value of a field, or of a part of one: `location.name`.
    func part(_ key: String) -> JSONValue? {
        key.split(separator: ".").reduce(Optional(self)) { value, name in value?[String(name)] }
    }
}
