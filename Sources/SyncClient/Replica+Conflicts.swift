internal import AgendaModel
internal import EventLog
internal import Projections

extension Replica {
    /// The open conflicts, with what is pending laid over them, sorted by subject and path.
    ///
    /// - Parameter subject: the one whose conflicts are wanted, short forms included; nil = of all.
    /// - Returns: each with its values, the one that is shown first.
    /// - Throws: `ReplicaError`: `unknownSubject`, `ambiguousSubject`, or one about files.
    public func conflicts(of subject: String? = nil) throws(ReplicaError) -> [OpenConflict] {
        let subject = try subject.map { text throws(ReplicaError) in try resolve(text) }
        let state = try state()
        return try performing("reading the conflicts") {
            let pending = try unsynced()
            return try state.read(pending: pending) { try openConflicts(of: subject, in: $0, pending: pending) }
        }
    }

    /// - Parameters:
    ///   - subject: the whole name; nil = all.
    ///   - view: what is shown.
    ///   - pending: the events that are laid over the view.
    /// - Returns: each with its values, the one that is shown first.
    /// - Throws: what reading the view and the log throws.
    func openConflicts(of subject: String?, in view: StateView, pending: [[UInt8]]) throws -> [OpenConflict] {
        let conflicts = try view.conflicts(of: subject)
        let writes = try HeadWrites(of: conflicts.flatMap(\.register.heads), in: store, pending: pending)
        var people = People(view)
        return try conflicts.map { conflict in
            let heads = conflict.register.heads
            let values = try heads.enumerated().map { index, head in
                let write = try writes.write(of: head)
                let person = try people.person(behind: head.source)
                return OpenConflict.Value(
                    number: index + 1,
                    value: head.value.map { String(decoding: $0, as: UTF8.self) },
                    source: head.source,
                    id: head.counter.rawValue,
                    position: head.position == .afterEverything ? nil : head.position.rawValue,
                    deviceTime: write.time,
                    recordedTime: write.recordedTime,
                    basis: write.basis.rawValue,
                    // Of two heads the earlier came before the later's author wrote, and was no part of what that
                    // author had seen; the later could not be seen yet.
                    unseen: heads.indices.filter { $0 != index }.map { $0 + 1 },
                    deviceName: person.device,
                    member: person.member,
                    memberName: person.name
                )
            }
            return OpenConflict(
                subject: conflict.subject,
                path: conflict.register.path,
                values: values,
                mark: Self.mark(of: conflict)
            )
        }
    }

    private static func mark(of conflict: Conflict) -> String {
        var text = "\(conflict.subject) \(conflict.register.path)"
        for head in conflict.register.heads { text += " \(head.source) \(head.counter.rawValue)" }
        return text.withUTF8 { String(Hash.sha256($0).description.prefix(8)) }
    }
}

/// What the events behind heads say of themselves: in the log, or among those that have not been sent.
private struct HeadWrites {
    private struct Identity: Hashable {
        var source: String
        var counter: Counter
    }

    private var inLog: [Position: EventAttributes] = [:]
    private var inOutbox: [Identity: EventAttributes] = [:]
    private var reader = EventReader()

    init(of heads: [AgendaModel.Head], in log: any LogReader, pending: [[UInt8]]) throws {
        let size = try log.head().size.rawValue
        try read(Set(heads.map(\.position.rawValue).filter { $0 < size }).sorted(), of: log, size: size)
        guard heads.contains(where: { $0.position == .afterEverything }) else { return }
        for line in pending {
            try line.withUnsafeBufferPointer { bytes in
                let event = try reader.read(bytes, as: .event)
                let source = String(decoding: bytes[event.source], as: UTF8.self)
                inOutbox[Identity(source: source, counter: event.counter)] = event
            }
        }
    }

    func write(of head: AgendaModel.Head) throws -> EventAttributes {
        let write = inLog[head.position] ?? inOutbox[Identity(source: head.source, counter: head.counter)]
        guard let write else {
            throw LogError(
                .corrupt,
                "event \(head.counter.rawValue) of \(head.source) is neither in the log nor pending"
            )
        }
        return write
    }

    /// Reads each segment once; positions are in order.
    private mutating func read(_ positions: [Int], of log: any LogReader, size: Int) throws {
        var rest = positions[...]
        while let next = rest.first {
            let first = next / Segment.entryCount * Segment.entryCount
            let end = min(first + Segment.entryCount, size)
            let wanted = Set(rest.prefix { $0 < end })
            rest = rest.dropFirst(wanted.count)
            var position = first
            try log.entries(Position(first)..<Position(end)).withUnsafeBufferPointer { bytes in
                try Lines.forEach(in: bytes) { line in
                    defer { position += 1 }
                    guard wanted.contains(position) else { return }
                    inLog[Position(position)] = try reader.read(UnsafeBufferPointer(rebasing: bytes[line]), as: .entry)
                }
            }
        }
    }
}

/// Who stands behind the sources of events, as the documents say.
private struct People {
    struct Person {
        var device: String?
        var member: String?
        var name: String?
    }

    private let view: StateView
    private var known: [String: Person] = [:]

    init(_ view: StateView) {
        self.view = view
    }

    mutating func person(behind source: String) throws -> Person {
        if let person = known[source] { return person }
        let device = try document(of: source)
        let member = device?["member"]?.text
        let name = try member.flatMap { try document(of: $0) }?["name"]?.text
        let person = Person(device: device?["name"]?.text, member: member, name: name)
        known[source] = person
        return person
    }

    private func document(of subject: String) throws -> JSONValue? {
        try view.document(of: subject).map { try JSONValue(parsing: String(decoding: $0, as: UTF8.self)) }
    }
}
