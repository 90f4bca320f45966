internal import AgendaModel
internal import EventLog
internal import EventLogSQLite

extension Replica {
    /// What `undo` would take back.
    ///
    /// - Parameter ids: the device's counters; nil = what was recorded last, in one go.
    /// - Returns: the events, and those that go with them.
    /// - Throws: `ReplicaError`: `nothingToUndo`; `alreadySent` for an event that a push may have carried.
    public func undoable(_ ids: [Int]? = nil) throws(ReplicaError) -> Undo {
        try performing("looking for what can be taken back") {
            let pending = try pendingItems()
            if let sent = try sent(ids, pending) {
                throw ids == nil ? Self.nothingLeft(but: sent.event) : Self.alreadySent(sent.counter, sent.event)
            }
            return try Self.undo(ids, of: pending, sentThrough: try store.outbox.sentThrough())
        }
    }

    /// The event that was asked for and is in the log already.
    ///
    /// It is the first of these, or the last one that was recorded here when nothing waits.
    private func sent(_ ids: [Int]?, _ pending: [Outbox.Item]) throws -> (counter: Counter, event: [UInt8])? {
        let waiting = Set(pending.map(\.counter))
        if let ids {
            for counter in Set(ids).sorted().map({ Counter($0) }) where !waiting.contains(counter) {
                if let event = try ownEntry(counter) { return (counter, event) }
            }
            return nil
        }
        guard pending.isEmpty else { return nil }
        var counter = try store.outbox.nextCounter()
        let signature = BytePattern(bytes: DeviceSignature.typeAttribute)
        for _ in 0..<Self.maximumLookedBack where counter > Counter(1) {
            counter = Counter(counter.rawValue - 1)
            if let event = try ownEntry(counter), !signature.isPart(of: event) {
                return (counter, event)
            }
        }
        return nil
    }

    private func ownEntry(_ counter: Counter) throws -> [UInt8]? {
        guard let run = try store.run(of: EventSource(settings.device), containing: counter) else { return nil }
        return try store.entry(at: run.position(of: counter))
    }

    /// Numbers of signatures, and of events that were taken back or refused, are passed over.
    private static let maximumLookedBack = 64

    /// Takes back what was recorded here and has never been sent, with what rests on it.
    ///
    /// ```swift
    /// let undo = try replica.undoable()
    /// print("\(undo.events.count) events were never sent")
    /// try replica.undo(undo)
    /// ```
    ///
    /// The events' counters are not used again. Nothing changes when one of the events has been sent meanwhile, or more
    /// has been recorded that rests on them. A refused event that one of them was re-recorded from is refused again, as it
    /// was.
    ///
    /// - Parameter undo: as `undoable` gave it.
    /// - Returns: what came back.
    /// - Throws: `ReplicaError`: `alreadySent`, `nothingToUndo`; then nothing was taken back.
    @discardableResult
    public func undo(_ undo: Undo) throws(ReplicaError) -> Undone {
        try performing("taking back what was recorded") {
            let taken = try store.outbox.takeBack { pending, sentThrough in
                let items = pending.filter { !$0.isSignature }
                guard try Self.undo(undo.asked.map(\.id), of: items, sentThrough: sentThrough) == undo else {
                    throw ReplicaError(
                        .nothingToUndo,
                        "more has been recorded meanwhile that rests on it, and nothing was taken back",
                        nextStep: "try again"
                    )
                }
                return Set(undo.events.map { Counter($0.id) })
            } setting: { facts, items in
                var mentions = EventMentions()
                let gone = items.compactMap { mentions.summary(of: $0.event)?.created }
                return IDMapping.facts(forgetting: Set(gone), in: facts)
            }
            return Undone(taken)
        }
    }

    /// Puts back what was taken back just now, as it was: for who could tell nobody what it was.
    ///
    /// - Parameter undone: as `undo` gave it.
    /// - Throws: `ReplicaError`; then it stays taken back.
    public func putBack(_ undone: Undone) throws(ReplicaError) {
        try performing("putting back what was taken back") { try store.outbox.putBack(undone.taken) }
    }

    private func pendingItems() throws -> [Outbox.Item] {
        try store.outbox.pending(after: .zero, limit: .max).filter { !$0.isSignature }
    }

