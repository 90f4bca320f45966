internal import AgendaModel

/// Holds what subjects would hold against what they may.
///
/// Nearly always it is enough to add up: what was known of a subject when the push was looked up, and all that has been added
/// since. Only where that might be too much, even of entries of maps, the subject has been weighed exactly. The writer itself
/// weighs none: it reads neither the log nor the state for it.
extension PushSequencing {
    /// Whether the writer can tell of each subject whether it can hold what the push writes.
    ///
    /// If not, another look-up may tell. True also where that would not help.
    mutating func knowsWeights(in batch: Batch, _ cache: WriterCache) -> Bool {
        guard isWeighed, let found, !found.isLast else { return true }
        for subject in found.known.keys where !found.isUntold(subject) {
            // New: it has been weighed where the push alone may be too much.
            if push.created.contains(subject), found.existing[subject] == false { continue }
            let most = heldAtMost(subject, in: batch, cache)
            if let most, most + push.addedBytes[subject, default: 0] <= EventLimits.heldEntryBytes { continue }
            guard weights?.bytes(of: push.names.names[subject]) != nil, addedSince(to: subject, in: batch, cache) == 0
            else { return false }
        }
        return true
    }

    /// Why a subject cannot hold what a line writes; nil when it can, and where nobody can tell.
    ///
    /// What holds no more afterwards than before is taken: so what is too much can be taken away.
    mutating func weightProblem(
        of line: Push.Line,
        _ event: UnsafeBufferPointer<UInt8>,
        in batch: Batch,
        _ cache: WriterCache
    ) -> EventProblem? {
        // What makes a subject is no longer than an event.
        guard isWeighed, !push.types[Int(line.type)].isCreating else { return nil }
        let (subject, weight) = (Int(line.subject), Int(line.weight))
        guard let most = heldAtMost(subject, in: batch, cache), most + weight > EventLimits.heldEntryBytes else {
            return nil
        }
        let name = push.names.names[subject]
        if let weighed = weights?.bytes(of: name), let added = addedSince(to: subject, in: batch, cache) {
            heldBytes[subject] = min(most, weighed + added)
            guard weighed + added + weight > EventLimits.heldEntryBytes else { return nil }
            let source = push.source
            return weights?.problem(of: name, with: event, of: source, besides: added)
        }
        // Looked up twice, it had room for the push, and others have added to it since. Without a look-up that is not known.
        guard most + weight > EventLimits.heldBytes, let found, !found.isUntold(subject) else { return nil }
        return EventProblem(
            .tooLarge,
            "\(name) may come to hold \(most + weight) bytes with what others are adding to it just now, more than the "
                + "\(EventLimits.heldBytes) that a subject may hold; record it again, or record less"
        )
    }

    /// What a subject holds at most, with the accepted lines: bytes; nil where nobody can tell.
    private mutating func heldAtMost(_ subject: Int, in batch: Batch, _ cache: WriterCache) -> Int? {
        if let known = heldBytes[subject] { return known }
        let name = push.names.names[subject]
        var most = batch.weighedBytes[name]
        if most == nil {
            let isNew = batch.newNames.contains(name)
            let before: Int? = isNew ? 0 : cache.memory.weight(of: name, from: found?.known[subject])
            most = before.map { $0 + batch.addedBytes[name, default: 0] }
        }
        heldBytes[subject] = most.map { $0 + addedBytes[subject, default: 0] }
        return heldBytes[subject]
    }

    /// What others may have added to a subject since the push was looked up: bytes; nil where nobody can tell.
    private func addedSince(to subject: Int, in batch: Batch, _ cache: WriterCache) -> Int? {
        let name = push.names.names[subject]
        guard let known = found?.known[subject] else { return nil }
        return cache.memory.added(to: name, since: known).map { $0 + batch.addedBytes[name, default: 0] }
    }

    /// Takes in what an accepted line has written.
    mutating func noteWeight(of line: Push.Line, _ event: UnsafeBufferPointer<UInt8>, at position: Position) {
        let subject = Int(line.subject)
        addedBytes[subject, default: 0] += Int(line.weight)
        heldBytes[subject]? += Int(line.weight)
        let (name, source) = (push.names.names[subject], push.source)
        weights?.write(event, about: name, of: source, at: position)
    }

    /// Tells the batch what the push has added.
    func noteWeights(in batch: inout Batch, _ cache: WriterCache) {
        for (subject, added) in addedBytes {
            let name = push.names.names[subject]
            var held = heldBytes[subject]
            if let weighed = weights?.bytes(of: name), let others = addedSince(to: subject, in: batch, cache) {
                held = weighed + others
            }
            batch.note(added, of: name, weighed: held)
        }
    }
}
