internal import AgendaModel
internal import Projections
internal import TypedInput
internal import Wording

extension AgendaReader {
    /// The subject that a person means: by its name, by its title, or by a part of the title that no other has.
    ///
    /// - Parameters:
    ///   - text: as typed; lists offer `Title (id)` where several have one title.
    ///   - kind: that it has to have; nil = any.
    /// - Returns: `<kind>/<id>`.
    /// - Throws: `InputError` that says, in the visitor's language, why there is none.
    func subject(meaning text: String, of kind: String?) throws -> String {
        if let named = try named(text, kind) { return named }
        if text.hasSuffix(")"), let open = text.lastIndex(of: "("),
            let named = try named(String(text[text.index(after: open)...].dropLast()), kind)
        {
            return named
        }
        let found = try titled(text, kind)
        if found.count == 1 { return found[0].subject }
        guard !found.isEmpty else { throw Self.noneCalled(text, of: kind) }
        let listed = found.prefix(Self.maximumListed).map { "\($0.title.prefix(80)) (\($0.subject.idPart))" }
        let more = found.count > listed.count ? ", …" : ""
        throw InputError(
            .invalidData,
            .pageSeveralCalled,
            with: ["text": text, "found": listed.joined(separator: ", ") + more]
        )
    }

    private static let maximumListed = 6

    /// That nothing is called like that; nil = nothing of any kind.
    static func noneCalled(_ text: String, of kind: String?) -> InputError {
        let words = LocalizedText { language in
            kind.map { Vocabulary.kind($0, language) } ?? Message.formKind.text(language).lowercased()
        }
        return InputError(.invalidData, .pageNoneCalled, with: ["text": text], words: ["kind": words])
    }

    private func named(_ text: String, _ kind: String?) throws -> String? {
        let whole = kind.map { text.contains("/") ? text : "\($0)/\(text)" } ?? text
        guard case .one(let found) = try view.subject(matching: whole) else { return nil }
        return kind.map { found.kindPart == $0 } ?? true ? found : nil
    }

    /// Those whose title is the text, otherwise those whose title has it.
    private func titled(_ text: String, _ kind: String?) throws -> [Candidate] {
        let found = try candidates(meaning: text, of: kind)
        return found.contains(where: \.isWhole) ? found.filter(\.isWhole) : found
    }

    /// Those whose title has a text in it; those whose title it is at the front.
    ///
    /// - Parameters:
    ///   - text: as typed, large and small letters being the same.
    ///   - kind: that they have; nil = any.
    /// - Returns: none for an empty text.
    /// - Throws: what reading throws.
    func candidates(meaning text: String, of kind: String?) throws -> [Candidate] {
        let search = TextSearch(text: text)
        guard !search.isEmpty else { return [] }
        let wanted = TextSearch.folded(text)
        var found: [Candidate] = []
        try view.forEachDocument(kind: kind, having: search, in: Naming.titleFields) { subject, values in
            guard let title = Naming.wholeTitle(in: values), search.finds(in: [title]) else { return true }
            let isWhole = TextSearch.folded(title) == wanted
            found.append(
                Candidate(subject: subject, title: title, unit: values["unit"]?.text, isWhole: isWhole)
            )
            return true
        }
        return found.filter(\.isWhole) + found.filter { !$0.isWhole }.sorted { $0.title < $1.title }
    }

    /// All of a kind, by their titles.
    func candidates(of kind: String) throws -> [Candidate] {
        try all(kind).map { subject, document in
            let title = Naming.wholeTitle(in: document) ?? subject.idPart
            return Candidate(subject: subject, title: title, unit: document["unit"]?.text, isWhole: true)
        }.sorted { $0.title < $1.title }
    }
}

/// A subject that somebody may mean.
struct Candidate {
    var subject: String
    var title: String
    /// Of an indicator.
    var unit: String?
    /// Whether its title is what was typed, and not only has it.
    var isWhole: Bool
}

extension [Candidate] {
    /// What is typed, or chosen, to mean each: its title, with its id where another has the same or not all of it is shown.
    var options: [FormView.Option] {
        let counts = Dictionary(map { ($0.title, 1) }, uniquingKeysWith: +)
        return map { candidate in
            let short = candidate.title.prefix(120)
            let isEnough = counts[candidate.title] == 1 && short.count == candidate.title.count
            let text = isEnough ? candidate.title : "\(short) (\(candidate.subject.idPart))"
            return FormView.Option(value: text, text: text, isChosen: false, unit: candidate.unit)
        }
    }
}
