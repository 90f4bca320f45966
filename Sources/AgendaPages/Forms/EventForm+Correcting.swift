package import AgendaModel
package import TypedInput
internal import Wording

extension EventForm {
    /// The data of an event after what was typed over it.
    ///
    /// Of a map the form shows the first entry: what was typed takes its place, and the others stay. Text that comes back as a
    /// browser gives it back was not touched, and stays as it was.
    ///
    /// - Parameters:
    ///   - former: the event's data, with which the form was filled.
    ///   - event: what was typed.
    /// - Returns: an object, without what is gone from the form; null where the event takes something out of a document.
    package func corrected(_ former: JSONValue, to event: TypedEvent) -> JSONValue {
        var data = former.merged(with: patch(of: former, to: event))
        for (path, value) in event.data.leaves where value == .null { data.write(.null, at: path[...]) }
        return data
    }

    /// What is to be merged into the data (RFC 7396): null stands for what is gone from the form.
    private func patch(of former: JSONValue, to event: TypedEvent) -> JSONValue {
        var patch = event.data.members ?? []
        for field in input.fields {
            let old = former[field.name]
            let index = patch.firstIndex { $0.name == field.name }
            guard case .map = field.form, let shown = old?.members?.first else {
                if let index {
                    patch[index].value = Self.whole(patch[index].value, instead: old, of: field.name)
                } else if old != nil {
                    patch.append(JSONValue.Member(field.name, .null))
                }
                continue
            }
            var entries = index.flatMap { patch[$0].value.members } ?? []
            if let kept = entries.firstIndex(where: { $0.name == shown.name }) {
                entries[kept].value = Self.whole(entries[kept].value, instead: shown.value, of: field.name)
            } else {
                entries.append(JSONValue.Member(shown.name, .null))
            }
            let isGone = index == nil && old?.members?.count == 1
            let member = JSONValue.Member(field.name, isGone ? .null : .object(entries))
            if let index { patch[index] = member } else { patch.append(member) }
        }
        return .object(patch)
    }

    /// An object whose former parts are gone where it does not have them; text that was not touched as it was.
    private static func whole(_ value: JSONValue, instead former: JSONValue?, of field: String) -> JSONValue {
        guard let parts = value.members else {
            guard let old = former?.text, let new = value.text else { return value }
            return .string(asSent(old, field) == asSent(new, field) ? old : new)
        }
        let gone = (former?.members ?? []).filter { value[$0.name] == nil }
        let kept = parts.map { part in
            JSONValue.Member(part.name, whole(part.value, instead: former?[part.name], of: part.name))
        }
        return .object(kept + gone.map { JSONValue.Member($0.name, .null) })
    }
}
