package import AgendaModel

/// Holds what a store gives of a log against the signed checkpoint, and who may use it against the entries.
///
/// Goes by what the store's readers give, so it works for any; of a file, `LogFile.check` looks at every table.
package struct LogStoreCheck {
    private let moment: LogMoment
    private let log: any LogStore

    /// - Parameter log: others may write to it meanwhile; what they add is passed over.
    /// - Throws: as `LogMoment`.
    package init(_ log: any LogStore) throws {
        self.log = log
        moment = try LogMoment(of: log)
    }

    /// - Parameters:
    ///   - held: a verified checkpoint from elsewhere that the log must extend.
    ///   - progress: called with how many entries have been checked, and how many there are.
    ///   - each: called with each entry, and the tree that ends with it, in order; what it throws ends the check.
    /// - Returns: what there is.
    /// - Throws: `LogDifference` for the first that differs; what reading throws.
    package func run(
        extending held: Checkpoint? = nil,
        progress: (_ checked: LogSize, _ size: LogSize) -> Void = { _, _ in },
        each: (CheckedEntry, TreeEdge) throws -> Void = { _, _ in }
    ) throws -> LogReport {
        let size = moment.head.size
        var entries = EntryCheck(extending: held)
        var replay = AccessReplay()
        try log.forEachBlock(in: size.positions) { _, _, block in
            try Lines.forEach(in: block) { line in
                let entry = try entries.take(UnsafeBufferPointer(rebasing: block[line]))
                replay.take(entry)
                try each(entry, entries.edge)
            }
            progress(entries.edge.size, size)
        }
        try check(entries.edge)
        try entries.finish()
        try replay.check(members: moment.access.members, devices: moment.access.devices)
        var report = LogReport(identity: log.identity, size: size, root: entries.edge.root, isReplica: false)
        report.checkpoints = moment.head.checkpoint == nil ? 0 : 1
        report.note = moment.head.checkpoint?.note
        report.sources = entries.sourceNames.count
        (report.erased, report.kept) = (entries.erased, entries.kept)
        return report
    }

    // The tree is over all entries that the store has given.
    private func check(_ edge: TreeEdge) throws {
        let size = moment.head.size
        guard edge.size == size else {
            throw LogDifference(.entry(edge.size.next), "is missing; the log has \(size) entries")
        }
        guard let note = moment.head.checkpoint?.note else {
            guard size == .zero else { throw LogDifference(.checkpoint(size), "is missing") }
            return
        }
        let signed: Checkpoint
        do throws(LogError) {
            signed = try log.identity.verifierKey.verify(note).checkpoint
        } catch {
            throw LogDifference(.checkpoint(size), error.message)
        }
        guard signed.size == size, signed.root == edge.root else {
            throw LogDifference(
                .checkpoint(size),
                "it is of \(signed.size) entries with the root \(signed.root.base64), and the entries have "
                    + edge.root.base64
            )
        }
    }
}
