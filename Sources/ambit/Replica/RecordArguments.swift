import AgendaModel

/// Turns `key=value` words into the data of an event.
///
/// The catalogue says what a value is. `key=` makes a field absent. Parts of a field are named with dots:
/// `location.name=Assen`, `targets.indicator/k3j9x2-4.quantity=5000`.
struct RecordArguments {
    let type: Catalogue.EventType
    let kind: Catalogue.Kind
    /// Whether `key=` takes a field out of data that is there, and so may name one that the type does not have.
    let takesOut: Bool
    /// Gives the whole subject for a short one.
    let resolve: (String) throws -> String

    init(typeNamed name: String, takesOut: Bool = false, resolve: @escaping (String) throws -> String) throws {
        self.takesOut = takesOut
        self.resolve = resolve
        guard let type = Catalogue.current.type(named: name), let kind = Catalogue.current.kind(named: type.kind) else {
            throw Failure("There is no type \"\(name)\". Run ambit types for all of them.", code: "unknown-type")
        }
        self.type = type
        self.kind = kind
    }

    /// The data: an object with its members in order of name.
    func data(_ words: [String]) throws -> JSONValue {
        var root = JSONValue.object([])
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw Failure("\"\(word)\" is not of the form key=value.", code: "invalid-data")
            }
            let key = String(word[..<equals])
            let text = String(word[word.index(after: equals)...])
            let path = try path(key, isTakenOut: takesOut && text.isEmpty)
            let value = try value(text, path.form, field: key)
            guard !root.isTaken(path.keys[...]) else {
                throw Failure("The field \"\(key)\" is given twice.", code: "invalid-data")
            }
            root.write(value, at: path.keys[...])
        }
        return root.sorted
    }

    /// Where a key leads, and what stands there.
    private func path(_ key: String, isTakenOut: Bool) throws -> (keys: [String], form: Catalogue.Form) {
        let name = key.prefix { $0 != "." }
        guard let field = kind.fields.first(where: { $0.name == name }),
            isTakenOut || type.fields.contains(field.name)
        else {
            throw Failure(
                "\(type.name) has no field \"\(name)\". It takes: \(type.fields.joined(separator: ", ")).",
                code: "invalid-data"
            )
        }
        let rest = key.dropFirst(name.count + 1)
        let form = field.form
        guard !rest.isEmpty else { return ([field.name], form) }
        switch form {
        case .object(let parts):
            guard let part = parts.first(where: { $0.name == rest }) else { break }
            return ([field.name, part.name], part.form)
        case .map(_, let value):
            guard case .object(let parts) = value else { return ([field.name, String(rest)], value) }
            guard let dot = rest.lastIndex(of: "."),
                let part = parts.first(where: { $0.name == rest[rest.index(after: dot)...] })
            else { return ([field.name, String(rest)], value) }
            return ([field.name, String(rest[..<dot]), part.name], part.form)
        default: break
        }
        throw Failure("The field \"\(name)\" of \(type.name) has no part \"\(rest)\".", code: "invalid-data")
    }

    private func value(_ text: String, _ form: Catalogue.Form, field: String) throws -> JSONValue {
        if let value = try FieldText.value(text, form, resolve: resolve) { return value }
        throw Failure(
            "The field \"\(field)\" of \(type.name) takes \(Types.words(form)), not \"\(text)\".",
            code: "invalid-data"
        )
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
