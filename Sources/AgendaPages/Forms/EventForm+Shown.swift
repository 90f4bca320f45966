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
                    guard let value = member.value[part.name] else { continue }
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
        // What is taken out of a document shows nothing.
        guard value != .null else { return "" }
        if case .reference = Catalogue.current.form(at: path, of: subject) { return value.text ?? "" }
        return visit.localizer.value(Array(value.compact.utf8), at: path, of: subject, [:], isTyped: true)
    }

    /// Types that change a description show what it is, and record what differs.
    var isRevision: Bool { [".revised", ".corrected", ".moved"].contains { type.name.hasSuffix($0) } }

    /// A subject's title, with its id where the title is not enough.
    private func named(_ subject: String) throws -> FormText {
        let title = try reader.title(subject)
        let meant = try? reader.subject(meaning: title, of: subject.kindPart)
        return FormText(meant == subject ? title : "\(title) (\(subject.idPart))", naming: subject)
    }

    /// What a field shows: what was typed, or what is usual.
    func shown(_ item: Item) throws -> FormText {
        if let text = typed[item.name] {
            guard case .reference = item.form else { return FormText(text) }
            if let subject = meant(item.name) {
                return FormText(text, naming: try reader.view.exists(subject) ? subject : nil)
            }
            // A subject that a link named is shown by its title.
            guard NameText.isSubject(text), try reader.document(text) != nil else { return FormText(text) }
            return try named(text)
        }
        if let text = try standing(item) { return text }
        guard item.key != nil, let question = input.questions.first(where: { $0.key == item.key }),
            let usual = input.usual(question)
        else { return FormText("") }
        return FormText(reader.visit.localizer.date(usual))
    }

    /// What the subject's document says that a form is made of, for types that change it; nil where it says nothing.
    private func standing(_ item: Item) throws -> FormText? {
        guard isRevision, let name = sight.subject, let path = item.key,
            let value = try reader.document(name)?.part(path)
        else { return nil }
        if case .reference = item.form, let target = value.text { return try named(target) }
        if let choices = choices(of: item), case .oneOf = item.form {
            // A choice cannot show what it does not offer.
            return FormText(value.text.flatMap { choices.contains($0) ? $0 : nil } ?? "")
        }
        if item.form == .string { return FormText(value.text ?? "") }
        return FormText(
            reader.visit.localizer.value(
                Array(value.compact.utf8),
                at: "/\(path.replacing(".", with: "/"))",
                of: name,
                [:],
                isTyped: true
            )
        )
    }

    /// What goes along with a field, unseen.
    ///
    /// - Parameters:
    ///   - item: the field.
    ///   - shown: what it shows.
    /// - Returns: what the document said when the form was made, and whom the field names.
    /// - Throws: what reading throws.
    func unseen(beside item: Item, showing shown: FormText) throws -> [FormView.Unseen] {
        var unseen: [FormView.Unseen] = []
        if isRevision, item.key != nil {
            let name = Self.wasName(item.name)
            var was = typed[name]
            if was == nil {
                let isStanding = typed[item.name] == nil && shown.subject != nil
                was = isStanding ? shown.pair : try standing(item)?.pair
            }
            unseen.append(FormView.Unseen(name: name, value: was ?? ""))
        }
        if shown.subject != nil { unseen.append(FormView.Unseen(name: Self.meantName(item.name), value: shown.pair)) }
        return unseen
    }
}
