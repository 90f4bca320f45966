package import AgendaModel
internal import Projections
package import TypedInput
internal import Wording

// What somebody saw who filled in a form. The form brings it along, and what was typed is held against that: the agenda may
// have changed meanwhile.

extension EventForm {
    /// What a link says of a form's fields: nothing that only a form brings along.
    package static func fields(ofLink query: [String: String]) -> [String: String] {
        query.filter { name, _ in name != FormSight.name && !name.hasPrefix(wasPrefix) && !name.hasPrefix(meantPrefix) }
    }

    private static let wasPrefix = "was:"
    private static let meantPrefix = "meant:"

    /// Brings what the document said of a field when the form was made.
    static func wasName(_ name: String) -> String { wasPrefix + name }

    /// Brings whom a field named when it was shown.
    static func meantName(_ name: String) -> String { meantPrefix + name }

    /// What somebody typed into a form that is of no use any more, by the names of its fields.
    package static func typed(in fields: [String: String]) -> [String] {
        let alongside = ["token", "seen", "checked", "language"]
        return fields.sorted { $0.key < $1.key }.filter { name, value in
            !value.isEmpty && !alongside.contains(name) && !name.hasPrefix(wasPrefix) && !name.hasPrefix(meantPrefix)
        }.map(\.value)
    }

    /// How many entries of the log somebody had seen who typed an event; nil for all that are there.
    ///
    /// A form shows nothing of another subject than the one that it was made of.
    package func basis(of event: TypedEvent) -> LogSize? {
        isSeen && event.subject != nil && event.subject == sight.subject ? sight.size : nil
    }

    /// Whom a field named when it was shown; nil once something else was typed there.
    func meant(_ name: String) -> String? {
        guard let shown = typed[Self.meantName(name)].map({ FormText(pair: $0) }),
            shown.text.onOneLine == (typed[name] ?? "").onOneLine
        else { return nil }
        return shown.subject
    }

    /// The subject that a field names, though it may be called something else by now.
    ///
    /// - Parameters:
    ///   - name: of the field.
    ///   - kind: that it has to have; nil = any.
    /// - Returns: `<kind>/<id>`.
    /// - Throws: `InputError` that says why there is none; what reading throws.
    func subject(in name: String, of kind: String?) throws -> String {
        guard let subject = meant(name) else {
            return try reader.subject(meaning: TypedText.composed(self[name]), of: kind)
        }
        guard try reader.view.exists(subject), kind == nil || subject.kindPart == kind else {
            throw AgendaReader.noneCalled(self[name], of: kind)
        }
        return subject
    }

    /// Whether a field says what the document said when the form was made; nil where the form did not bring that along.
    func isAsItWas(_ item: Item) -> Bool? {
        guard isRevision, let key = item.key, let was = typed[Self.wasName(item.name)] else { return nil }
        // A field that did not come back says nothing.
        guard let text = typed[item.name] else { return true }
        if case .reference(let kind) = item.form {
            let former = FormText(pair: was)
            if former.text.onOneLine == text.onOneLine { return true }
            return former.subject != nil && former.subject == (try? subject(in: item.name, of: kind))
        }
        if Self.asSent(was, item.field) == Self.asSent(text, item.field) { return true }
        // The same number, day or choice in another way.
        func value(_ text: String) -> JSONValue? {
            (try? input.data(["\(key)=\(item.entered(text))"]))?.part(key)
        }
        return value(text).map { $0 == value(was) } ?? false
    }

    /// A text as it comes back from a browser: lines end in one way, and a field of one line has none.
    static func asSent(_ text: String, _ field: String) -> String {
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").replacing("\0", with: "\u{FFFD}")
        return isLong(field) ? lines : lines.replacing("\n", with: "")
    }

    /// What an event would replace that this laptop recorded after the form was made.
    ///
    /// What others recorded meanwhile stands beside it then. What a laptop itself recorded counts as seen (`Protocol/Events.md`).
    ///
    /// - Parameter event: as it was typed.
    /// - Returns: sentences.
    /// - Throws: what reading throws.
    func replaced(by event: TypedEvent) throws -> [String] {
        guard isSeen, let subject = event.subject, subject == sight.subject, let own = reader.visit.desk?.own else {
            return []
        }
        let registers = try reader.view.registers(of: subject)
        return try event.data.leaves.compactMap { names, value -> String? in
            let path = JSONPointer.pointer(names)
            let heads = registers.first { $0.path == path }?.heads ?? []
            guard let later = heads.first(where: { sight.isBefore($0, of: own) }) else { return nil }
            let written = try later.value.map { try JSONValue(folded: $0) } ?? .null
            guard written != value else { return nil }
            let detail = try reader.detail(path, later.value, of: subject, isErased: later.isErased)
            return reader.visit.say(
                .pageChangedHere,
                ["field": detail.field.capitalizedFirst, "value": detail.value]
            )
        }
    }
}

extension String {
    /// As a field of one line holds it, without spaces at its ends.
    fileprivate var onOneLine: String { EventForm.asSent(self, "").trimmingSpaces }
}
