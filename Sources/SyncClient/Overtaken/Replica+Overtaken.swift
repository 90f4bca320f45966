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
            return try OvertakenEdits.Finding.all(in: facts).compactMap { finding in
                guard let found = try edits.withdrawal(of: finding.subject),
                    let source = try withdrawer(of: finding, shownBy: found.head)
                else { return nil }
                return try state.read { view in
                    let author = try view.naming.author(of: source)
                    return OvertakenEdit(
                        device: finding.device,
                        id: finding.counter.rawValue,
                        subject: finding.subject,
                        title: try view.naming.title(of: finding.subject),
                        withdrawal: found.type.name,
                        position: finding.position,
                        source: source,
                        deviceName: author.deviceName,
                        memberName: author.memberName
                    )
                }
            }
        }
    }

    /// Who took back what an edit is about; nil where there is no such entry.
    private func withdrawer(of finding: OvertakenEdits.Finding, shownBy head: AgendaModel.Head) throws -> EventSource? {
        // Somebody else may have taken it back once more.
        guard finding.position != head.position else { return head.source }
        guard try store.head().size.contains(finding.position) else { return nil }
        var reader = EventReader()
        return try store.entry(at: finding.position).withUnsafeBufferPointer { entry -> EventSource in
            let attributes = try reader.read(entry, as: .entry)
            return EventSource(unchecked: String(decoding: entry[attributes.source], as: UTF8.self))
        }
    }

    /// Takes note of events that were overtaken: they are not listed any more.
    ///
    /// - Parameter edits: those that somebody has looked at.
    /// - Throws: `ReplicaError`.
    public func noteOvertaken(_ edits: [OvertakenEdit]) throws(ReplicaError) {
        try performing("noting what was overtaken") {
            var facts: [String: String?] = [:]
            for edit in edits {
                facts[OvertakenEdits.Finding.factName(of: edit.device, Counter(edit.id))] = .some(nil)
            }
            try store.setReplicaFacts(facts)
        }
    }
}
