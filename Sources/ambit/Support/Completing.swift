import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput
import Wording

/// What a shell offers while somebody types, in the language of whoever types: types, fields, values and titles.
enum Completing {
    static let type: CompletionKind = .custom { _, _, prefix in fitting(prefix, types) }
    static let kind: CompletionKind = .custom { _, _, prefix in
        fitting(prefix, Catalogue.current.kinds.flatMap { [$0.name, Vocabulary.plural($0.name, .spoken)] })
    }
    static let subject: CompletionKind = .custom { words, _, prefix in titles(of: nil, prefix, words) }
    static let ambition: CompletionKind = .custom { words, _, prefix in titles(of: "ambition", prefix, words) }
    static let member: CompletionKind = .custom { words, _, prefix in titles(of: "member", prefix, words) }
    /// The words behind a type: what the event is about, and `key=value`.
    static let fields: CompletionKind = .custom { words, index, prefix in fields(words, at: index, prefix: prefix) }

    // MARK: - Parts

    /// So many are offered at once.
    private static let maximumCount = 200

    /// Types as people name them: `project.advanced`, `project.ging-naar-een-fase`, `meting`.
    private static var types: [String] {
        Catalogue.current.types.flatMap { type in
            let kind = Vocabulary.kind(type.kind, .spoken)
            let verb = Vocabulary.type(type.name, .spoken).replacing(" ", with: "-")
            return [type.name, "\(kind).\(verb)"] + (type.isCreating ? [kind] : [])
        }
    }

    private static func fields(_ words: [String], at index: Int, prefix: String) -> [String] {
        guard let command = words.firstIndex(of: "record"), command + 1 < index,
            let type = Catalogue.current.type(named: words[command + 1]) ?? (try? NameText.type(words[command + 1])),
            let kind = Catalogue.current.kind(named: type.kind)
        else { return [] }
        let fields = kind.fields.filter { type.fields.contains($0.name) }
        // bash parts words at =, other shells do not.
        if index > 1, words.indices.contains(index), words[index - 1] == "=" {
            return values(of: words[index - 2], among: fields, of: kind.name, prefix, words)
        }
        if prefix == "=", index > 0 { return values(of: words[index - 1], among: fields, of: kind.name, "", words) }
        if let equals = prefix.firstIndex(of: "=") {
            let key = String(prefix[..<equals])
            let rest = String(prefix[prefix.index(after: equals)...])
            return values(of: key, among: fields, of: kind.name, rest, words).map { "\(key)=\($0)" }
        }
        let names = fields.flatMap { [$0.name, Vocabulary.field($0.name, of: kind.name, .spoken)] }
        let about = type.isCreating ? [] : titles(of: kind.name, prefix, words)
        return about + fitting(prefix, names.map { "\($0)=" })
    }

    private static func values(
        of key: String,
        among fields: [Catalogue.Field],
        of kind: String,
        _ prefix: String,
        _ words: [String]
    ) -> [String] {
        guard let field = NameText.field(key, among: fields, of: kind) else { return [] }
        switch field.form {
        case .oneOf(let values):
            return fitting(prefix, values.flatMap { [$0, Vocabulary.value($0, of: field.name, .spoken)] })
        case .boolean, .present:
            return fitting(prefix, [Message.yes.text(.spoken), Message.no.text(.spoken)])
        case .date:
            return fitting(prefix, [Message.today.text(.spoken), Message.yesterday.text(.spoken)])
        case .reference(let kind): return titles(of: kind, prefix, words)
        case .string, .number, .integer, .object, .map: return []
        }
    }

    /// The titles in the replica that the command works in; none where there is no replica.
    private static func titles(of kind: String?, _ prefix: String, _ words: [String]) -> [String] {
        let named = words.firstIndex(of: "-C").flatMap { words.dropFirst($0 + 1).first }
        guard let folder = try? named ?? UsualReplica.folder, let replica = try? Replica(opening: folder),
            let found = try? replica.find("", kind: kind)
        else {
            return []
        }
        // Quotes and escapes are the shell's.
        let typed = prefix.filter { !"\\\"'".contains($0) }
        return fitting(typed, found.map(\.title))
    }

    private static func fitting(_ prefix: String, _ names: [String]) -> [String] {
        let wanted = prefix.lowercased()
        return Array(Set(names.filter { $0.lowercased().hasPrefix(wanted) })).sorted().prefix(maximumCount).map(\.self)
    }
}
