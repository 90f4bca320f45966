internal import AgendaModel

/// Holds what subjects would hold against what they may.
///
/// Nearly always it is enough to add up: what is known of a subject, and all that has been added since. Only where that might be
/// too much, even of entries of maps, the subject is weighed exactly.
extension PushSequencing {
    /// Why a subject cannot hold what a line writes; nil when it can, and where nobody can tell.
    ///
    /// What holds no more afterwards than before is always taken: so what is too much can be taken away.
    mutating func weightProblem(
        of line: Push.Line,
        _ event: UnsafeBufferPointer<UInt8>,
        in batch: Batch,
        _ cache: WriterCache
    ) throws -> EventProblem? {
        // What makes a subject is no longer than an event.
        let source = push.source
        guard let folded, source != .server, !push.types[Int(line.type)].isCreating else { return nil }
        let subject = Int(line.subject)
        let name = push.names.names[subject]
        if room(for: subject, in: batch, cache) >= Int(line.weight) { return nil }
        try weigh(subject, in: batch, from: cache.store, folded)
        guard let held = weights?.bytes(of: name) else { return nil }
        rooms[subject] = EventLimits.heldEntryBytes - held
        guard held + Int(line.weight) > EventLimits.heldEntryBytes else { return nil }
        return weights?.problem(of: name, with: event, of: source)
    }

    /// How much may be added to a subject for certain; less than zero where nothing is known.
    private mutating func room(for subject: Int, in batch: Batch, _ cache: WriterCache) -> Int {
        if let known = rooms[subject] { return known }
        let name = push.names.names[subject]
        let before = batch.weighedBytes[name] ?? heldAtMost(name, in: batch, cache)
        let room = before.map { EventLimits.heldEntryBytes - $0 - addedBytes[subject, default: 0] } ?? -1
        rooms[subject] = room
        return room
    }

    private func heldAtMost(_ name: String, in batch: Batch, _ cache: WriterCache) -> Int? {
        let isNew = batch.newNames.contains(name)
        let before: Int? = isNew ? 0 : cache.memory.weight(of: name)
        return before.map { $0 + batch.addedBytes[name, default: 0] }
    }

    /// Has a subject weighed, up to the lines before this one.
    private mutating func weigh(
        _ subject: Int,
        in batch: Batch,
        from store: any LogStore,
        _ folded: FoldedSubjects
    ) throws {
        let base = batch.base.head.size
        func current(_ weights: PushWeights) throws -> PushWeights {
            var weights = weights
            try weights.read(upTo: base, of: store)
            weights.take(batch.entries, from: base.next)
            return weights
        }
        if weights == nil, let found = foundWeights, found.size <= base { weights = try current(found) }
        let name = push.names.names[subject]
        guard weights?.bytes(of: name) == nil, unweighed.insert(subject).inserted else { return }
        // Nobody has looked it up: it has come to hold so much since.
        guard let other = try PushWeights(of: [subject], in: push, store, folded), other.size <= base else { return }
        let own = try current(other)
        if weights == nil { weights = own } else { weights?.add(own) }
    }

    /// Takes in what an accepted line has written.
    mutating func noteWeight(of line: Push.Line, _ event: UnsafeBufferPointer<UInt8>, at position: Position) {
        let subject = Int(line.subject)
        addedBytes[subject, default: 0] += Int(line.weight)
        if let room = rooms[subject] { rooms[subject] = room - Int(line.weight) }
        let (name, source) = (push.names.names[subject], push.source)
        weights?.write(event, about: name, of: source, at: position)
    }

    /// Tells the batch what the push has added.
    func noteWeights(in batch: inout Batch) {
        for (subject, added) in addedBytes {
            let name = push.names.names[subject]
            batch.note(added, of: name, weighed: weights?.bytes(of: name))
        }
    }
}
