internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

/// Finds events of a replica that were overtaken: their subject was taken back by somebody else, and neither author had seen
/// the other's event.
///
/// No field is in conflict then: the two wrote different ones. Only the replica whose event it is can tell its user.
struct OvertakenEdits {
    /// What is remembered of one.
    struct Finding: Hashable {
        /// The device that recorded it: the replica's, or one that it was before.
        var device: DeviceID
        var counter: Counter
        var subject: String
        /// Of the event that took the subject back.
        var position: Position
    }

    /// What a look at the log changes of what is remembered.
    struct Changes {
        var found: Set<Finding> = []
        /// What took their subjects back was itself taken back.
        var gone: Set<Finding> = []
        /// How many of those that were found have no effect as things are.
        var withoutEffect = 0
    }

    let store: SQLiteLogStore
    let stateFile: StateFile
    let own: OwnDevices

    /// What entries from a size on overtake, or show to have been overtaken, or bring back.
    ///
    /// Each withdrawal is judged by what its own author had seen. Whoever takes a subject back once more changes nothing.
    ///
    /// - Parameters:
    ///   - size: up to where the log was looked at before.
    ///   - known: what was found then, and nobody has looked at.
    /// - Returns: each once.
    /// - Throws: what reading the log and the state throws.
    func changes(from size: LogSize, known: [Finding]) throws -> Changes {
        let end = try store.head().size
        guard size < end else { return Changes() }
        var edits: [String: [Write]] = [:]
        /// From where on own edits of a subject are looked for.
        var starts: [String: Position] = [:]
        let remembered = Set(known.map(\.subject))
        try forEachWrite(size.positions(upTo: end), holding: Self.patterns + own.patterns) { subject, write in
            switch write.kind {
            case .edit:
                if write.device != nil, try isTakenBack(subject) { edits[subject, default: []].append(write) }
            case .withdrawal:
                guard write.device == nil, try isTakenBack(subject) else { return }
                // What is remembered may rest on one that was erased since.
                let start = remembered.contains(subject) ? LogSize.zero.next : write.basis.next
                starts[subject] = min(starts[subject] ?? start, start)
            case .other:
                if remembered.contains(subject) { starts[subject] = LogSize.zero.next }
            }
        }
        if let start = starts.values.min(), start < size.next {
            try forEachWrite(start..<size.next, holding: own.patterns) { subject, write in
                guard write.kind == .edit, write.device != nil, starts[subject] != nil else { return }
                edits[subject, default: []].append(write)
            }
        }
        guard let start = edits.values.joined().map({ min($0.basis.next, $0.position) }).min() else { return Changes() }
        var decisions: [String: [Write]] = [:]
        try forEachWrite(start..<end.next, holding: Self.patterns) { subject, write in
            if write.kind != .edit, edits[subject] != nil { decisions[subject, default: []].append(write) }
        }
        return try changes(of: edits, under: decisions, from: size, known: known)
    }

    /// How a subject is shown to be withdrawn; nil when it is not.
    func withdrawal(of subject: String) throws -> (type: Catalogue.EventType, head: AgendaModel.Head)? {
        guard let found = try decidingHeads(of: subject), let head = found.heads.first, head.value == found.value
        else { return nil }
        return (found.type, head)
    }

    /// Holds own edits against what was decided of their subjects.
    private func changes(
        of edits: [String: [Write]],
        under decisions: [String: [Write]],
        from size: LogSize,
        known: [Finding]
    ) throws -> Changes {
        let known = Dictionary(known.map { ($0.factName, $0) }) { first, _ in first }
        var changes = Changes()
        for (subject, edits) in edits {
            let decisions = decisions[subject] ?? []
            let standing = decisions.filter { withdrawal in
                withdrawal.kind == .withdrawal && withdrawal.device == nil
                    && !decisions.contains { $0.kind == .other && $0.knows(withdrawal) }
            }
            let hasEffect = try withdrawal(of: subject) == nil
            for edit in edits {
                guard let device = edit.device else { continue }
                let unseen = standing.filter { !edit.knows($0) && !$0.knows(edit) }
                var finding = Finding(device: device, counter: edit.counter, subject: subject, position: edit.position)
                let former = known[finding.factName]
                guard let last = unseen.last else {
                    if let former { changes.gone.insert(former) }
                    continue
                }
                finding.position = last.position
                if let former {
                    if unseen.contains(where: { $0.position == former.position }) { continue }
                } else if size.contains(edit.position), unseen.contains(where: { size.contains($0.position) }) {
                    // It was found before, and somebody has looked at it.
                    continue
                }
                changes.found.insert(finding)
                if !hasEffect { changes.withoutEffect += 1 }
            }
        }
        return changes
    }

