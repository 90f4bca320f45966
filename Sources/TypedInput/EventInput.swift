package import AgendaModel
internal import Wording

/// Turns `key=value` words into the data of an event.
///
/// The catalogue says what a value is, and both languages name fields: `value=12.5`, `waarde=12,5`. `key=` makes a field
/// absent. Parts of a field are named with dots: `location.name=Assen`, `targets.indicator/k3j9x2-4.quantity=5000`.
package struct EventInput {
    /// What happened.
    package let type: Catalogue.EventType
    let kind: Catalogue.Kind
    /// Whether `key=` takes a field out of data that is there, and so may name one that the type does not have.
    let takesOut: Bool
    let typist: Typist
    /// Gives the whole subject for a short one, or for words; of a kind, nil = any.
    let resolve: (String, _ kind: String?) throws -> String

    /// - Parameters:
    ///   - name: of the type of event, such as `project.started`; see `NameText.type`.
    ///   - takesOut: whether `key=` may name a field of the kind that the type does not have.
    ///   - typist: who typed it.
    ///   - resolve: gives the whole subject for a short one, or for words; of a kind, nil = any.
    /// - Throws: `InputError` with code `unknownType`.
    package init(
        typeNamed name: String,
        takesOut: Bool = false,
        by typist: Typist,
        resolve: @escaping (String, _ kind: String?) throws -> String
    ) throws {
        self.takesOut = takesOut
        self.typist = typist
        self.resolve = resolve
        let type = try NameText.type(name)
        guard let kind = Catalogue.current.kind(named: type.kind) else {
            throw InputError(.unknownType, .unknownType, with: ["text": name, "near": ""])
        }
        self.type = type
        self.kind = kind
    }

    /// The data: an object with its members in order of name.
    ///
    /// What can have one value only (`voided`, `phase=halted`) need not be given.
    ///
    /// - Parameter words: `key=value`, one for each field.
    /// - Returns: an object; its values are not validated, which recording does.
    /// - Throws: `InputError` with code `invalidData`, and what `resolve` throws.
    package func data(_ words: [String]) throws -> JSONValue {
        var root = JSONValue.object([])
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw InputError(.invalidData, .noPair, with: ["text": word])
            }
            let key = String(word[..<equals])
            let text = String(word[word.index(after: equals)...])
            let path = try path(key, isTakenOut: takesOut && text.isEmpty)
            let value = try value(text, path, field: key)
            guard !root.isTaken(path.keys[...]) else {
                throw InputError(.invalidData, .fieldTwice, with: ["field": key])
            }
            root.write(value, at: path.keys[...])
        }
        if !takesOut {
            for (field, value) in constants where root[field] == nil { root.write(value, at: [field]) }
        }
        return root.sorted
    }

    /// Where a key leads, and what stands there.
    private func path(_ key: String, isTakenOut: Bool) throws -> (keys: [String], form: Catalogue.Form) {
        let name = key.prefix { $0 != "." }
        let own = kind.fields.filter { type.fields.contains($0.name) }
        guard let field = NameText.field(String(name), among: isTakenOut ? kind.fields : own, of: kind.name) else {
            throw noField(String(name), own)
        }
        let rest = key.dropFirst(name.count + 1)
        let form = field.form
        guard !rest.isEmpty else { return ([field.name], form) }
        switch form {
        case .object(let parts):
            guard let part = NameText.field(String(rest), among: parts, of: kind.name) else { break }
            return ([field.name, part.name], part.form)
        case .map(let keyKind, let value):
            func subject(_ text: Substring) throws -> String {
                NameText.isSubject(String(text)) ? String(text) : try resolve(String(text), keyKind)
            }
            guard case .object(let parts) = value else { return ([field.name, try subject(rest)], value) }
            guard let dot = rest.lastIndex(of: "."),
                let part = NameText.field(String(rest[rest.index(after: dot)...]), among: parts, of: kind.name)
            else { return ([field.name, try subject(rest)], value) }
            return ([field.name, try subject(rest[..<dot]), part.name], part.form)
        default: break
        }
        throw InputError(.invalidData, .noPart, with: ["field": "\(name)", "type": type.name, "part": "\(rest)"])
    }

    private func noField(_ name: String, _ fields: [Catalogue.Field]) -> InputError {
        let words = fields.flatMap { field in
            [field.name] + Language.allCases.map { Vocabulary.field(field.name, of: kind.name, $0) }
        }
        return InputError(
            .invalidData,
            .noField,
            with: ["type": type.name, "field": name],
            words: [
                "fields": LocalizedText { language in
                    fields.map { typist.language == nil ? $0.name : Vocabulary.field($0.name, of: kind.name, language) }
                        .joined(separator: ", ")
                },
                "near": NameText.nearest(to: name, words),
            ]
        )
    }

    private func value(
        _ text: String,
        _ path: (keys: [String], form: Catalogue.Form),
        field: String
    ) throws -> JSONValue {
        let name = path.keys.last ?? field
        if let value = try FieldText.value(text, path.form, of: name, by: typist, resolve: resolve) { return value }
        throw InputError.wrongForm(text, path.form, of: name, called: field, by: typist)
    }
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
