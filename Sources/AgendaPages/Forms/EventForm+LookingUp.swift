internal import AgendaModel
internal import TypedInput
internal import Wording

// Fields that name a subject, where all there are would be too many for a list: somebody types a part of a title, looks, and chooses.

extension EventForm {
    /// Whether a form was sent to look for a subject, or to choose one, and not to be recorded.
    package static func looksUp(_ typed: [String: String]) -> Bool {
        typed[findName] != nil || typed[chooseName] != nil
    }

    /// The button beside a field: its value is the field's name.
    static let findName = "find"
    /// The button of a subject that was found: its value is the field's name, a space, and the subject.
    static let chooseName = "choose"
    /// More are not offered: somebody types more of the title.
    static let maximumOffered = 20

    /// Does what such a button says.
    mutating func lookUp() throws {
        if let parts = typed.removeValue(forKey: Self.chooseName)?.split(separator: " "), parts.count == 2 {
            put(String(parts[1]), in: String(parts[0]))
        }
        guard let name = typed.removeValue(forKey: Self.findName), let item = items.first(where: { $0.name == name }),
            case .reference(let kind) = item.form
        else { return }
        do {
            put(try subject(in: name, of: kind), in: name)
        } catch let error as InputError {
            faults[name] = self[name].isEmpty ? reader.visit.say(.neededHere) : error.message[reader.visit.language]
        }
        try offer(for: item)
    }

    /// Names a subject in a field, unless it is named there already.
    private mutating func put(_ subject: String, in name: String) {
        guard meant(name) != subject else { return }
        typed[name] = subject
        typed[Self.meantName(name)] = nil
    }

    /// Finds what may be meant where something is wrong with a field that names a subject.
    mutating func offer(for item: Item) throws {
        guard case .reference(let kind) = item.form, faults[item.name] != nil else { return }
        let found = try reader.candidates(meaning: TypedText.composed(self[item.name]), of: kind)
        guard found.count > 1 else { return }
        candidates[item.name] = found
        faults[item.name] = reader.visit.say(
            found.count > Self.maximumOffered ? .pageManyFit : .pageSomeFit,
            ["text": self[item.name], "count": reader.visit.number(found.count)]
        )
    }
}
