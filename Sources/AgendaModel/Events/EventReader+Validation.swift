extension EventReader {
    /// Checks the event read last against the catalogue: type, fields, required, forms, salt, identity of a creating
    /// event, patch of a given kind.
    ///
    /// Fills `references`.
    ///
    /// - Throws: `unknown-type`, `invalid-data`, `wrong-identity`, or `not-allowed` for a device that writes about
    ///   another device what only that device may say.
    public mutating func validate(
        _ attributes: EventAttributes,
        in line: UnsafeBufferPointer<UInt8>,
        against catalogue: Catalogue = .current
    ) throws(EventProblem) -> Catalogue.EventType {
        if !references.isEmpty { references.removeAll(keepingCapacity: true) }
        guard attributes.tombstone == nil else {
            throw EventProblem(.malformedEvent, "what is left of an erased entry is no event")
        }
        guard let entry = catalogue.index.entry(named: UnsafeBufferPointer(rebasing: line[attributes.type])) else {
            let type = String(decoding: line[attributes.type], as: UTF8.self)
            throw EventProblem(.unknownType, "type: \(type) is not in the catalogue; `ambit types` lists it")
        }
        try checkIdentity(attributes, in: line, of: entry)
        try checkSalt(attributes, of: entry)
        var found: UInt64 = 0
        for index in leaves.indices {
            found |= try validateLeaf(leaves[index], in: line, of: entry, catalogue.index)
        }
        for path in emptyObjects { try validateEmptyObject(at: Array(scratch[path]), of: entry, catalogue.index) }
        guard found & entry.required == entry.required else {
            let missing = entry.fields.indices.filter { entry.required & ~found & (1 << UInt64($0)) != 0 }
            let names = missing.map { entry.fields[$0].field.name }.joined(separator: ", ")
            throw EventProblem(.invalidData, "data: \(entry.type.name) must have \(names)")
        }
        return entry.type
    }

    // MARK: - Attributes

    private func checkIdentity(
        _ attributes: EventAttributes,
        in line: UnsafeBufferPointer<UInt8>,
        of entry: CatalogueIndex.Entry
    ) throws(EventProblem) {
        let subject = UnsafeBufferPointer(rebasing: line[attributes.subject])
        let source = UnsafeBufferPointer(rebasing: line[attributes.source])
        let type = entry.type
        guard subject.starts(with: entry.subjectPrefix) else {
            throw EventProblem(
                .invalidData,
                "subject: \(type.name) is about a \(type.kind), so it must be \(type.kind)/…"
            )
        }
        if entry.kindHasGivenNames {
            try checkGivenName(subject, kind: type.kind)
        } else if type.isCreating {
            // `device/k3j9x2` with counter 4 creates `<kind>/k3j9x2-4`.
            let author = source.count > 7 ? String(decoding: source[7...], as: UTF8.self) : "server"
            let own = "\(type.kind)/\(author)-\(attributes.counter)"
            guard subject.elementsEqual(own.utf8) else {
                throw EventProblem(.wrongIdentity, "subject: \(type.name) creates its subject, so it must be \(own)")
            }
        }
        if type.writers.subjectItself, !subject.elementsEqual(source) {
            throw EventProblem(.notAllowed, "\(type.name) may be recorded only by the device that it is about")
        }
    }

    private func checkGivenName(_ subject: UnsafeBufferPointer<UInt8>, kind: String) throws(EventProblem) {
        switch kind {
        case "device":
            guard SubjectGrammar.isDevice(subject.baseAddress!, count: subject.count) else {
                throw EventProblem(.invalidData, "subject: a device is device/ with 6 to 12 of a-z and 0-9")
            }
        case "entry": try checkNumber(of: subject, after: "entry/", "an entry is entry/ with its position")
        case "loss": try checkNumber(of: subject, after: "loss/", "a loss is loss/ with the size of the log")
        default: break
        }
    }

    private func checkNumber(
        of subject: UnsafeBufferPointer<UInt8>,
        after prefix: StaticString,
        _ meaning: String
    ) throws(EventProblem) {
        let number = subject.dropFirst(prefix.utf8CodeUnitCount)
        guard number.count <= 15, number.allSatisfy({ $0 &- 0x30 < 10 }),
            number.count == 1 || number.first != UInt8(ascii: "0")
        else { throw EventProblem(.invalidData, "subject: \(meaning), in decimal") }
    }

    private func checkSalt(_ attributes: EventAttributes, of entry: CatalogueIndex.Entry) throws(EventProblem) {
        let type = entry.type
        guard attributes.hasSalt != type.hasPersonalFields else { return }
        throw EventProblem(
            .invalidData,
            attributes.hasSalt
                ? "salt: \(type.name) has no personal fields, so it must not have a salt"
                : "salt: \(type.name) has personal fields, so it must have a salt of 16 random bytes in base64url"
        )
    }

    // MARK: - Data

    /// The bit of the leaf's field.
    private mutating func validateLeaf(
        _ leaf: EventLeaf,
        in line: UnsafeBufferPointer<UInt8>,
        of entry: CatalogueIndex.Entry,
        _ index: CatalogueIndex
    ) throws(EventProblem) -> UInt64 {
        let range = Int(leaf.pathStart)..<Int(leaf.pathEnd)
        let field: Int
        if leaf.pathIsInScratch {
            // A copy, because checking the rest of the path needs the whole reader.
            let path = Array(scratch[range])
            field = try path.withUnsafeBufferPointer { path throws(EventProblem) in
                try Self.field(startingAt: path, of: entry)
            }
            let rest = path.dropFirst(entry.fields[field].name.count)
            try validate(leaf, at: rest, in: line, as: entry.fields[field], of: entry, index)
        } else {
            field = try Self.field(startingAt: UnsafeBufferPointer(rebasing: line[range]), of: entry)
            try validate(leaf, at: [], in: line, as: entry.fields[field], of: entry, index)
        }
        return 1 << UInt64(field)
    }

    /// Checks that an object may stand where an empty one stands; it has no leaf, so nothing else looks there.
    private mutating func validateEmptyObject(
        at path: [UInt8],
        of entry: CatalogueIndex.Entry,
        _ index: CatalogueIndex
    ) throws(EventProblem) {
        let number = try path.withUnsafeBufferPointer { path throws(EventProblem) in
            try Self.field(startingAt: path, of: entry)
        }
        let field = entry.fields[number].field
        var form = field.form
        var name = field.name
        var rest = path.dropFirst(entry.fields[number].name.count)
        while !rest.isEmpty {
            let inside = rest.dropFirst()
            let piece = inside.prefix { $0 != UInt8(ascii: "/") }
            switch form {
            case .object(let fields):
                guard let member = fields.first(where: { piece.elementsEqual($0.name.utf8) }) else {
                    throw invalid(name, at: rest, "must be \(form)")
                }
                form = member.form
                name += "/\(member.name)"
            case .map(let kind, let value):
                try addReference(JSONPointer.unescaped(piece), to: kind, named: name, index)
                form = value
                name += "/…"
            default: throw invalid(name, at: rest, "must be \(form), found an object")
            }
            rest = inside.dropFirst(piece.count)
        }
        switch form {
        case .object, .map: return
        default: throw invalid(name, at: rest, "must be \(form), found an object")
        }
    }

    /// The index of the field whose name is the first piece of the path.
    private static func field(
        startingAt path: UnsafeBufferPointer<UInt8>,
        of entry: CatalogueIndex.Entry
    ) throws(EventProblem) -> Int {
        for index in entry.fields.indices {
            let name = entry.fields[index].name
            if path.count >= name.count, path.starts(with: name),
                path.count == name.count || path[name.count] == UInt8(ascii: "/")
            {
                return index
            }
        }
        let allowed = entry.type.fields.joined(separator: ", ")
        let found = excerpt(path.prefix { $0 != UInt8(ascii: "/") })
        throw EventProblem(.invalidData, "data: \(entry.type.name) has no field \(found); it may have \(allowed)")
    }

    private mutating func validate(
        _ leaf: EventLeaf,
        at rest: ArraySlice<UInt8>,
        in line: UnsafeBufferPointer<UInt8>,
        as field: CatalogueIndex.FieldEntry,
        of entry: CatalogueIndex.Entry,
        _ index: CatalogueIndex
    ) throws(EventProblem) {
        if leaf.kind == .null, field.removal != .only {
            // Below a required map or object single values may go; the field as a whole may not.
            let mustStay = rest.isEmpty && (field.field.isRequired || entry.required(field))
            if mustStay || field.removal == .refused {
                throw invalid(field.field.name, at: rest, "null would remove it; \(entry.type.name) must give a value")
            }
        }
        if leaf.kind != .null, field.removal == .only {
            throw invalid(field.field.name, at: rest, "\(entry.type.name) removes, so every value must be null")
        }
        try check(leaf, in: line, as: field.field.form, named: field.field.name, at: rest, index)
        if !field.values.isEmpty, leaf.kind != .null {
            let isAllowed = withValue(of: leaf, in: line) { value in
                field.values.contains { $0.elementsEqual(value) }
            }
            guard isAllowed else {
                let allowed = field.values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " or ")
                throw invalid(field.field.name, at: rest, "\(entry.type.name) may set it to \(allowed) only")
            }
        }
        if field.isDisplayName, leaf.kind == .string {
            let text = withValue(of: leaf, in: line) { (try? JSONValue(parsing: $0))?.text }
            guard let text, DisplayName.isValid(text) else {
                throw invalid(
                    field.field.name,
                    at: rest,
                    "a name has 1 to 200 characters that can be seen, with one space between two words and none around them"
                )
            }
        }
        if field.field.isRequired, leaf.kind == .string, leaf.valueEnd &- leaf.valueStart == 2 {
            throw invalid(field.field.name, at: rest, "must not be empty")
        }
    }

    /// Checks a value against a form; `rest` is what remains of its path, with a leading `/` unless it is empty.
    private mutating func check(
        _ leaf: EventLeaf,
        in line: UnsafeBufferPointer<UInt8>,
        as form: Catalogue.Form,
        named name: String,
        at rest: ArraySlice<UInt8>,
        _ index: CatalogueIndex
    ) throws(EventProblem) {
        if !rest.isEmpty {
            let inside = rest.dropFirst()
            let piece = inside.prefix { $0 != UInt8(ascii: "/") }
            let below = inside.dropFirst(piece.count)
            switch form {
            case .object(let fields):
                guard let member = fields.first(where: { piece.elementsEqual($0.name.utf8) }) else {
                    throw invalid(name, at: rest, "must be \(form)")
                }
                try check(leaf, in: line, as: member.form, named: "\(name)/\(member.name)", at: below, index)
            case .map(let kind, let value):
                try addReference(JSONPointer.unescaped(piece), to: kind, named: name, index)
                try check(leaf, in: line, as: value, named: "\(name)/…", at: below, index)
            default: throw invalid(name, at: rest, "must be \(form), found an object")
            }
            return
        }
        if leaf.kind == .null {
            if case .object = form { throw invalid(name, at: rest, "write null for each of its values instead") }
            if case .map = form { throw invalid(name, at: rest, "write null for each of its values instead") }
            return
        }
        let fits =
            switch form {
            case .string: leaf.kind == .string
            case .number: leaf.kind == .number || leaf.kind == .integer
            case .integer: leaf.kind == .integer
            case .boolean: leaf.kind == .boolean
            case .present: leaf.kind == .boolean && leaf.valueEnd - leaf.valueStart == 4
            case .date: leaf.kind == .string && withValue(of: leaf, in: line, Self.isDate)
            case .oneOf(let words): leaf.kind == .string && withValue(of: leaf, in: line) { Self.isWord($0, of: words) }
            case .reference: leaf.kind == .string
            case .object, .map: false
            }
        guard fits else { throw invalid(name, at: rest, "must be \(form), found \(leaf.kind.words)") }
        if case .reference(let kind) = form {
            try addReference(
                withValue(of: leaf, in: line) { Array($0[1..<($0.count - 1)]) },
                to: kind,
                named: name,
                index
            )
        }
    }

    /// Checks a reference's grammar and kind and keeps it.
    private mutating func addReference(
        _ reference: [UInt8],
        to kind: String?,
        named name: String,
        _ index: CatalogueIndex
    ) throws(EventProblem) {
        let isSubject = reference.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, SubjectGrammar.isSubject(base, count: bytes.count) else { return false }
            let prefix = UnsafeBufferPointer(rebasing: bytes.prefix { $0 != UInt8(ascii: "/") })
            return kind.map { prefix.elementsEqual($0.utf8) } ?? index.isKind(prefix)
        }
        guard isSubject else {
            throw EventProblem(.invalidData, "data/\(name): must be \(Catalogue.Form.reference(kind: kind))")
        }
        references.append(String(decoding: reference, as: UTF8.self))
    }

    // MARK: - Forms

    private static func isDate(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        value.count == 12 && value[5] == UInt8(ascii: "-") && value[8] == UInt8(ascii: "-")
            && CalendarDay(value.baseAddress! + 1) != nil
    }

    private static func isWord(_ value: UnsafeBufferPointer<UInt8>, of words: [String]) -> Bool {
        let inside = UnsafeBufferPointer(rebasing: value[1..<(value.count - 1)])
        return words.contains { inside.elementsEqual($0.utf8) }
    }

    // MARK: - Problems

    private func invalid(_ name: String, at rest: ArraySlice<UInt8>, _ what: String) -> EventProblem {
        EventProblem(.invalidData, "data/\(name)\(Self.excerpt(rest)): \(what)")
    }

    private static func excerpt(_ text: some Collection<UInt8>) -> String {
        var result = ""
        for byte in text.prefix(60) {
            result.unicodeScalars.append((0x21...0x7E).contains(byte) ? Unicode.Scalar(byte) : "?")
        }
        return text.count > 60 ? result + "…" : result
    }
}

extension EventLeaf.Kind {
    fileprivate var words: String {
        switch self {
        case .null: "null"
        case .erased: "nothing"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .number: "a number with a fraction"
        case .string: "a string"
        case .array: "an array"
        }
    }
}

extension CatalogueIndex.Entry {
    fileprivate func required(_ field: CatalogueIndex.FieldEntry) -> Bool { type.required.contains(field.field.name) }
}
