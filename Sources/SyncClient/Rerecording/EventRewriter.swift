internal import AgendaModel

/// Gives events other identities, one after the other, and the subjects that they create the names that follow from
/// these.
///
/// For events that were recorded under an identity that cannot be used: because the server refused it, or because the
/// replica has become another device. A creating event of a kind without given names gets the subject of its new
/// identity; events that come after it follow, wherever they mention the old one. Time, data, salt and attributes that
/// are not known here stay as they are, in the same order, and so does the basis unless another one is given.
struct EventRewriter: Sendable {
    /// The new subjects by the old ones.
    private(set) var mapping: [String: String]

    /// Starts with subjects that have been renamed already.
    init(_ mapping: [String: String] = [:]) {
        self.mapping = mapping
    }

    /// Whether an event mentions one of these subjects.
    func affects(_ event: EventMentions.Summary?) -> Bool {
        event?.mentions.contains { mapping[$0] != nil } ?? false
    }

    /// Takes note that a subject is called differently from now on.
    mutating func map(_ subject: String, to name: String) {
        mapping[subject] = name
    }

    /// The event under another identity.
    ///
    /// - Parameters:
    ///   - event: a line without its newline.
    ///   - source: the device that it is from now: `device/<id>`.
    ///   - counter: its new `id`.
    ///   - basis: its new basis; nil = as it was.
    /// - Returns: the new line, which has not been checked against anything.
    /// - Throws: `invalidEvent` for a line that is not an event.
    mutating func rewrite(
        _ event: [UInt8],
        source: String,
        counter: Counter,
        basis: LogSize? = nil
    ) throws(ReplicaError) -> [UInt8] {
        let old = try JSONValue.reading(event)
        guard case .object(var members) = old, let type = old["type"]?.text, let subject = old["subject"]?.text,
            let oldSource = old["source"]?.text, let oldCounter = old["id"]?.text
        else {
            throw ReplicaError(.invalidEvent, "the event cannot be read", problem: "malformed-event")
        }
        var newSubject = mapping[subject] ?? subject
        if let kind = Self.kindCreated(by: type) {
            newSubject = Self.subject(kind, source: source, counter: "\(counter.rawValue)")
            if subject == Self.subject(kind, source: oldSource, counter: oldCounter) { mapping[subject] = newSubject }
        }
        for index in members.indices {
            switch members[index].name {
            case "id": members[index].value = .string("\(counter.rawValue)")
            case "source": members[index].value = .string(source)
            case "subject": members[index].value = .string(newSubject)
            case "basis":
                if let basis { members[index].value = .number("\(basis.rawValue)") }
            case "data":
                members[index].value = try members[index].value.mapReferences(ofType: type) { mapping[$0] ?? $0 }
            default: break
            }
        }
        var line: [UInt8] = []
        line.reserveCapacity(event.count + 16)
        JSONValue.object(members).write(to: &line)
        return line
    }

    /// The kind of the subjects that take their name from an event of this type; nil for all other types.
    static func kindCreated(by type: String) -> String? {
        guard let type = Catalogue.current.type(named: type), type.isCreating,
            let kind = Catalogue.current.kind(named: type.kind), !kind.hasGivenNames
        else { return nil }
        return kind.name
    }

    /// `<kind>/<device id>-<counter>`.
    private static func subject(_ kind: String, source: String, counter: String) -> String {
        "\(kind)/\(source.split(separator: "/").last ?? "")-\(counter)"
    }
}
