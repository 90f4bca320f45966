internal import AgendaModel

/// An event before it has its identity.
struct EventDraft {
    var type: String
    /// nil: a creating event that takes its own.
    var subject: String?
    var data: JSONValue
    var time: Timestamp?
}

/// Gives drafts their identity, makes their lines, and checks them completely.
struct EventComposer {
    let role: Role?
    let basis: LogSize
    let environment: ReplicaEnvironment
    /// Finds subjects that are confirmed or recorded.
    private var lookup: SubjectLookup

    /// Subjects of what was composed before.
    private var composed: Set<String> = []
    private var reader = EventReader()

    init(role: Role?, basis: LogSize, environment: ReplicaEnvironment, lookup: SubjectLookup) {
        self.role = role
        self.basis = basis
        self.environment = environment
        self.lookup = lookup
    }

    /// Who records.
    var device: String {
        get { lookup.device }
        set { lookup.device = newValue }
    }

    /// The device's id: its subject without the kind.
    private var deviceID: Substring { device.dropFirst("device/".count) }

    /// - Throws: `ReplicaError` with code `invalidEvent`, `unknownSubject` or `notAllowed`.
    mutating func compose(_ draft: EventDraft, counter: Counter) throws -> RecordedEvent {
        let type = try type(of: draft)
        try checkRole(type)
        let subject = try subject(of: draft, type, counter)
        let line = line(draft, type, subject, counter)
        try line.withUnsafeBufferPointer { bytes in
            do throws(EventProblem) {
                let attributes = try reader.read(bytes, as: .event)
                _ = try reader.validate(attributes, in: bytes)
            } catch {
                throw ReplicaError(error)
            }
        }
        let isKnown = try exists(subject)
        if type.isCreating {
            guard !isKnown || type.kind == "entry" else {
                throw ReplicaError(
                    .invalidEvent,
                    "subject: \(subject) exists already, so \(type.name) cannot create it",
                    nextStep: "use the type that revises it",
                    problem: EventProblem.Code.wrongIdentity.rawValue
                )
            }
        } else if !isKnown {
            throw ReplicaError.unknownSubject(subject)
        }
        for reference in reader.references where reference != subject {
            guard try exists(reference) else {
                throw ReplicaError(
                    .invalidEvent,
                    "data: there is no \(reference), neither synced nor recorded here",
                    nextStep: "record the event that creates it first, or sync",
                    problem: EventProblem.Code.unknownReference.rawValue
                )
            }
        }
        composed.insert(subject)
        return RecordedEvent(id: counter.rawValue, subject: subject, line: String(decoding: line, as: UTF8.self))
    }

    private func exists(_ subject: String) throws -> Bool {
        if composed.contains(subject) { return true }
        return try lookup.exists(subject)
    }

    private func type(of draft: EventDraft) throws -> Catalogue.EventType {
        if let type = Catalogue.current.type(named: draft.type) { return type }
        let kind = draft.type.split(separator: ".").first.flatMap { Catalogue.current.kind(named: String($0)) }
        let choice = kind?.types.map(\.name) ?? Catalogue.current.kinds.map { "\($0.name).…" }
        throw ReplicaError(
            .invalidEvent,
            "type: there is no type with this name; there are \(choice.joined(separator: ", "))",
            nextStep: "ambit types lists them",
            problem: EventProblem.Code.unknownType.rawValue
        )
    }

    private func checkRole(_ type: Catalogue.EventType) throws {
        guard let role, !type.writers.allows(role), !type.writers.subjectItself else { return }
        let needed = type.writers.role.map { "needs the role \($0.rawValue)" } ?? "is recorded by the server only"
        throw ReplicaError(
            .notAllowed,
            "\(type.name) \(needed), and the role here is \(role.rawValue)",
            nextStep: "ask an administrator; sync to learn of a new role",
            problem: EventProblem.Code.notAllowed.rawValue
        )
    }

    private func subject(of draft: EventDraft, _ type: Catalogue.EventType, _ counter: Counter) throws -> String {
        let hasGivenNames = Catalogue.current.kind(named: type.kind)?.hasGivenNames ?? false
        if type.isCreating, !hasGivenNames {
            let own = "\(type.kind)/\(deviceID)-\(counter.rawValue)"
            guard draft.subject == nil else {
                throw ReplicaError(
                    .invalidEvent,
                    "subject: \(type.name) creates its own subject",
                    nextStep: "leave the subject out",
                    problem: EventProblem.Code.wrongIdentity.rawValue
                )
            }
            return own
        }
        guard let subject = draft.subject else {
            throw ReplicaError(
                .invalidEvent,
                "subject: \(type.name) must say which \(type.kind) it is about",
                problem: EventProblem.Code.malformedEvent.rawValue
            )
        }
        return subject
    }

    private func line(
        _ draft: EventDraft,
        _ type: Catalogue.EventType,
        _ subject: String,
        _ counter: Counter
    ) -> [UInt8] {
        var line = Array(#"{"specversion":"1.0","id":"\#(counter.rawValue)","source":""#.utf8)
        line += device.utf8
        line += #"","type":"\#(type.name)","subject":"#.utf8
        JSONValue.write(string: subject, to: &line)
        line += #","time":"\#(draft.time ?? environment.now())","basis":\#(basis.rawValue)"#.utf8
        if type.hasPersonalFields {
            line += #","salt":"\#(Base64Text.encodeForURL(environment.random(16)))""#.utf8
        }
        line += #","data":"#.utf8
        draft.data.write(to: &line)
        line.append(UInt8(ascii: "}"))
        return line
    }
}

extension ReplicaError {
    static func unknownSubject(_ subject: String) -> ReplicaError {
        ReplicaError(
            .unknownSubject,
            "there is no \(subject), neither synced nor recorded here",
            nextStep: "check it with ambit show, or sync",
            problem: EventProblem.Code.unknownSubject.rawValue
        )
    }
}
