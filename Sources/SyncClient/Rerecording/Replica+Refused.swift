internal import AgendaModel
internal import EventLog
internal import EventLogSQLite

extension Replica {
    /// What the server refused, in the order of recording.
    ///
    /// ```swift
    /// for event in try replica.refused() {
    ///     print("\(event.id): \(event.detail)")
    /// }
    /// let again = try replica.retryRefused()
    /// print("\(again.events.count) recorded again, \(again.kept.count) would be refused again")
    /// ```
    ///
    /// - Throws: `ReplicaError`.
    public func refused() throws(ReplicaError) -> [RefusedEvent] {
        let refused = try items(store.outbox.refused)
        guard !refused.isEmpty else { return [] }
        let waiting = try items(store.outbox.pending)
        return try performing("reading what was refused") {
            var mentions = EventMentions()
            for item in refused { mentions.expect(item.event) }
            for item in refused + waiting { mentions.look(at: item.event, counter: item.counter.rawValue) }
            let pending = Set(waiting.map(\.counter.rawValue))
            return refused.compactMap { item in
                guard case .refused(let code, let detail) = item.state else { return nil }
                let id = item.counter.rawValue
                let summary = mentions.summary(of: item.event)
                let dependents = mentions.dependents(of: summary).filter { $0 > id }
                return RefusedEvent(
                    id: id,
                    line: String(decoding: item.event, as: UTF8.self),
                    problem: code,
                    detail: detail,
                    type: summary?.type ?? "",
                    subject: summary?.subject ?? "",
                    time: summary?.time,
                    dependents: dependents.map { .init(id: $0, isPending: pending.contains($0)) }
                )
            }
        }
    }

    /// Forgets refused events.
    ///
    /// - Parameter ids: the device's counters; nil = all.
    /// - Returns: how many there were.
    /// - Throws: `ReplicaError`: `notRefused` for a counter that no refused event has; then none is discarded.
    @discardableResult
    public func discardRefused(_ ids: [Int]? = nil) throws(ReplicaError) -> Int {
        try performing("discarding refused events") {
            do {
                return try store.outbox.discard(ids.map { Set($0.map { Counter($0) }) })
            } catch let error as Outbox.NotRefused {
                throw ReplicaError.notRefused(error.counter.rawValue)
            }
        }
    }

    /// Records a refused event again, with corrections, under a new identity.
    ///
    /// It keeps the time at which it happened, and the basis: what its author had seen has not changed. The refused
    /// event leaves the list in the transaction in which the new one enters the outbox. Where the event creates a
    /// subject, that is called differently now. Pending events that mention it are re-recorded after it. Refused ones
    /// follow when they are corrected or retried.
    ///
    /// - Parameters:
    ///   - id: the device's counter.
    ///   - correction: what changes.
    /// - Returns: the new event, and those that were pending and had to follow it.
    /// - Throws: `ReplicaError`: `notRefused`, or as `record`; then everything is as it was.
    @discardableResult
    public func correctRefused(_ id: Int, _ correction: Correction) throws(ReplicaError) -> Rerecording {
        var correction = correction
        if let subject = correction.subject {
            let resolved = try resolve(subject)
            correction.subject = resolved
        }
        return try rerecord { recorder in
            try recorder.correct(id, correction)
            return []
        }
    }

    /// Records refused events again as they are, under new identities: because what stood in their way is gone.
    ///
    /// Subjects that they create, and their mentions, are renamed as with `correctRefused`.
    ///
    /// - Parameter ids: the device's counters; nil = all that have a chance: the others stay refused.
    /// - Returns: the new events, those that were pending and had to follow them, and those that stay.
    /// - Throws: `ReplicaError`: `notRefused`, or as `record` for one that was named; then everything is as it was.
    @discardableResult
    public func retryRefused(_ ids: [Int]? = nil) throws(ReplicaError) -> Rerecording {
        try rerecord { recorder in
            var kept: [Rerecording.Kept] = []
            for id in ids.map({ Set($0).sorted() }) ?? recorder.refusedIDs {
                do {
                    try recorder.retry(id)
                } catch let error as ReplicaError where ids == nil {
                    kept.append(.init(id: id, error: error))
                }
            }
            return kept
        }
    }

    private func rerecord(
        _ body: (inout Rerecorder) throws -> [Rerecording.Kept]
    ) throws(ReplicaError) -> Rerecording {
        try performing("recording refused events again") {
            var result = Rerecording()
            try rerecording { composer, items, facts, next in
                let names = IDMapping(facts)
                var recorder = Rerecorder(
                    items: items,
                    next: next,
                    composer: composer,
                    rewriter: EventRewriter(names.current)
                )
                result.kept = try body(&recorder)
                try recorder.rewritePending()
                result.events = recorder.events
                return Outbox.Replacement(
                    events: recorder.events.map { (Counter($0.replaced), $0.event.bytes) },
                    facts: IDMapping.facts(for: recorder.rewriter.mapping, after: names.current)
                )
            }
            return result
        }
    }
}

extension ReplicaError {
    static func notRefused(_ id: Int) -> ReplicaError {
        ReplicaError(.notRefused, "no refused event has the number \(id)", nextStep: "ambit refused lists them")
    }
}
