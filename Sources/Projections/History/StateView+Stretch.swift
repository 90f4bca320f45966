package import AgendaModel
package import EventLog

/// What happened in a stretch of the log, told without folding what comes before it.
extension StateView {
    /// Longer stretches are told by folding the log: looking for so many subjects one by one takes longer.
    package static let maximumStretch = 4096

    /// Calls the body with each event of a stretch that fits, in order; tells the same as `History.forEachEvent`.
    ///
    /// Costs what the stretch, the history of its subjects and what their authors had not seen cost.
    ///
    /// - Parameters:
    ///   - log: the one that the snapshot was folded from.
    ///   - range: the positions to tell of; must lie within the snapshot.
    ///   - filter: which events are wanted.
    ///   - body: is given the event and the entry's bytes.
    /// - Throws: what the log, SQLite and the body throw.
    package func forEachEvent(
        in log: any LogReader,
        _ range: Range<Position>,
        fitting filter: HistoryFilter = HistoryFilter(),
        _ body: (HistoryEvent, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        precondition(overlay == nil && personal == .included, "history is of what is in the log, all of it")
        precondition(range.upperBound <= size.next, "the snapshot does not reach so far")
        let start = LogSize(before: range.lowerBound)
        var earliest = start
        try forEachEntry(of: log, in: range) { _, _, attributes in earliest = min(earliest, attributes.basis) }
        var fold = HistoryFold(from: start, PastSubjects(self, log))
        try forEachEntry(of: log, in: earliest.positions(upTo: start)) { position, entry, _ in
            try fold.noteUnfolded(entry, at: position)
        }
        try forEachEntry(of: log, in: range) { position, entry, _ in
            if let event = try fold.fold(entry, at: position, telling: filter) { try body(event, entry) }
        }
    }

    /// What differs between the states at two sizes, sorted by subject.
    ///
    /// Costs what the entries in between and the history of their subjects cost.
    ///
    /// - Parameters:
    ///   - earlier: the first size.
    ///   - later: the second one; must lie within the snapshot.
    ///   - log: the one that the snapshot was folded from.
    /// - Returns: the subjects that differ.
    /// - Throws: what the log and SQLite throw.
    package func differences(
        from earlier: LogSize,
        to later: LogSize,
        in log: any LogReader
    ) throws -> [SubjectDifference] {
        precondition(later <= size, "the snapshot does not reach so far")
        let past = PastSubjects(self, log)
        var before = State(at: earlier)
        var subjects: Set<String> = []
        let range = earlier.positions(upTo: later)
        try forEachEntry(of: log, in: range) { _, entry, attributes in
            let subject = String(decoding: entry[attributes.subject], as: UTF8.self)
            guard subjects.insert(subject).inserted else { return }
            if let encoded = try past.encoded(of: subject, at: earlier) { try before.load(encoded, of: subject) }
        }
        var after = before
        try forEachEntry(of: log, in: range) { _, entry, _ in try after.fold(entry: entry) }
        let state = after
        let naming = Naming { name, path in
            if state.contains(name) { return state.register(of: name, at: path)?.heads[0].value }
            return try past.value(of: name, at: path, size: later)
        }
        return try after.subjects.compactMap {
            try SubjectDifference(of: $0, from: before, to: after, naming: naming)
        }
    }

    private func forEachEntry(
        of log: any LogReader,
        in range: Range<Position>,
        _ body: (Position, UnsafeBufferPointer<UInt8>, EventAttributes) throws -> Void
    ) throws {
        guard !range.isEmpty else { return }
        var reader = EventReader()
        try log.forEachBlock(in: range) { first, _, entries in
            var position = first
            try forEachLine(of: entries) { entry in
                try body(position, entry, try reader.read(entry, as: .entry))
                position += 1
            }
        }
    }
}
