package import AgendaModel

/// Turns `key=value` words into the data of an event.
///
/// The catalogue says what a value is. `key=` makes a field absent. Parts of a field are named with dots:
/// `location.name=Assen`, `targets.indicator/k3j9x2-4.quantity=5000`.
package struct EventInput {
    let type: Catalogue.EventType
    let kind: Catalogue.Kind
    /// Whether `key=` takes a field out of data that is there, and so may name one that the type does not have.
    let takesOut: Bool
    /// Gives the whole subject for a short one.
    let resolve: (String) throws -> String

    /// - Parameters:
    ///   - name: of the type of event, such as `project.started`.
    ///   - takesOut: whether `key=` may name a field of the kind that the type does not have.
    ///   - resolve: gives the whole subject for a short one.
    /// - Throws: `InputError` with code `unknownType`.
    package init(
        typeNamed name: String,
        takesOut: Bool = false,
        resolve: @escaping (String) throws -> String
    ) throws {
        self.takesOut = takesOut
        self.resolve = resolve
        guard let type = Catalogue.current.type(named: name), let kind = Catalogue.current.kind(named: type.kind) else {
            throw InputError(.unknownType, "There is no type \"\(name)\".")
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
                throw InputError(.invalidData, "\"\(word)\" is not of the form key=value.")
            }
            let key = String(word[..<equals])
            let text = String(word[word.index(after: equals)...])
            let path = try path(key, isTakenOut: takesOut && text.isEmpty)
            let value = try value(text, path.form, field: key)
            guard !root.isTaken(path.keys[...]) else {
                throw InputError(.invalidData, "The field \"\(key)\" is given twice.")
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
            throw InputError(
                .invalidData,
                "\(type.name) has no field \"\(name)\". It takes: \(type.fields.joined(separator: ", "))."
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
        throw InputError(.invalidData, "The field \"\(name)\" of \(type.name) has no part \"\(rest)\".")
    }

    private func value(_ text: String, _ form: Catalogue.Form, field: String) throws -> JSONValue {
        if let value = try FieldText.value(text, form, resolve: resolve) { return value }
        throw InputError(
            .invalidData,
            "The field \"\(field)\" of \(type.name) takes \(form.words), not \"\(text)\"."
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
