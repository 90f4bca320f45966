import AgendaModel
import Projections
import Wording

/// Lists subjects for people: what each is, how much, how far it has come, and what there is to know of it.
struct SubjectList {
    /// Gives a subject's document; nil for one that does not exist.
    let document: (String) throws -> JSONValue?
    let naming: Naming
    /// The subjects of which a field is in conflict.
    let conflicts: Set<String>
    /// `YYYY-MM-DD`, where the person is.
    let today: String
    let localizer: Localizer
    /// What was looked up: thousands of lines are about the same few subjects.
    private let known = Known()

    private final class Known {
        var titles: [String: String?] = [:]
        var units: [String: String?] = [:]
    }

    /// A line for a table: what, how much or how far, when, what is to be known, the subject.
    ///
    /// - Parameters:
    ///   - subject: its whole name.
    ///   - document: its own.
    ///   - owner: a subject that all lines belong to, and that needs no naming; nil = none.
    /// - Returns: as many cells for each.
    /// - Throws: what reading throws.
    func line(_ subject: String, _ document: JSONValue, of owner: String? = nil) throws -> [String] {
        let kind = String(subject.prefix { $0 != "/" })
        let belongs = try ["project", "ambition", "about"].lazy.compactMap { document[$0]?.text }
            .first { $0 != owner }.flatMap { try title(of: $0) }
        let name = try Naming.title(in: document) ?? document["indicator"]?.text.flatMap { try title(of: $0) }
        let what = [name, belongs].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
        return [subject, what, try quantity(document, kind), day(document), marks(subject, document, kind: kind)]
    }

    private func quantity(_ document: JSONValue, _ kind: String) throws -> String {
        if kind == "measurement", case .number(let digits)? = document["value"] {
            let known = try document["indicator"]?.text.flatMap { try unit(of: $0) }
            return localizer.number(digits) + (known.map { " \($0)" } ?? "")
        }
        for name in ["status", "phase", "role", "unit"] {
            guard let text = document[name]?.text else { continue }
            return localizer.value(JSONString.quoted(text), at: "/\(name)", of: "\(kind)/", [:])
        }
        return ""
    }

    private func title(of subject: String) throws -> String? {
        if let title = known.titles[subject] { return title }
        let title = try naming.title(of: subject)
        known.titles[subject] = .some(title)
        return title
    }

    private func unit(of indicator: String) throws -> String? {
        if let unit = known.units[indicator] { return unit }
        let unit = try document(indicator)?["unit"]?.text
        known.units[indicator] = .some(unit)
        return unit
    }

    private func day(_ document: JSONValue) -> String {
        for (name, isWord) in [("on", false), ("reached", true), ("due", true), ("horizon", true)] {
            guard let day = document[name]?.text else { continue }
            let text = localizer.date(day)
            let kind = name == "horizon" ? "ambition" : "milestone"
            return isWord ? "\(Vocabulary.field(name, of: kind, localizer.language)) \(text)" : text
        }
        return ""
    }

    private func marks(_ subject: String, _ document: JSONValue, kind: String) -> String {
        var marks = ["voided", "retracted", "dropped", "revoked"].filter { document[$0] == true }
            .map { Vocabulary.field($0, of: kind, localizer.language) }
        if document["active"] == false { marks.append(localizer.message(.memberLeft)) }
        if kind == "milestone", document["reached"] == nil, marks.isEmpty, let due = document["due"]?.text, due < today
        {
            marks.append(localizer.message(.pageLate))
        }
        if conflicts.contains(subject) { marks.append(localizer.message(.inConflict)) }
        return marks.joined(separator: ", ")
    }
}
