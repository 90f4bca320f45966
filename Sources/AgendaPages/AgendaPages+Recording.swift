package import AgendaModel
internal import Projections
package import TypedInput
internal import Wording

extension AgendaPages {
    /// What can be recorded.
    package func recordChoices() -> String {
        render("record", RecordView(reader.visit), title: reader.visit.say(.pageRecord), section: "record")
    }

    /// A form, with what was typed and what is wrong with it.
    ///
    /// - Throws: what reading throws.
    package func form(_ form: EventForm) throws -> String {
        let view = try FormView(form)
        let title = view.hasFaults ? "\(reader.visit.say(.pageFaultTitle)): \(view.title)" : view.title
        return render("form", view, title: title, section: "record")
    }

    /// What was typed into a form, as an event.
    ///
    /// - Parameter form: is told what is wrong with it, and what it would record.
    /// - Returns: nil when something is wrong, or unlikely and not looked at yet.
    /// - Throws: what reading throws.
    package func event(of form: inout EventForm) throws -> TypedEvent? {
        guard let event = try form.read() else { return nil }
        let preview = try EventPreview(event, of: form, self)
        form.preview = preview
        return preview.doubts.isEmpty || form[EventPreview.name] == preview.mark ? event : nil
    }

    /// What a form would record, as a part of its page; empty while that is not known.
    package func preview(_ form: EventForm) -> String {
        let page: [String: Any] = form.preview.map { ["preview": $0] } ?? [:]
        return PageTemplates.shared.render(
            "preview",
            ["page": page, "w": PageMessages(language: reader.visit.language)]
        )
    }

    /// The choices for a field, as a part of its page: those of a kind whose title has a text in it.
    ///
    /// - Parameters:
    ///   - kind: nil = any.
    ///   - text: as far as it was typed.
    /// - Returns: nil for what is no kind that has pages.
    /// - Throws: what reading throws.
    package func choices(of kind: String?, having text: String) throws -> String? {
        if let kind {
            guard Catalogue.current.kind(named: kind) != nil, reader.view.shows("\(kind)/") else { return nil }
        }
        let found = try reader.candidates(meaning: TypedText.composed(text), of: kind)
        let offered = Array(found.prefix(EventForm.maximumOffered))
        return PageTemplates.shared.render("options", ["options": offered.options])
    }

    /// What was recorded, or would be, in a sentence.
    ///
    /// - Parameters:
    ///   - type: of the event.
    ///   - data: the event's.
    ///   - subject: what it is about; `<kind>/` for what has no name yet.
    /// - Returns: without a stop at its end.
    /// - Throws: what reading throws.
    package func sentence(_ type: String, _ data: JSONValue, about subject: String) throws -> String {
        let details = try data.leaves.map { path, value in
            let json: [UInt8]? = value == .null ? nil : Array(value.compact.utf8)
            let detail = try reader.detail(JSONPointer.pointer(path), json, of: subject, isErased: false)
            let unit = value == .null ? nil : try self.unit(at: path, data, of: subject)
            return "\(detail.field) \(detail.value)" + (unit.map { " \($0)" } ?? "")
        }
        let language = reader.visit.language
        let name = try self.name(subject, data).orNil.map { " “\($0)”" } ?? ""
        let what = "\(Vocabulary.kind(subject.kindPart, language))\(name) \(Vocabulary.type(type, language))"
        return details.isEmpty ? what : "\(what): \(details.joined(separator: ", "))"
    }
}

extension AgendaPages {
    /// What a subject is called; one that no log has yet, as the event calls it.
    private func name(_ subject: String, _ data: JSONValue) throws -> String {
        guard try !reader.view.exists(subject) else { return try reader.title(subject) }
        return data["title"]?.text ?? data["name"]?.text ?? subject.idPart
    }

    /// The unit of a number: of the indicator that the path, the event or its subject names.
    private func unit(at path: [String], _ data: JSONValue, of subject: String) throws -> String? {
        guard Catalogue.current.form(at: JSONPointer.pointer(path), of: subject) == .number else { return nil }
        let named = path.first { $0.kindPart == "indicator" } ?? data["indicator"]?.text
        let indicator = try named ?? reader.document(subject)?["indicator"]?.text
        return try indicator.flatMap { try reader.document($0)?["unit"]?.text }
    }
}
