extension Catalogue {
    /// The JSON Schema (2020-12) of the events of a type, pretty-printed, always the same bytes; nil for a type that is
    /// not in the catalogue.
    ///
    /// It describes what a device writes. What no schema can say (identities, references that exist, size) is in
    /// `Protocol/Events.md`.
    public func schema(of type: String) -> String? {
        guard let type = self.type(named: type), let kind = kind(named: type.kind) else { return nil }
        return schema(of: type, kind).written() + "\n"
    }

    /// The name and the contents of every schema file.
    public var schemas: [(file: String, contents: String)] {
        types.compactMap { type in schema(of: type.name).map { ("\(type.name).json", $0) } }
    }

    private func schema(of type: EventType, _ kind: Kind) -> SchemaNode {
        var required = ["specversion", "id", "source", "type", "subject", "time", "basis", "data"]
        if type.hasPersonalFields { required.append("salt") }
        var attributes: [(String, SchemaNode)] = [
            ("specversion", .object([("const", "1.0")])),
            ("id", .pattern("^[1-9][0-9]{0,15}$")),
            ("source", .pattern("^(device/[a-z0-9]{6,12}|server)$")),
            ("type", .object([("const", .string(type.name))])),
            ("subject", .pattern(Self.subjectPattern(of: kind))),
            ("time", .pattern(#"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"#)),
            (
                "basis",
                .object([
                    ("type", "integer"), ("minimum", 0), ("maximum", .integer(EventLimits.greatestNumber)),
                ])
            ),
            ("data", data(of: type, kind)),
        ]
        attributes.append(("salt", type.hasPersonalFields ? .pattern("^[A-Za-z0-9_-]{21}[AQgw]$") : .boolean(false)))
        attributes.append(("recordedtime", .boolean(false)))
        return .object([
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("$id", .string("urn:ambit:schema:\(type.name)")),
            ("title", .string(type.name)),
            ("description", .string(type.meaning)),
            ("type", "object"),
            ("required", .strings(required)),
            ("properties", .object(attributes)),
            ("propertyNames", .pattern("^[a-z0-9]{1,\(EventLimits.extensionNameBytes)}$")),
            ("additionalProperties", .object([("type", .strings(["string", "number", "boolean"]))])),
        ])
    }

    private func data(of type: EventType, _ kind: Kind) -> SchemaNode {
        let properties = type.fields.compactMap(kind.field(named:)).map { field in
            let narrowing = type.narrowings[field.name] ?? Narrowing()
            var removal = narrowing.removal
            let isRequired = field.isRequired || type.required.contains(field.name)
            if removal == .allowed, isRequired, !field.form.hasLeavesBelow { removal = .refused }
            var node = schema(of: field.form, removal, isRequired: field.isRequired)
            if !narrowing.values.isEmpty { node = .object([("enum", .array(narrowing.values.map(SchemaNode.raw)))]) }
            if case .map = field.form, type.required.contains(field.name) { node.append("minProperties", 1) }
            node.append("description", .string(field.meaning + (field.isPersonal ? " Personal." : "")))
            return (field.name, node)
        }
        var members: [(String, SchemaNode)] = [("type", "object")]
        if !type.required.isEmpty { members.append(("required", .strings(type.required))) }
        members.append(("properties", .object(properties)))
        members.append(("additionalProperties", .boolean(false)))
        return .object(members)
    }

    private func schema(of form: Form, _ removal: Removal, isRequired: Bool = false) -> SchemaNode {
        switch form {
        case .object(let fields):
            return .object([
                ("type", "object"),
                ("properties", .object(fields.map { ($0.name, schema(of: $0.form, removal)) })),
                ("additionalProperties", .boolean(false)),
            ])
        case .map(let key, let value):
            return .object([
                ("type", "object"),
                ("propertyNames", .pattern("^\(key)/[a-z0-9][a-z0-9._-]*$")),
                ("additionalProperties", schema(of: value, removal)),
            ])
        default: break
        }
        if removal == .only { return .object([("type", "null")]) }
        let nullable = removal == .allowed
        func typed(_ name: String, _ more: [(String, SchemaNode)] = []) -> SchemaNode {
            .object([("type", nullable ? .strings([name, "null"]) : .string(name))] + more)
        }
        switch form {
        case .string: return typed("string", isRequired ? [("minLength", 1)] : [])
        case .number: return typed("number")
        case .integer: return typed("integer")
        case .boolean: return typed("boolean")
        case .date: return typed("string", [("format", "date"), ("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")])
        case .reference(let kind):
            let kinds = kind ?? "(\(kinds.map(\.name).joined(separator: "|")))"
            return typed("string", [("pattern", .string("^\(kinds)/[a-z0-9][a-z0-9._-]*$"))])
        case .oneOf(let words):
            return .object([("enum", .array(words.map(SchemaNode.string) + (nullable ? [.raw("null")] : [])))])
        case .present, .object, .map:
            return .object([("enum", .array([.boolean(true)] + (nullable ? [.raw("null")] : [])))])
        }
    }

    private static func subjectPattern(of kind: Kind) -> String {
        switch kind.name {
        case "device": "^device/[a-z0-9]{6,12}$"
        case "entry": "^entry/(0|[1-9][0-9]{0,14})$"
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

/// Just enough JSON to write schemas, in the order in which they were put together.
private indirect enum SchemaNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case string(String)
    case integer(Int)
    case boolean(Bool)
    /// Already JSON.
    case raw(String)
    case array([SchemaNode])
    case object([(String, SchemaNode)])

    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .integer(value) }

    static func strings(_ strings: [String]) -> Self { .array(strings.map(SchemaNode.string)) }

    static func pattern(_ pattern: String) -> Self {
        .object([("type", "string"), ("pattern", .string(pattern))])
    }

    mutating func append(_ name: String, _ value: SchemaNode) {
        guard case .object(let members) = self else { return }
        self = .object(members + [(name, value)])
    }

    func written(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .string(let text):
            var bytes: [UInt8] = []
            CanonicalJSON.append(string: text.utf8, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        case .integer(let number): return String(number)
        case .boolean(let value): return String(value)
        case .raw(let json): return json
        case .array(let elements):
            return "[" + elements.map { $0.written(indent: inner) }.joined(separator: ", ") + "]"
        case .object(let members):
            if members.isEmpty { return "{}" }
            let lines = members.map { name, value in
                "\(inner)\(SchemaNode.string(name).written()): \(value.written(indent: inner))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}