    // MARK: - What is read

    /// An event that was recorded about a subject that there was.
    private struct Write {
        enum Kind {
            /// It writes nothing of what shows that a subject was taken back. With those that do, there is a conflict to be settled.
            case edit
            case withdrawal
            /// It shows that the subject is not taken back, as what is left of an erased withdrawal does.
            case other
        }

        var kind: Kind
        var position: Position
        var basis: LogSize
        var source: EventSource
        var counter: Counter
        /// The replica's own; nil for somebody else's.
        var device: DeviceID?

        /// Whether its author had seen another event.
        func knows(_ other: Write) -> Bool {
            other.position < position && (basis.contains(other.position) || other.source == source)
        }
    }

    /// The names of the types that write what shows whether a subject was taken back.
    private static let deciding: Set<String> = Set(
        Catalogue.current.kinds.flatMap { kind -> [Catalogue.EventType] in
            let paths = kind.types.compactMap { $0.withdrawal?.path }
            return kind.types.filter { type in
                !type.isCreating && type.fields.contains { paths.contains("/\($0)") }
            }
        }.map(\.name)
    )

    private static let patterns = deciding.sorted().map { BytePattern(#""type":"\#($0)""#) }

    /// The heads that show whether a subject was taken back, with the type and the value that do; nil where nothing can.
    private func decidingHeads(
        of subject: String
    ) throws -> (type: Catalogue.EventType, value: [UInt8], heads: [AgendaModel.Head])? {
        let kind = Catalogue.current.kind(named: String(subject.prefix { $0 != "/" }))
        guard let type = kind?.types.first(where: { $0.withdrawal != nil }), let withdrawal = type.withdrawal,
            let register = try stateFile.registers(of: subject).first(where: { $0.path == withdrawal.path })
        else { return nil }
        return (type, withdrawal.value, register.heads)
    }

    /// Whether a subject is withdrawn by at least one of the values that are in conflict, or by the only one.
    private func isTakenBack(_ subject: String) throws -> Bool {
        guard let found = try decidingHeads(of: subject) else { return false }
        return found.heads.contains { $0.value == found.value }
    }

    /// Calls the body with the entries of these positions in which one of the patterns stands, except those that create something.
    private func forEachWrite(
        _ range: Range<Position>,
        holding patterns: [BytePattern],
        _ body: (String, Write) throws -> Void
    ) throws {
        try store.forEachEntry(in: range, holding: patterns) { position, entry, event in
            guard let type = Catalogue.current.type(named: String(decoding: entry[event.type], as: UTF8.self)),
                !type.isCreating
            else { return }
            let isWithdrawal = type.withdrawal != nil && event.tombstone == nil
            let write = Write(
                kind: !Self.deciding.contains(type.name) ? .edit : isWithdrawal ? .withdrawal : .other,
                position: position,
                basis: event.basis,
                source: EventSource(unchecked: String(decoding: entry[event.source], as: UTF8.self)),
                counter: event.counter,
                device: own.device(of: entry[event.source], at: position)
            )
            try body(String(decoding: entry[event.subject], as: UTF8.self), write)
        }
    }
}

extension OvertakenEdits.Finding {
    /// Of the fact that remembers it.
    var factName: String { Self.factName(of: device, counter) }

    static func factName(of device: DeviceID, _ counter: Counter) -> String {
        ReplicaFact.overtaken + "\(device) \(counter)"
    }

    var factValue: String { "\(subject) \(position)" }

    /// - Returns: nil for a fact of something else.
    init?(factName name: String, _ value: String) {
        guard name.hasPrefix(ReplicaFact.overtaken) else { return nil }
        let words = value.split(separator: " ")
        let event = name.dropFirst(ReplicaFact.overtaken.count).split(separator: " ")
        guard words.count == 2, let position = Int(words[1]), event.count == 2, let counter = Int(event[1])
        else { return nil }
        self.init(
            device: DeviceID(unchecked: String(event[0])),
            counter: Counter(counter),
            subject: String(words[0]),
            position: Position(position)
        )
    }

    /// What a replica's facts remember, by device in the order of recording.
    static func all(in facts: [String: String]) -> [Self] {
        facts.compactMap { Self(factName: $0.key, $0.value) }
            .sorted { ($0.device.rawValue, $0.counter) < ($1.device.rawValue, $1.counter) }
    }
}