    private static func undo(
        _ ids: [Int]?,
        of pending: [Outbox.Item],
        sentThrough: Counter
    ) throws(ReplicaError) -> Undo {
        guard let last = pending.last else { throw nothingLeft(but: nil) }
        let chosen: [Outbox.Item]
        if let ids {
            let byID = Dictionary(uniqueKeysWithValues: pending.map { ($0.counter.rawValue, $0) })
            chosen = try Set(ids).sorted().map { id throws(ReplicaError) in
                guard let item = byID[id] else {
                    throw ReplicaError(
                        .nothingToUndo,
                        "no event that waits to be sent has the number \(id)",
                        nextStep: "ambit status --pending lists them"
                    )
                }
                return item
            }
        } else {
            // What is recorded in one go has one time.
            chosen = pending.reversed().prefix { $0.recorded == last.recorded }.reversed()
        }
        if let sent = chosen.first(where: { $0.counter <= sentThrough }) {
            throw alreadySent(sent.counter, sent.event)
        }
        return Undo(asked: chosen.map(PendingEvent.init), dependents: dependents(of: chosen, in: pending))
    }

    /// The later events that mention what these, or others that mention it, create, and what erases the name of a member whose
    /// role one of these records for it.
    private static func dependents(of chosen: [Outbox.Item], in pending: [Outbox.Item]) -> [PendingEvent] {
        var mentions = EventMentions()
        let asked = Set(chosen.map(\.counter))
        var gone: Set<String> = []
        // When roles were recorded: a redaction that `redact` recorded them for has the same time.
        var granted: Set<Timestamp> = []
        var dependents: [PendingEvent] = []
        for item in pending {
            guard let summary = mentions.summary(of: item.event) else { continue }
            let isAsked = asked.contains(item.counter)
            let erases = summary.type == Tombstone.redactionType && granted.contains(item.recorded)
            guard isAsked || erases || !summary.mentions.isDisjoint(with: gone) else { continue }
            if summary.type == "member.granted" { granted.insert(item.recorded) }
            if let created = summary.created { gone.insert(created) }
            if !isAsked { dependents.append(PendingEvent(item)) }
        }
        return dependents
    }

    private static func nothingLeft(but event: [UInt8]?) -> ReplicaError {
        ReplicaError(
            .nothingToUndo,
            "everything that was recorded here has been sent or taken back",
            nextStep: event.flatMap(correction) ?? "record what corrects it; ambit types lists the types"
        )
    }

    private static func alreadySent(_ counter: Counter, _ event: [UInt8]) -> ReplicaError {
        ReplicaError(
            .alreadySent,
            "event \(counter) may have been sent already, and others may have read it",
            nextStep: correction(of: event) ?? "record what corrects it"
        )
    }

    private static func correction(of event: [UInt8]) -> String? {
        guard let line = EventLine(String(decoding: event, as: UTF8.self)),
            let type = Catalogue.current.correcting(line.type, fields: line.data.members?.map(\.name) ?? [])
        else { return nil }
        return "record what corrects it: ambit record \(type) \(line.subject)"
    }
}

extension PendingEvent {
    init(_ item: Outbox.Item) {
        self.init(id: item.counter.rawValue, line: String(decoding: item.event, as: UTF8.self))
    }
}

extension Catalogue {
    /// The type that makes good what one of this type said: it withdraws what was created, or writes anew what was written.
    ///
    /// - Parameters:
    ///   - name: the type.
    ///   - fields: that the event wrote.
    /// - Returns: nil where no type does.
    func correcting(_ name: String, fields: [String]) -> String? {
        guard let type = type(named: name) else { return nil }
        let kind = type.kind
        if type.isCreating {
            let verbs = ["voided", "retracted", "withdrawn", "halted", "revised"]
            return verbs.lazy.map { "\(kind).\($0)" }.first { self.type(named: $0) != nil }
        }
        let others = ["corrected", "revised"].compactMap { self.type(named: "\(kind).\($0)") }
        if let other = others.first(where: { Set(fields).isSubset(of: $0.fields) }) { return other.name }
        // The same type says something else, unless all that it can say is one thing.
        let isFree = fields.contains { type.narrowings[$0]?.values.count != 1 }
        return isFree ? name : nil
    }
}
