internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

extension Replica {
    /// Records an event: checks it completely, and stores it durably in the outbox.
    ///
    /// - Parameters:
    ///   - type: `<kind>.<verb>`
    ///   - subject: what it is about, short forms included; nil for a creating event, which takes its own.
    ///   - data: a JSON object: the merge patch of the subject's document.
    /// - Returns: the event with its identity.
    /// - Throws: `ReplicaError`: `invalidEvent`, `unknownSubject`, `ambiguousSubject`, `notAllowed`, or one about files.
    @discardableResult
    public func record(type: String, subject: String? = nil, data: JSONValue) throws(ReplicaError) -> RecordedEvent {
        var draft = EventDraft(type: type, subject: nil, data: data, time: nil)
        if let subject { draft.subject = try subjectToWrite(subject, type: type) }
        return try performing("recording the event") {
            var composer = try composer()
            var recorded: RecordedEvent?
            _ = try store.outbox.record(at: environment.now()) { counter in
                // From here on nobody else makes the replica another device.
                composer.device = settings.device
                let event = try composer.compose(draft, counter: counter)
                recorded = event
                return [Array(event.line.utf8)]
            }
            guard let recorded else { throw ReplicaError(.inputOutput, "the event was not recorded") }
            return recorded
        }
    }

    /// Records an event whose data is given as JSON text.
    ///
    /// - Throws: as `record(type:subject:data:)` with a value; text that is not JSON is `invalidEvent`.
    @discardableResult
    public func record(type: String, subject: String? = nil, data: String) throws(ReplicaError) -> RecordedEvent {
        try record(type: type, subject: subject, data: JSONValue(parsing: data))
    }

    /// Subjects that creating events are given need not exist.
    private func subjectToWrite(_ subject: String, type: String) throws(ReplicaError) -> String {
        if Catalogue.current.type(named: type)?.isCreating ?? true { return subject }
        return try resolve(subject)
    }

    /// What makes and checks events.
    ///
    /// - Parameter basis: what the author has seen; nil = what is folded now.
    /// - Returns: a composer that knows what is in the outbox.
    /// - Throws: what reading state and outbox throws.
    func composer(basis: LogSize? = nil) throws -> EventComposer {
        let state = try state()
        let settings = settings
        return EventComposer(
            role: try currentRole(in: state),
            basis: try basis ?? state.size(),
            environment: environment,
            lookup: SubjectLookup(store: store, state: state, device: settings.device)
        )
    }

    /// The member's role as the log has it; before the first sync as enrolled.
    func currentRole(in state: StateFile) throws -> Role? {
        if let document = try state.document(of: settings.member),
            let role = (try? JSONValue(parsing: String(decoding: document, as: UTF8.self)))?["role"]?.text
        {
            return Role(rawValue: role)
        }
        return Role(rawValue: settings.role)
    }

    /// The lines of the events that the log does not have yet, in the order of recording.
    func unsynced() throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var after = Counter(0)
        while true {
            let items = try store.outbox.unsynced(after: after, limit: 4096)
            guard let last = items.last else { return lines }
            lines += items.map(\.event)
            after = last.counter
        }
    }
}
