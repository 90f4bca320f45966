extension Catalogue {
    /// The JSON Schema (2020-12) of the events of a type, pretty-printed, always the same bytes; nil for a type that is
    /// not in the catalogue.
    ///
    /// It describes what a device writes. What no schema can say (identities, references that exist, size) is in
    /// `Protocol/Events.md`.
    public func schema(of type: String) -> String? {
        guard let type = self.type(named: type), let kind = kind(named: type.kind) else { return nil }
        return schema(of: type, kind).indented() + "\n"
    }

    /// The name and the contents of every schema file.
    public var schemas: [(file: String, contents: String)] {
        types.compactMap { type in schema(of: type.name).map { ("\(type.name).json", $0) } }
    }

    private func schema(of type: EventType, _ kind: Kind) -> JSONValue {
        var required = ["specversion", "id", "source", "type", "subject", "time", "basis", "data"]
        if type.hasPersonalFields { required.append("salt") }
        let attributes: JSONValue = [
            "specversion": ["const": "1.0"],
            "id": .pattern("^[1-9][0-9]{0,15}$"),
            "source": .pattern("^(device/[a-z0-9]{6,12}|server)$"),
            "type": ["const": .string(type.name)],
            "subject": .pattern(Self.subjectPattern(of: kind)),
            "time": .pattern(#"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"#),
            "basis": ["type": "integer", "minimum": 0, "maximum": .number("\(EventLimits.maximumNumber)")],
            "data": data(of: type, kind),
            "salt": type.hasPersonalFields ? .pattern("^[A-Za-z0-9_-]{21}[AQgw]$") : false,
            "recordedtime": false,
        ]
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": .string("urn:ambit:schema:\(type.name)"),
            "title": .string(type.name),
            "description": .string(type.meaning),
            "type": "object",
            "required": .strings(required),
            "properties": attributes,
            "propertyNames": .pattern("^[a-z0-9]{1,\(EventLimits.extensionNameBytes)}$"),
            "additionalProperties": ["type": ["string", "number", "boolean"]],
        ]
    }

    private func data(of type: EventType, _ kind: Kind) -> JSONValue {
        let fields: [Field] = type.fields.compactMap { kind.field(named: $0) }
        let properties = fields.map { field in
            let narrowing = type.narrowings[field.name] ?? Narrowing()
            var removal = narrowing.removal
            let isRequired = field.isRequired || type.required.contains(field.name)
            if removal == .allowed, isRequired, !field.form.hasLeavesBelow { removal = .refused }
            var node = schema(of: field.form, removal, isRequired: field.isRequired)
            if !narrowing.values.isEmpty {
                node = ["enum": .array(narrowing.values.compactMap { try? JSONValue(parsing: $0) })]
            }
            if case .map = field.form, type.required.contains(field.name) { node.append("minProperties", 1) }
            node.append("description", .string(field.meaning + (field.isPersonal ? " Personal." : "")))
            return JSONValue.Member(field.name, node)
        }
        var data: JSONValue = ["type": "object"]
        if !type.required.isEmpty { data.append("required", .strings(type.required)) }
        data.append("properties", .object(properties))
        data.append("additionalProperties", false)
        return data
    }

    private func schema(of form: Form, _ removal: Removal, isRequired: Bool = false) -> JSONValue {
        switch form {
        case .object(let fields):
            return [
                "type": "object",
                "properties": .object(fields.map { JSONValue.Member($0.name, schema(of: $0.form, removal)) }),
                "additionalProperties": false,
            ]
        case .map(let key, let value):
            return [
                "type": "object",
                "propertyNames": .pattern("^\(key)/[a-z0-9][a-z0-9._-]*$"),
                "additionalProperties": schema(of: value, removal),
            ]
        default: break
        }
        if removal == .only { return ["type": "null"] }
        let nullable = removal == .allowed
        func typed(_ name: String, _ more: (name: String, value: JSONValue)...) -> JSONValue {
            var schema: JSONValue = ["type": nullable ? .strings([name, "null"]) : .string(name)]
            for member in more { schema.append(member.name, member.value) }
            return schema
        }
        switch form {
        case .string: return isRequired ? typed("string", ("minLength", 1)) : typed("string")
        case .number: return typed("number")
        case .integer: return typed("integer")
        case .boolean: return typed("boolean")
        case .date: return typed("string", ("format", "date"), ("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))
        case .reference(let kind):
            let kinds = kind ?? "(\(kinds.map(\.name).joined(separator: "|")))"
            return typed("string", ("pattern", .string("^\(kinds)/[a-z0-9][a-z0-9._-]*$")))
        case .oneOf(let words):
            return ["enum": .array(words.map(JSONValue.string) + (nullable ? [.null] : []))]
        case .present, .object, .map:
            return ["enum": .array([true] + (nullable ? [.null] : []))]
        }
    }

    private static func subjectPattern(of kind: Kind) -> String {
        switch kind.name {
        case "device": "^device/[a-z0-9]{6,12}$"
        case "entry", "loss": "^\(kind.name)/(0|[1-9][0-9]{0,14})$"
        default: "^\(kind.name)/[a-z0-9][a-z0-9._-]*$"
        }
    }
}

extension Catalogue.Form {
    /// Whether the values are inside the field's value.
    fileprivate var hasLeavesBelow: Bool {
        switch self {
        case .object, .map: true
        default: false
        }
    }
}

extension JSONValue {
    fileprivate static func strings(_ strings: [String]) -> Self { .array(strings.map(JSONValue.string)) }

    fileprivate static func pattern(_ pattern: String) -> Self { ["type": "string", "pattern": .string(pattern)] }

    fileprivate mutating func append(_ name: String, _ value: JSONValue) {
        self = .object((members ?? []) + [Member(name, value)])
    }

    /// With each member on a line of its own, and arrays on one line.
    fileprivate func indented(by indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .array(let elements):
            return "[" + elements.map { $0.indented(by: inner) }.joined(separator: ", ") + "]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { member in
                "\(inner)\(JSONValue.string(member.name).compact): \(member.value.indented(by: inner))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default: return compact
        }
    }
}
