package import AgendaModel
internal import Wording

/// Turns `key=value` words into the data of an event.
///
/// The catalogue says what a value is. `key=` makes a field absent. Parts of a field are named with dots:
/// `location.name=Assen`, `targets.indicator/k3j9x2-4.quantity=5000`.
package struct EventInput {
    let type: Catalogue.EventType
    let kind: Catalogue.Kind
    /// Whether `key=` takes a field out of data that is there, and so may name one that the type does not have.
    let takesOut: Bool
    let manner: TypingManner
    let resolve: FieldText.Resolve

    /// The name of the type, as events have it.
    package var typeName: String { type.name }
    /// The kind of its subjects.
    package var kindName: String { type.kind }
    package var createsSubject: Bool { type.isCreating }

    /// - Parameters:
    ///   - name: of the type of event, such as `project.started` or `meting`: a kind alone stands for the type that makes
    ///     one.
    ///   - takesOut: whether `key=` may name a field of the kind that the type does not have.
    ///   - manner: who types.
    ///   - resolve: gives the whole subject for a short one.
    /// - Throws: `InputError` with code `unknownType`.
    package init(
        typeNamed name: String,
        takesOut: Bool = false,
        _ manner: TypingManner,
        resolve: @escaping FieldText.Resolve
    ) throws {
        self.takesOut = takesOut
        self.manner = manner
        self.resolve = resolve
        guard let type = Self.types.value(for: name), let kind = Catalogue.current.kind(named: type.kind) else {
            let question = Self.types.question(about: name)
            throw InputError(
                .unknownType,
                "There is no type \"\(name)\".\(question.english)",
                "Er is geen soort gebeurtenis \"\(name)\".\(question.dutch)"
            )
        }
        self.type = type
        self.kind = kind
    }

    /// The data: an object with its members in order of name.
    ///
    /// - Parameter words: `key=value`, one for each field.
    /// - Returns: an object; its values are not validated, which recording does.
    /// - Throws: `InputError` with code `invalidData`, and what `resolve` throws.
    package func data(_ words: [String]) throws -> JSONValue {
        var root = JSONValue.object([])
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw InputError(
                    .invalidData,
                    "\"\(word)\" is not of the form key=value.",
                    "\"\(word)\" heeft niet de vorm veld=waarde."
                )
            }
            let key = String(word[..<equals])
            let text = String(word[word.index(after: equals)...])
            let path = try path(key, isTakenOut: takesOut && text.isEmpty)
            let value = try value(text, path.form, of: path.keys.last ?? "", typedAs: key)
            guard !root.isTaken(path.keys[...]) else {
                throw InputError(
                    .invalidData,
                    "The field \"\(key)\" is given twice.",
                    "Het veld \"\(key)\" is twee keer gegeven."
                )
            }
            root.write(value, at: path.keys[...])
        }
        return root.sorted
    }

    /// Where a key leads, and what stands there.
    private func path(_ key: String, isTakenOut: Bool) throws -> (keys: [String], form: Catalogue.Form) {
        let name = key.prefix { $0 != "." }
        let fields = kind.fields.filter { isTakenOut || type.fields.contains($0.name) }
        let match = Self.match(fields, of: kind.name)
        guard let field = match.value(for: String(name)) else {
            let question = match.question(about: String(name))
            func list(_ language: Language) -> String {
                type.fields.map { Vocabulary.field($0, of: kind.name, language) }.joined(separator: ", ")
            }
            throw InputError(
                .invalidData,
                "\(type.name) has no field \"\(name)\".\(question.english) It takes: \(type.fields.joined(separator: ", ")).",
                "\(type.name) heeft geen veld \"\(name)\".\(question.dutch) Dit kan: \(list(.dutch))."
            )
        }
        let rest = key.dropFirst(name.count + 1)
        let form = field.form
        guard !rest.isEmpty else { return ([field.name], form) }
        switch form {
        case .object(let parts):
            guard let part = Self.match(parts, of: kind.name).value(for: String(rest)) else { break }
            return ([field.name, part.name], part.form)
        case .map(let key, let value):
            guard case .object(let parts) = value else { return ([field.name, try member(rest, key)], value) }
            guard let dot = rest.lastIndex(of: "."),
                let part = Self.match(parts, of: kind.name).value(for: String(rest[rest.index(after: dot)...]))
            else { return ([field.name, try member(rest, key)], value) }
            return ([field.name, try member(rest[..<dot], key), part.name], part.form)
        default: break
        }
        throw InputError(
            .invalidData,
            "The field \"\(name)\" of \(type.name) has no part \"\(rest)\".",
            "Het veld \"\(name)\" van \(type.name) heeft geen deel \"\(rest)\"."
        )
    }

    /// A key of a map: the whole subject.
    private func member(_ text: Substring, _ kind: String) throws -> String {
        text.contains("/") ? String(text) : try resolve(String(text), kind)
    }

    private func value(
        _ text: String,
        _ form: Catalogue.Form,
        of field: String,
        typedAs key: String
    ) throws -> JSONValue {
        if let value = try FieldText.value(text, form, of: field, manner, resolve: resolve) { return value }
        throw InputError(
            .invalidData,
            "The field \"\(key)\" of \(type.name) takes \(form.words()), not \"\(text)\".",
            "In het veld \"\(key)\" van \(type.name) hoort \(form.words(.dutch)), niet \"\(text)\"."
        )
    }

    // MARK: - Words

    private static func match(_ fields: [Catalogue.Field], of kind: String) -> WordMatch<Catalogue.Field> {
        WordMatch(
            fields.map { field in
                (field, [field.name] + Language.allCases.map { Vocabulary.field(field.name, of: kind, $0) })
            }
        )
    }

    /// All types: by their names, by the words that history has for them, and, those that make a subject, by its kind.
    private static let types = WordMatch(
        Catalogue.current.types.map { type in
            let verb = type.name.dropFirst(type.kind.count + 1)
            let kinds = Language.allCases.map { Vocabulary.kind(type.kind, $0) }
            let spoken = Language.allCases.map { language in
                "\(Vocabulary.kind(type.kind, language)).\(Vocabulary.type(type.name, language))"
            }
            return (type, [type.name] + spoken + kinds.map { "\($0).\(verb)" } + (type.isCreating ? kinds : []))
        }
    )
}

extension JSONValue {
    /// Whether there is a value at the path, or one that is no object on the way there.
    fileprivate func isTaken(_ path: ArraySlice<String>) -> Bool {
        guard let name = path.first else { return true }
        guard members != nil else { return true }
        return self[name]?.isTaken(path.dropFirst()) ?? false
    }

    /// With the members of all objects in order of name.
    fileprivate var sorted: JSONValue {
        guard let members else { return self }
        return .object(members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
    }
}
