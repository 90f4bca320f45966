package import AgendaModel
internal import Wording

/// Names of the catalogue as people type them: its own, or the words that history is told in, in any language.
package enum NameText {
    /// The type that is meant: `measurement.recorded`, `meting.vastgelegd`, `meting vastgelegd`; a kind alone stands for the
    /// type that creates its subjects.
    ///
    /// - Throws: `InputError` with `unknownType`, and a suggestion where one is close.
    package static func type(_ text: String) throws -> Catalogue.EventType {
        if let type = Catalogue.current.type(named: text) { return type }
        let candidates = Catalogue.current.kinds.flatMap { kind in
            kind.types.flatMap { type in names(of: type, in: kind).map { ($0, type) } }
        }
        let found = matches(text, candidates, by: \.name)
        if found.count == 1 { return found[0] }
        throw InputError(
            .unknownType,
            .unknownType,
            with: ["text": text],
            words: ["near": nearest(to: text, candidates.map(\.0))]
        )
    }

    /// The kind that is meant: `project`, `projecten`.
    ///
    /// - Throws: `InputError` with `invalidData`, which names the kinds.
    package static func kind(_ text: String) throws -> Catalogue.Kind {
        let kinds = Catalogue.current.kinds
        if let kind = kinds.first(where: { $0.name == text }) { return kind }
        let found = matches(
            text,
            kinds.flatMap { kind in Vocabulary.names(ofKind: kind.name).map { ($0, kind) } },
            by: \.name
        )
        if found.count == 1 { return found[0] }
        throw InputError(
            .invalidData,
            .unknownKind,
            with: ["text": text],
            words: [
                "kinds": LocalizedText { language in
                    kinds.map { Vocabulary.kind($0.name, language) }.joined(separator: ", ")
                }
            ]
        )
    }

    /// The field that is meant, of those that there are; nil for none, or for several.
    package static func field(_ text: String, among fields: [Catalogue.Field], of kind: String) -> Catalogue.Field? {
        if let field = fields.first(where: { $0.name == text }) { return field }
        let found = matches(
            text,
            fields.flatMap { field in
                Language.allCases.map { (Vocabulary.field(field.name, of: kind, $0), field) }
            },
            by: \.name
        )
        return found.count == 1 ? found[0] : nil
    }

    /// The path of a subject's field: the field may be given by its name in any language.
    ///
    /// - Parameters:
    ///   - text: a name, such as `fase`, or an RFC 6901 pointer, which stays as it is.
    ///   - subject: whose.
    /// - Returns: the pointer; the text itself where no field is meant.
    package static func path(_ text: String, of subject: String) -> String {
        let kind = String(subject.prefix { $0 != "/" })
        guard !text.hasPrefix("/"), let fields = Catalogue.current.kind(named: kind)?.fields,
            let field = field(text, among: fields, of: kind)
        else { return text }
        return "/\(field.name)"
    }

    /// The value that is meant, of those that a field takes; nil for none, or for several.
    static func value(_ text: String, among values: [String], of field: String) -> String? {
        if values.contains(text) { return text }
        let found = matches(
            text,
            values.flatMap { value in Language.allCases.map { (Vocabulary.value(value, of: field, $0), value) } },
            by: \.self
        )
        return found.count == 1 ? found[0] : nil
    }

    /// `true` and `yes`, `false` and `no`, in any language.
    static func boolean(_ text: String) -> Bool? {
        let word = folded(text)
        if word == "true" || Language.allCases.contains(where: { Message.yes.text($0) == word }) { return true }
        if word == "false" || Language.allCases.contains(where: { Message.no.text($0) == word }) { return false }
        return nil
    }

    /// Whether a text is a subject's whole name, `<kind>/<id>`, and no title that happens to have a slash.
    package static func isSubject(_ text: String) -> Bool {
        guard let slash = text.firstIndex(of: "/") else { return false }
        return Catalogue.current.kind(named: String(text[..<slash])) != nil
    }

    /// A question whether the name that is closest to a text was meant; empty when none is close.
    static func nearest(to text: String, _ names: [String]) -> LocalizedText {
        let near = Spelling.nearest(to: text.lowercased(), among: names)
        return LocalizedText { language in near.map { " " + Message.didYouMean.text(language, ["name": $0]) } ?? "" }
    }

    // MARK: - Parts

    private static func names(of type: Catalogue.EventType, in kind: Catalogue.Kind) -> [String] {
        let verb = String(type.name.dropFirst(kind.name.count + 1))
        let kinds = Vocabulary.names(ofKind: kind.name)
        let verbs = [verb] + Language.allCases.map { Vocabulary.type(type.name, $0) }
        return kinds.flatMap { kind in verbs.map { "\(kind).\($0)" } } + (type.isCreating ? kinds : [])
    }

    /// What a text may stand for, each once.
    private static func matches<Value>(
        _ text: String,
        _ candidates: [(String, Value)],
        by name: (Value) -> String
    ) -> [Value] {
        var seen: Set<String> = []
        return candidates.filter { folded($0.0) == folded(text) && seen.insert(name($0.1)).inserted }.map(\.1)
    }

    /// Without regard to case, and to whether words are parted by spaces, hyphens or points.
    private static func folded(_ text: String) -> String {
        String(text.lowercased().map { "-_.".contains($0) ? " " : $0 })
    }
}
