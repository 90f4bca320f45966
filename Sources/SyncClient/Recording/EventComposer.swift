internal import AgendaModel
internal import EventLog

/// Gives drafts their identity, makes their lines, and checks them completely.
struct EventComposer {
    let role: Role?
    let basis: LogSize
    let environment: RuntimeEnvironment
    /// Whether what erases is composed: only by who has said what goes, and records first what must not go with it.
    var erases = false
    /// Finds subjects that are confirmed or recorded.
    private let lookup: SubjectLookup

    /// What subjects hold, with what was composed before.
    private var weights: SubjectWeights
    private var reader = EventReader()

    init(role: Role?, basis: LogSize, environment: RuntimeEnvironment, lookup: SubjectLookup) {
        self.role = role
        self.basis = basis
        self.environment = environment
        self.lookup = lookup
        weights = SubjectWeights(lookup)
    }

    /// Who records.
    var device: DeviceID { lookup.device }

    /// - Throws: `ReplicaError` with code `invalidEvent`, `unknownSubject` or `notAllowed`.
    mutating func compose(_ draft: EventDraft, counter: Counter) throws -> RecordedEvent {
        let type = try type(named: draft.type)
        guard erases || type.name != Tombstone.redactionType else { throw ReplicaError.erasing(draft.subject) }
        try checkRole(type)
        let subject = try subject(of: draft, type, counter)
        let line = line(of: draft, type: type, subject: subject, counter: counter)
        return try admit(line, type: type, subject: subject, counter: counter)
    }

    /// Checks a line that has its identity already, as completely as one that is composed here.
    ///
    /// - Throws: as `compose`.
    mutating func admit(_ line: [UInt8]) throws -> RecordedEvent {
        let (name, subject, counter) = try line.withUnsafeBufferPointer { bytes in
            let attributes = try reader.read(bytes, as: .event)
            let name = String(decoding: bytes[attributes.type], as: UTF8.self)
            return (name, String(decoding: bytes[attributes.subject], as: UTF8.self), attributes.counter)
        }
        let type = try type(named: name)
        try checkRole(type)
        return try admit(line, type: type, subject: subject, counter: counter)
    }

    /// What the catalogue has against a draft that names its subject; nothing that needs the log is looked at.
    mutating func problem(with draft: EventDraft) -> EventProblem? {
        guard let type = Catalogue.current.type(named: draft.type), let subject = draft.subject else {
            return EventProblem(.unknownType, "there is no type \(draft.type)")
        }
        return problem(with: line(of: draft, type: type, subject: subject, counter: Counter(1)))
    }

    private mutating func problem(with line: [UInt8]) -> EventProblem? {
        line.withUnsafeBufferPointer { bytes in
            do throws(EventProblem) {
                let attributes = try reader.read(bytes, as: .event)
                _ = try reader.validate(attributes, in: bytes)
                return nil
            } catch {
                return error
            }
        }
    }

    private mutating func admit(
        _ line: [UInt8],
        type: Catalogue.EventType,
        subject: String,
        counter: Counter
    ) throws -> RecordedEvent {
        if let problem = problem(with: line) { throw ReplicaError(problem) }
        let weight = reader.weight
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
        try checkAuthor(of: subject, type)
        // What the server would refuse is told when it is recorded, as far as it is known here; it weighs nothing that creates.
        if !type.isCreating, let problem = try weights.problem(of: subject, with: line, adding: weight) {
            throw ReplicaError(problem)
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
        try weights.take(line, about: subject, adding: weight, isNew: !isKnown)
        return RecordedEvent(id: counter.rawValue, subject: subject, bytes: line)
    }

    private func exists(_ subject: String) throws -> Bool {
        if weights.knows(subject) { return true }
        return try lookup.exists(subject)
    }

    private func type(named name: String) throws -> Catalogue.EventType {
        if let type = Catalogue.current.type(named: name) { return type }
        let kind = name.split(separator: ".").first.flatMap { Catalogue.current.kind(named: String($0)) }
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

    /// Where it is not known who wrote it, the server says.
    private func checkAuthor(of subject: String, _ type: Catalogue.EventType) throws {
        guard let role, let needed = type.writers.roleForOthers, role < needed, try lookup.isOwn(subject) == false
        else { return }
        throw ReplicaError(
            .notAllowed,
            "\(type.name) of what another member wrote takes the role \(needed.rawValue), and the role here is \(role.rawValue)",
            nextStep: "ask who wrote it, or an editor",
            problem: EventProblem.Code.notAllowed.rawValue
        )
    }

    private func subject(of draft: EventDraft, _ type: Catalogue.EventType, _ counter: Counter) throws -> String {
        let hasGivenNames = Catalogue.current.kind(named: type.kind)?.hasGivenNames ?? false
        if type.isCreating, !hasGivenNames {
            let own = "\(type.kind)/\(device.id)-\(counter)"
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
        of draft: EventDraft,
        type: Catalogue.EventType,
        subject: String,
        counter: Counter
    ) -> [UInt8] {
        var line = Array(#"{"specversion":"1.0","id":"\#(counter)","source":""#.utf8)
        line += device.rawValue.utf8
        line += #"","type":"\#(type.name)","subject":"#.utf8
        JSONString.append(subject, to: &line)
        line += #","time":"\#(draft.time ?? environment.now())","basis":\#(draft.basis ?? basis)"#.utf8
        if type.hasPersonalFields {
            line += #","salt":"\#(Base64.encodeURL(environment.random(16)))""#.utf8
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
            nextStep: "check it with ambit show, or sync; if it was recorded here, see ambit refused",
            problem: EventProblem.Code.unknownSubject.rawValue
        )
    }
}

extension ReplicaError {
    /// Why nothing is erased by the way.
    fileprivate static func erasing(_ subject: String?) -> ReplicaError {
        let position = subject.flatMap { $0.split(separator: "/").last }.map(String.init) ?? "N"
        return ReplicaError(
            .invalidEvent,
            "type: what erases an entry is recorded by itself, for good, and what else depends on the entry before it",
            nextStep: "ambit redact \(position) says what goes",
            problem: EventProblem.Code.unknownType.rawValue
        )
    }
}
