internal import AgendaModel

/// Holds given-back entries against the log, and adds to the batch those that it lacks.
struct RepairSequencing {
    private let repair: RepairRequest
    /// How many of them the log has already.
    private let overlap: Int

    /// - Throws: `RepairError` with `aheadOfLog`, `forked` or `invalidProof`, or what the store throws.
    private init(_ repair: RepairRequest, onto base: LogTip, _ store: any LogStore) throws {
        self.repair = repair
        let size = base.head.size
        guard repair.after <= size else {
            throw RepairError(
                .aheadOfLog(size),
                "the entries begin at position \(repair.after), and the log has \(size)"
            )
        }
        overlap = min(size - repair.after, repair.count)
        try Self.compare(repair, first: overlap, with: store)
        let given = repair.checkpoint.checkpoint
        if given.size == size, given.root != base.edge.root {
            throw RepairError(.forked, "the log has another root than the checkpoint at its size of \(size)")
        }
    }

    /// Takes entries back into a batch that is theirs alone.
    ///
    /// Nothing is added when the log has all of them.
    ///
    /// - Throws: `RepairError`, or what the store throws; the batch must be thrown away then.
    static func take(_ repair: RepairRequest, into batch: inout Batch, cache: inout WriterCache) throws {
        let sequencing = try RepairSequencing(repair, onto: batch.base, cache.store)
        try sequencing.add(to: &batch, &cache)
        // Of entries that the log has long gone beyond, the comparison has said everything.
        guard repair.end == batch.size else { return }
        guard
            repair.proof.verify(
                from: (batch.size, batch.edge.root),
                to: (repair.checkpoint.checkpoint.size, repair.checkpoint.checkpoint.root)
            )
        else {
            throw RepairError(
                .invalidProof,
                "the log with these entries, \(batch.size) in all, does not lead to the checkpoint of "
                    + "\(repair.checkpoint.checkpoint.size)"
            )
        }
        if repair.checkpoint.checkpoint.size == batch.size { batch.givenCheckpoint = repair.checkpoint }
    }

    /// What the log has already must be the same; what has been erased on one side only has the same leaf.
    private static func compare(_ repair: RepairRequest, first count: Int, with store: any LogStore) throws {
        guard count > 0 else { return }
        let range = repair.after.positions(upTo: repair.after + count)
        try store.forEachBlock(in: range) { first, count, stored in
            var given = repair.lines[(first - repair.after.next)...]
            let found = try Merkle.forEachLeaf(of: stored) { leaf, _ in
                guard given.popFirst()?.leaf == leaf else {
                    throw RepairError(
                        .forked,
                        "the log has other entries at positions \(first) to \(first + count - 1)"
                    )
                }
            }
            guard found == count else {
                throw LogError(
                    .corrupt,
                    "the entries from \(first) on should be \(count) lines and are \(found)"
                )
            }
        }
    }

    /// What the new entries ask to be erased, and is not.
    ///
    /// - Throws: `RepairError` when there is a tombstone without its redaction.
    private func erasures(onto size: LogSize, _ store: any LogStore) throws -> [Erasure] {
        let verdict = try repair.erasures.verdict(
            from: size,
            upTo: repair.end,
            later: repair.laterRedactions,
            known: { try store.redactedPosition(at: $0) }
        )
        switch verdict {
        case .unjustified(let position):
            throw RepairError(
                .invalidProof,
                "the entry for position \(position) was erased without a redaction"
            )
        case .beyond(let end):
            throw RepairError(
                .invalidProof,
                "an entry was erased by the one for position \(end - 1), which was not given along"
            )
        case .justified(let erasures):
            return try erasures.filter { erasure in
                let index = erasure.position - repair.after.next
                if repair.lines.indices.contains(index), index >= overlap { return !repair.lines[index].isTombstone }
                return try store.entry(at: erasure.position).withUnsafeBufferPointer { ErasedEntry.leaf(of: $0) == nil }
            }
        }
    }

    private func add(to batch: inout Batch, _ cache: inout WriterCache) throws {
        let new = repair.lines[overlap...]
        guard let first = new.first else { return }
        if let last = batch.base.head.recordedTime, first.recordedTime < last {
            throw RepairError(
                .invalidProof,
                "the entry for position \(batch.size) was recorded before the log's last one"
            )
        }
        let erasures = try erasures(onto: batch.base.head.size, cache.store)
        batch.isRepair = true
        batch.reserve(bytes: repair.entries.count, events: new.count)
        try repair.entries.withUnsafeBufferPointer { bytes in
            for line in new {
                let source = EventSource(unchecked: repair.names.names[Int(line.source)])
                let subject = repair.names.names[Int(line.subject)]
                let entry = UnsafeBufferPointer(rebasing: bytes[line.bytes])
                let position = batch.append(entry: entry, leaf: line.leaf, source: source, counter: line.counter)
                // Another event may have been refused under a greater counter since the log was put back.
                let known = try batch.lastCounters[source] ?? cache.lastCounter(of: source)
                batch.lastCounters[source] = max(known, line.counter)
                if line.isCreating, !batch.newNames.contains(subject), try !cache.exists(subject) {
                    batch.addSubject(subject, at: position)
                }
                if line.accessEvent >= 0,
                    let change = repair.accessEvents[Int(line.accessEvent)].change(of: subject, in: batch.access)
                {
                    batch.change(change)
                }
            }
        }
        for erasure in erasures { batch.erase(erasure.position, by: erasure.redaction) }
    }
}
