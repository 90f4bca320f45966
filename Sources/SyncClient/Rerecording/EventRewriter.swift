internal import AgendaModel

/// Gives events other identities, one after the other, and the subjects that they create the names that follow from
/// these.
///
/// For events that were recorded under an identity that cannot be used: because the server refused it, or because the
/// replica has become another device. A creating event of a kind without given names gets the subject of its new
/// identity. Events that come after it follow, wherever they mention the old one. Time, data, salt and attributes that
/// are not known here stay as they are, in the same order. So does the basis, unless another one is given.
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

    /// An event under another identity.
    struct Rewritten {
        /// Not checked against anything yet.
        var line: [UInt8]
        /// The subject that the event creates, when its name follows from the identity: as it was, and as it is now.
        var renamed: (from: String, to: String)?
    }

    /// Gives an event another identity, and has later events follow.
    ///
    /// Parameters and errors are those of `rewritten`.
    ///
    /// - Returns: the new line, which has not been checked against anything.
    mutating func rewrite(
        _ event: [UInt8],
        source: DeviceID,
        counter: Counter,
        basis: LogSize? = nil
    ) throws(ReplicaError) -> [UInt8] {
        let rewritten = try rewritten(event, source: source, counter: counter, basis: basis)
        follow(rewritten)
        return rewritten.line
    }

    /// Has later events follow one that was rewritten.
    mutating func follow(_ event: Rewritten) {
        if let renamed = event.renamed { map(renamed.from, to: renamed.to) }
    }

    /// The event under another identity.
    ///
    /// - Parameters:
    ///   - event: a line without its newline.
    ///   - source: the device that it is from now.
    ///   - counter: its new `id`.
    ///   - basis: its new basis; nil = as it was.
    /// - Returns: the new line, and what is to be followed if it is taken.
    /// - Throws: `invalidEvent` for a line that is not an event.
    func rewritten(
        _ event: [UInt8],
        source: DeviceID,
        counter: Counter,
        basis: LogSize? = nil
    ) throws(ReplicaError) -> Rewritten {
        let old = try JSONValue.reading(event)
        guard case .object(var members) = old, let type = old["type"]?.text, let subject = old["subject"]?.text,
            let oldSource = old["source"]?.text, let oldCounter = old["id"]?.text
        else {
            throw ReplicaError(.invalidEvent, "the event cannot be read", problem: "malformed-event")
        }
        var newSubject = mapping[subject] ?? subject
        var renamed: (from: String, to: String)?
        if let kind = Self.kindCreated(by: type) {
            newSubject = Self.subject(kind, source: source.rawValue, counter: "\(counter)")
            if subject == Self.subject(kind, source: oldSource, counter: oldCounter) { renamed = (subject, newSubject) }
        }
        for index in members.indices {
            switch members[index].name {
            case "id": members[index].value = .string("\(counter)")
            case "source": members[index].value = .string(source.rawValue)
            case "subject": members[index].value = .string(newSubject)
            case "basis":
                if let basis { members[index].value = .number("\(basis)") }
            case "data":
                members[index].value = try members[index].value.mapReferences(ofType: type) { reference in
                    reference == renamed?.from ? newSubject : mapping[reference] ?? reference
                }
            default: break
            }
        }
        var line: [UInt8] = []
        line.reserveCapacity(event.count + 16)
        JSONValue.object(members).write(to: &line)
        return Rewritten(line: line, renamed: renamed)
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
