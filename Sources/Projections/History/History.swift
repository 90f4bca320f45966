package import AgendaModel
package import EventLog

/// What happened, told from a log.
package enum History {
    /// Calls the body with each event that fits, in order.
    ///
    /// Takes time for all entries up to the range's end, and memory for the state there and four bytes for each.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - range: the positions to tell of; must lie within the log.
    ///   - filter: which events are wanted.
    ///   - progress: called now and then with the size reached.
    ///   - body: is given the event and the entry's bytes.
    /// - Throws: what the log and the body throw, `EventProblem` for entries that cannot be read.
    package static func forEachEvent(
        in log: any LogReader,
        _ range: Range<Position>,
        fitting filter: HistoryFilter = HistoryFilter(),
        progress: ((LogSize) -> Void)? = nil,
        _ body: (HistoryEvent, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        guard !range.isEmpty else { return }
        var fold = HistoryFold()
        try log.forEachBlock(in: LogSize.zero.next..<range.upperBound) { first, _, entries in
            var position = first
            try forEachLine(of: entries) { entry in
                let wanted = range.contains(position) ? filter : nil
                if let event = try fold.fold(entry, at: position, telling: wanted) { try body(event, entry) }
                position += 1
            }
            progress?(LogSize(before: position))
        }
    }
}

extension StateView {
    /// Calls the body with each event about a subject, in order, up to the snapshot's size, until it returns false.
    ///
    /// Costs what the subject's own entries cost; all are folded, those before `after` without being told.
    ///
    /// - Parameters:
    ///   - subject: its whole name.
    ///   - log: the one that the snapshot was folded from.
    ///   - after: the size to begin at.
    ///   - body: is given the event.
    /// - Throws: what the log, SQLite and the body throw.
    package func forEachEvent(
        about subject: String,
        in log: any LogReader,
        after: LogSize = .zero,
        _ body: (HistoryEvent) throws -> Bool
    ) throws {
        precondition(overlay == nil && personal == .included, "history is of what is in the log, all of it")
        var fold = HistoryFold(ofSubjectBeside: shownValues())
        try forEachEntry(about: subject, in: log) { position, entry in
            let wanted = position >= after.next ? HistoryFilter() : nil
            guard let event = try fold.fold(entry, at: position, telling: wanted) else { return true }
            return try body(event)
        }
    }

    /// Calls the body with each event about some subjects that fits, in order; tells the same as `History.forEachEvent`.
    ///
    /// Costs what the subjects' own entries cost, and those of subjects that were called otherwise then.
    ///
    /// - Parameters:
    ///   - subjects: their whole names.
    ///   - log: the one that the snapshot was folded from.
    ///   - range: the positions to tell of; must lie within the snapshot.
    ///   - filter: which events are wanted.
    ///   - body: is given the event and the entry's bytes.
    /// - Throws: what the log, SQLite and the body throw.
    package func forEachEvent(
        about subjects: Set<String>,
        in log: any LogStore,
        _ range: Range<Position>,
        fitting filter: HistoryFilter,
        _ body: (HistoryEvent, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        precondition(overlay == nil && personal == .included, "history is of what is in the log, all of it")
        precondition(range.upperBound <= size.next, "the snapshot does not reach so far")
        var fold = HistoryFold(ofSubjectsIn: log, PastSubjects(self, log))
        try forEachEntry(aboutAnyOf: subjects, in: log) { position, entry, _ in
            guard position < range.upperBound else { return false }
            let wanted = range.contains(position) ? filter : nil
            if let event = try fold.fold(entry, at: position, telling: wanted) { try body(event, entry) }
            return true
        }
    }

    /// How many segments may have entries about the subject: what reading its history costs.
    package func segmentCount(mentioning subject: String) throws -> Int {
        try Mentions.segments(mentioning: subject, db).count
    }

    /// What is shown at a path of any subject, for naming things; keeps what it has read.
    func shownValues() -> Naming.Lookup {
        var known: [String: [Register]] = [:]
        return { subject, path in
            let registers = try known[subject] ?? registers(of: subject)
            known[subject] = registers
            return registers.first { $0.path == path }?.heads[0].value
        }
    }

    /// What subjects and authors are called in this snapshot.
    package var naming: Naming { Naming(shownValues()) }
}
