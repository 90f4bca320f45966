public import AgendaModel
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
        try record(type: type, subject: subject, data: data, seeing: nil)
    }

    /// Records an event of somebody who had seen the log up to a size: what others wrote since then stays beside it.
    ///
    /// - Parameters:
    ///   - type: as for `record(type:subject:data:)`, like those that follow.
    ///   - subject: what it is about.
    ///   - data: the merge patch.
    ///   - basis: what had been seen, as far as it is here; nil = all that is.
    /// - Returns: the event with its identity.
    /// - Throws: as `record(type:subject:data:)`.
    package func record(
        type: String,
        subject: String?,
        data: JSONValue,
        seeing basis: LogSize?
    ) throws(ReplicaError) -> RecordedEvent {
        var draft = EventDraft(type: type, subject: nil, data: data, time: nil)
        if let subject { draft.subject = try subjectToWrite(subject, type: type) }
        let state = try state()
        return try performing("recording the event") {
            let seen = try basis.map { min($0, try state.size()) }
            let recorded = try recording(basis: seen) { composer, counter in
                [try composer.compose(draft, counter: counter)]
            }
            guard let event = recorded.first else { throw ReplicaError(.inputOutput, "the event was not recorded") }
            return event
        }
    }

    /// Records an event whose data is given as JSON text.
    ///
    /// ```swift
    /// let theme = try replica.record(type: "theme.opened", data: #"{"title":"Voorbeeldthema"}"#)
    /// let project = try replica.record(
    ///     type: "project.started",
    ///     data: #"{"title":"Voorbeeldproject","theme":"\#(theme.subject)","phase":"idea"}"#
    /// )
    /// try replica.record(type: "project.advanced", subject: project.subject, data: #"{"phase":"realisation"}"#)
    /// ```
    ///
    /// - Throws: as `record(type:subject:data:)` with a value; text that is not JSON is `invalidEvent`.
    @discardableResult
    public func record(type: String, subject: String? = nil, data: String) throws(ReplicaError) -> RecordedEvent {
        try record(type: type, subject: subject, data: JSONValue.reading(Array(data.utf8)))
    }

    /// Subjects that creating events are given need not exist.
    private func subjectToWrite(_ subject: String, type: String) throws(ReplicaError) -> String {
        if Catalogue.current.type(named: type)?.isCreating ?? true { return subject }
        return try resolve(subject)
    }

    /// Records what the body composes, in one durable transaction.
    ///
    /// - Parameters:
    ///   - basis: what the author has seen; nil = what is folded now.
    ///   - body: gets what makes and checks events, and the first one's counter; gives events with consecutive counters.
    /// - Returns: the events.
    /// - Throws: what the body throws; then nothing is recorded.
    func recording(
        basis: LogSize? = nil,
        _ body: (inout EventComposer, _ first: Counter) throws -> [RecordedEvent]
    ) throws -> [RecordedEvent] {
        let state = try state()
        var events: [RecordedEvent] = []
        _ = try store.outbox.record(at: environment.now()) { first in
            var composer = try composer(in: state, basis: basis)
            events = try body(&composer, first)
            return events.map(\.bytes)
        }
        return events
    }

    /// Records events in the places of others, in one durable transaction.
    ///
    /// - Parameter body: gets what makes and checks events, all pending and refused ones, the replica's facts, and the
    ///   counter of the first new event.
    /// - Throws: what the body throws; then nothing has changed.
    func rerecording(
        _ body: (EventComposer, [Outbox.Item], [String: String], _ next: Counter) throws -> Outbox.Replacement
    ) throws {
        let state = try state()
        _ = try store.outbox.replace(at: environment.now()) { items, facts, next in
            try body(composer(in: state), items, facts, next)
        }
    }

    /// What makes and checks events.
    ///
    /// Only for use in the transaction that records them: from its beginning on, nobody else makes the replica another
    /// device.
    private func composer(in state: StateFile, basis: LogSize? = nil) throws -> EventComposer {
        EventComposer(
            role: try currentRole(in: state),
            basis: try basis ?? state.size(),
            environment: environment,
            lookup: SubjectLookup(store: store, state: state, device: try settings.device)
        )
    }

    /// The member's role as the log has it; before the first sync as enrolled.
    func currentRole(in state: StateFile) throws -> Role? {
        let settings = try settings
        if let document = try state.document(of: settings.member.rawValue),
            let role = try JSONValue(folded: document)["role"]?.text
        {
            return Role(rawValue: role)
        }
        return Role(rawValue: settings.role)
    }

    /// The lines of the pending events, in the order of recording.
    func pendingLines() throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        try store.outbox.forEachPending { lines.append($0.event) }
        return lines
    }
}
