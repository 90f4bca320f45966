internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

extension Replica {
    /// The events of this replica that have no effect, because somebody else took back meanwhile what they are about.
    ///
    /// They are listed until somebody has looked at them (`noteOvertaken`), or the subject is no longer withdrawn.
    ///
    /// - Returns: each with who took its subject back, by device in the order of recording.
    /// - Throws: `ReplicaError`.
    public func overtaken() throws(ReplicaError) -> [OvertakenEdit] {
        let state = try state()
        return try performing("reading what was overtaken") {
            let facts = try store.replicaFacts()
            let edits = OvertakenEdits(store: store, stateFile: state, own: OwnDevices(facts))
            return try Self.overtaken(in: facts).compactMap { finding in
                guard let found = try edits.withdrawal(of: finding.subject), found.head.position == finding.position
                else {
                    return nil
                }
                return try state.read { view in
                    let author = try view.naming.author(of: found.head.source)
                    return OvertakenEdit(
                        device: finding.device,
                        id: finding.counter.rawValue,
                        subject: finding.subject,
                        title: try view.naming.title(of: finding.subject),
                        withdrawal: found.type.name,
                        position: finding.position,
                        source: found.head.source,
                        deviceName: author.deviceName,
                        memberName: author.memberName
                    )
                }
            }
        }
    }

    /// Takes note of events that were overtaken: they are not listed any more.
    ///
    /// - Parameter edits: those that somebody has looked at.
    /// - Throws: `ReplicaError`.
    public func noteOvertaken(_ edits: [OvertakenEdit]) throws(ReplicaError) {
        try performing("noting what was overtaken") {
            var facts: [String: String?] = [:]
            for edit in edits { facts[ReplicaFact.overtaken + "\(edit.device) \(edit.id)"] = .some(nil) }
            try store.setReplicaFacts(facts)
        }
    }

    /// What the facts say of events that were overtaken.
    private static func overtaken(in facts: [String: String]) -> [OvertakenEdits.Finding] {
        facts.compactMap { name, value -> OvertakenEdits.Finding? in
            guard name.hasPrefix(ReplicaFact.overtaken) else { return nil }
            let words = value.split(separator: " ")
            let event = name.dropFirst(ReplicaFact.overtaken.count).split(separator: " ")
            guard words.count == 2, let position = Int(words[1]), event.count == 2, let counter = Int(event[1])
            else { return nil }
            return OvertakenEdits.Finding(
                device: DeviceID(unchecked: String(event[0])),
                counter: Counter(counter),
                subject: String(words[0]),
                position: Position(position)
            )
        }.sorted { ($0.device.rawValue, $0.counter) < ($1.device.rawValue, $1.counter) }
    }
}
