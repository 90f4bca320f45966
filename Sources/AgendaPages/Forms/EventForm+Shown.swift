package import AgendaModel
internal import Projections
internal import TypedInput
internal import Wording

// What stands in the fields before somebody types.

extension EventForm {
    /// What is typed into a form of a type to get some data.
    ///
    /// - Parameters:
    ///   - data: of an event of the type.
    ///   - subject: what the event is about.
    ///   - type: the event's.
    ///   - visit: who types.
    /// - Returns: texts, by the names of the fields.
    package static func typed(
        for data: JSONValue,
        about subject: String,
        _ type: Catalogue.EventType,
        _ visit: PageVisit
    ) -> [String: String] {
        var typed: [String: String] = type.isCreating ? [:] : [subjectName: subject]
        let kind = Catalogue.current.kind(named: type.kind)
        for member in data.members ?? [] {
            if case .object(let parts)? = kind?.field(named: member.name)?.form {
                for part in parts {
                    guard let value = member.value[part.name], value != .null else { continue }
                    let path = "/\(member.name)/\(part.name)"
                    typed["\(member.name).\(part.name)"] = text(value, at: path, of: subject, visit)
                }
            } else if let parts = member.value.members {
                guard let first = parts.first else { continue }
                typed["\(member.name).key"] = first.name
                for part in first.value.members ?? [] {
                    let path = JSONPointer.pointer([member.name, first.name, part.name])
                    typed["\(member.name).\(part.name)"] = text(part.value, at: path, of: subject, visit)
                }
                if let text = first.value.text { typed["\(member.name).value"] = text }
            } else {
                typed[member.name] = text(member.value, at: "/\(member.name)", of: subject, visit)
            }
        }
        return typed
    }

    private static func text(_ value: JSONValue, at path: String, of subject: String, _ visit: PageVisit) -> String {
        if case .reference = Catalogue.current.form(at: path, of: subject) { return value.text ?? "" }
        return visit.localizer.value(Array(value.compact.utf8), at: path, of: subject, [:], isTyped: true)
    }

    /// Types that change a description show what it is, and record what differs.
    var isRevision: Bool { [".revised", ".corrected", ".moved"].contains { type.name.hasSuffix($0) } }

    /// A subject's title, with its id where the title is not enough.
    private func named(_ subject: String) throws -> String {
        let title = try reader.title(subject)
        let meant = try? reader.subject(meaning: title, of: subject.kindPart)
        return meant == subject ? title : "\(title) (\(subject.idPart))"
    }

    /// What a field shows: what was typed, or what is usual.
    func shown(_ item: Item) throws -> String {
        if let text = typed[item.name] {
            // A subject that a link named is shown by its title.
            guard case .reference = item.form, NameText.isSubject(text), try reader.document(text) != nil else {
                return text
            }
            return try named(text)
        }
        if isRevision, let name = typed[Self.subjectName], let path = item.key,
            let value = try reader.document(name)?.part(path)
        {
            if case .reference = item.form, let target = value.text {
                return try named(target)
            }
            if case .oneOf = item.form { return value.text ?? "" }
            if item.form == .string { return value.text ?? "" }
            return reader.visit.localizer.value(
                Array(value.compact.utf8),
                at: "/\(path.replacing(".", with: "/"))",
                of: name,
                [:],
                isTyped: true
            )
        }
        guard item.key != nil, let question = input.questions.first(where: { $0.key == item.key }),
            let usual = input.usual(question)
        else { return "" }
        return reader.visit.localizer.date(usual)
    }
}
