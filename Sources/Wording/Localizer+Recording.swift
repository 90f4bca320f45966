package import AgendaModel
package import Projections

extension Localizer {
    /// What was recorded, in a sentence: `meting 25 woningen vastgelegd: waarde 25, op 12-11-2026`.
    ///
    /// - Parameters:
    ///   - type: of the event.
    ///   - data: the event's.
    ///   - subject: what it is about, with what was recorded; has the titles of what the data refers to.
    /// - Returns: without a stop at its end.
    package func sentence(_ type: String, _ data: JSONValue, as subject: ShownSubject) -> String {
        sentence(type, data, about: subject.subject, titles: subject.titles)
    }

    /// As `sentence(_:_:as:)`, with what subjects are called as far as it is known.
    package func sentence(
        _ type: String,
        _ data: JSONValue,
        about name: String,
        titles: [String: String]
    ) -> String {
        let fields = data.leaves.map { path, value in
            let pointer = JSONPointer.pointer(path)
            let json: [UInt8]? = value == .null ? nil : Array(value.compact.utf8)
            return field(pointer, of: name, titles) + " " + self.value(json, at: pointer, of: name, titles)
        }
        let about = self.subject(name, titles)
        let what = Vocabulary.type(type, language)
        return "\(about) \(what)" + (fields.isEmpty ? "" : ": \(fields.joined(separator: ", "))")
    }
}

extension JSONValue {
    /// The values that are no objects, with the names on the way to them.
    package var leaves: [(path: [String], value: JSONValue)] {
        guard let members else { return [([], self)] }
        return members.flatMap { member in member.value.leaves.map { ([member.name] + $0.path, $0.value) } }
    }
}
