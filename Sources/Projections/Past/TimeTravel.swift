package import AgendaModel
package import EventLog

/// The state at any earlier size or moment, folded from the log's first entry on.
package enum TimeTravel {
    /// Folds the first `size` entries.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them to fold.
    ///   - earlier: the state of the same log at this size or a smaller one, to begin with.
    ///   - progress: called now and then with the size reached.
    /// - Returns: the state at that size.
    /// - Throws: `ProjectionError` with `beyondLog` when the log is shorter.
    package static func state(
        of log: any LogReader,
        at size: LogSize,
        from earlier: State = State(),
        progress: ((LogSize) -> Void)? = nil
    ) throws -> State {
        try check(size, in: log)
        precondition(earlier.size <= size, "a state does not go back")
        var state = earlier
        guard size > earlier.size else { return state }
        try log.forEachBlock(in: earlier.size.next..<size.next) { _, _, entries in
            try forEachLine(of: entries) { try state.fold(entry: $0) }
            progress?(state.size)
        }
        return state
    }

    /// The state as it was known at a moment: of the entries with that recorded time or an earlier one.
    package static func state(
        of log: any LogReader,
        at moment: Timestamp,
        progress: ((LogSize) -> Void)? = nil
    ) throws -> State {
        try state(of: log, at: log.size(at: moment), progress: progress)
    }

    /// What differs between the states at two sizes, sorted by subject; folds the log from its first entry on.
    ///
    /// For what is close together, and lies within a state file, `StateView.differences` costs less.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - earlier: the first size.
    ///   - later: the second one.
    ///   - progress: called now and then with the size reached.
    /// - Returns: the subjects that differ.
    /// - Throws: `ProjectionError` with `beyondLog` when the log is shorter.
    package static func differences(
        of log: any LogReader,
        from earlier: LogSize,
        to later: LogSize,
        progress: ((LogSize) -> Void)? = nil
    ) throws -> [SubjectDifference] {
        let before = try state(of: log, at: earlier, progress: progress)
        let after = try state(of: log, at: later, from: before, progress: progress)
        return try after.subjects.compactMap { try SubjectDifference(of: $0, from: before, to: after) }
    }

    /// SHA-256 over `<subject> <JCS of the document>\n` per subject, sorted bytewise.
    package static func digest(of state: State) -> Hash {
        var hasher = Hasher256()
        state.writeDigestInput { hasher.update($0) }
        return hasher.finish()
    }

    /// The root of the tree over the first `size` entries.
    ///
    /// It comes from a checkpoint when there is one of that size. Otherwise it is computed from the segments' roots and
    /// the entries after them.
    package static func root(of log: any LogReader, at size: LogSize) throws -> Hash {
        try check(size, in: log)
        if let checkpoint = try log.checkpoint(atMost: size)?.checkpoint, checkpoint.size == size {
            return checkpoint.root
        }
        let whole = min(size.wholeSegments, try log.head().sealedSegments)
        var edge = try log.edge(ofSegments: whole)
        let rest = Position(whole * Segment.entryCount)..<size.next
        if !rest.isEmpty {
            try log.forEachBlock(in: rest) { _, _, entries in
                forEachLine(of: entries) { edge.append(leaf: Merkle.leaf($0)) }
            }
        }
        return edge.root
    }

    /// - Throws: `ProjectionError` with `beyondLog` for a size that the log does not have; what the log throws.
    package static func check(_ size: LogSize, in log: any LogReader) throws {
        let end = try log.head().size
        guard (LogSize.zero...end).contains(size) else {
            throw ProjectionError(
                .beyondLog,
                "the log has \(end) entries, so it has no size \(size); ask for 0 to \(end)"
            )
        }
    }
}
