internal import AgendaModel
internal import EventLog
internal import GRDB
internal import SQLiteFiles

/// The one writer of a state file.
package struct StateFileWriter: Sendable {
    /// The number of entries in one transaction: what is folded again when a long catch-up is interrupted.
    package static let entriesPerTransaction = 65_536
    /// What the registers kept between calls may take.
    ///
    /// Beyond it they are dropped and read from the file again.
    static let memoryKept = ByteCount(64 << 20)
    /// With more changed subjects than this it is cheaper to ask for all conflicts at once.
    private static let subjectsAskedOneByOne = 64

    /// Subjects that have been folded lately, standing at the file's size; nil at first and after any failure.
    private var state: State?
    /// Whether `state` holds every subject, so that what it does not hold does not exist.
    private var holdsEverything = false
    /// Of the log that `state` has been folded from.
    private var identity: LogIdentity?

    init() {}

    /// Folds an entry, without its newline, into a state; subjects that it does not hold lie in the database.
    typealias EntryFold = (UnsafeBufferPointer<UInt8>, inout State, Database) throws -> EventAttributes

    struct Step {
        var size: LogSize
        /// Whether the log had no more.
        var isLast: Bool
    }

    /// Whether the file, at this size, needs nothing from a log that it has been compared with.
    func isUpToDate(at size: LogSize, with log: any LogReader) throws -> Bool {
        try state?.size == size && identity == log.identity && log.head().size == size
    }

    /// Folds one batch, in one transaction.
    ///
    /// - Parameters:
    ///   - pool: the file's.
    ///   - log: where the entries are.
    ///   - end: the size to stop at; nil for all that the log has.
    ///   - batch: how many entries at most.
    ///   - folding: what folds each entry, and does something besides; nil for a fold and nothing else.
    /// - Returns: how far it has come.
    /// - Throws: what the file, the log and `folding` throw.
    mutating func step(
        _ pool: DatabasePool,
        log: any LogReader,
        upTo end: LogSize?,
        batch: Int,
        folding: EntryFold? = nil
    ) throws -> Step {
        // Whatever fails from here on, the next call starts from what the file says.
        var next = StateFileWriter()
        swap(&self, &next)
        var step = Step(size: .zero, isLast: true)
        try pool.writeNamingFullDisk { db in
            try db.inTransaction(.immediate) {
                step = try next.step(db, log: log, upTo: end, batch: batch, folding: folding)
                return .commit
            }
        }
        if next.state.map({ $0.memory <= Self.memoryKept }) ?? false { self = next }
        return step
    }

    private mutating func step(
        _ db: Database,
        log: any LogReader,
        upTo last: LogSize?,
        batch: Int,
        folding: EntryFold?
    ) throws -> Step {
        // The file's size first: the log was at least as long when that was written, whoever wrote it.
        var size = try LogMark.readSize(db)
        let end = try log.head().size
        if state?.size != size || identity != log.identity || size > end {
            if try !LogMark(db).holds(for: log, of: end) {
                try StateSchema.empty(db)
                size = .zero
            }
            state = size == .zero ? State() : State(at: size)
            holdsEverything = size == .zero
            identity = log.identity
        }
        let wanted = min(end, last ?? end)
        let target = min(wanted, size + max(batch, 1))
        if target > size {
            try fold(size.positions(upTo: target), of: log, in: db, folding)
            try LogMark(of: log, at: target).write(db)
        }
        return Step(size: target, isLast: target == wanted)
    }

    private mutating func fold(
        _ range: Range<Position>,
        of log: any LogReader,
        in db: Database,
        _ folding: EntryFold?
    ) throws {
        guard var state = state.take() else { return }
        let loader = SubjectLoader(db)
        let load = holdsEverything ? nil : loader.load
        let known = state.subjectCount
        var changed: [State.SubjectNumber] = []
        var redacted: [Position] = []
        func endSegment(_ number: Int) throws {
            let subjects = state.takeChanges()
            let hashes = subjects.map { state.withName(of: $0) { Mentions.hash($0) } }
            let isBegun = Segment.positions(number).lowerBound < range.lowerBound
            try Mentions.add(hashes, toSegment: number, begunBefore: isBegun, db)
            changed += subjects
        }
        try log.forEachBlock(in: range) { first, _, entries in
            var size = LogSize(before: first)
            try forEachLine(of: entries) { entry in
                let attributes = try folding?(entry, &state, db) ?? state.fold(entry: entry, load: load)
                if let erased = attributes.redactedPosition(in: entry), erased < range.lowerBound {
                    redacted.append(erased)
                }
                size += 1
                if size.isAtSegmentEnd { try endSegment(size.wholeSegments - 1) }
            }
        }
        guard state.size == LogSize(before: range.upperBound) else {
            throw LogError(.corrupt, "the log gave fewer entries than it says it has; check it with `ambit verify`")
        }
        if !state.size.isAtSegmentEnd { try endSegment(state.size.wholeSegments) }
        if !redacted.isEmpty {
            try erase(redacted, from: &state, of: log, load)
            changed += state.takeChanges()
            try StateSchema.noteErasure(db)
        }
        try write(state.sorted(changed), of: state, knowing: known, db)
        self.state = state
    }

    /// Forgets what entries wrote that have been erased since they were folded.
    private func erase(
        _ positions: [Position],
        from state: inout State,
        of log: any LogReader,
        _ load: State.Load?
    ) throws {
        for position in positions {
            try log.entry(at: position).withUnsafeBufferPointer { entry in
                // A redaction of what cannot be erased has erased nothing.
                guard ErasedEntry.leaf(of: entry) != nil else { return }
                try state.erase(tombstone: entry, at: position, load: load)
            }
        }
    }

    private func write(
        _ changed: [State.SubjectNumber],
        of state: State,
        knowing known: Int,
        _ db: Database
    ) throws {
        // Before anything is made of it that some were not found. Those that were cost nothing here.
        if !holdsEverything {
            try SubjectRow.holdBeside(changed.filter { state.isNew($0, since: known) }.map(state.name), db)
        }
        // First, from what the rows say now.
        var measured = try Self.measured(changed, in: state, knowing: known, db)
        let insert = try db.cachedStatement(sql: SubjectRow.insert)
        let update = try db.cachedStatement(sql: SubjectRow.update)
        var encoded: [UInt8] = []
        for subject in changed {
            encoded.removeAll(keepingCapacity: true)
            state.appendEncodedRegisters(of: subject, to: &encoded)
            let isNew = state.isNew(subject, since: known)
            try state.withName(of: subject) { name in
                try encoded.withUnsafeBufferPointer {
                    try SubjectRow.write(name, registers: $0, with: isNew ? insert : update)
                }
            }
            // A disk has changed its name since the state has it.
            guard isNew || db.changesCount == 1 else { throw SubjectRow.damaged }
        }
        try writeConflicts(of: changed, in: state, db)
        try writeWeights(of: changed, in: state, db)
        try measured.complete { try SubjectRow.forEachMeasurement(db, $0) }
        try measured.write()
    }

    /// What the changes of measurements make of the totals.
    private static func measured(
        _ changed: [State.SubjectNumber],
        in state: State,
        knowing known: Int,
        _ db: Database
    ) throws -> MeasuredPlaces {
        var places = MeasuredPlaces(db)
        let paths = Dictionary(
            uniqueKeysWithValues: Measurement.Path.allCases.map { ($0, state.number(ofPath: $0.pointer)) }
        )
        let prefix = Array("\(Measurement.kind)/".utf8)
        for subject in changed where state.withName(of: subject, { $0.starts(with: prefix) }) {
            let name = state.name(of: subject)
            let old =
                try state.isNew(subject, since: known) ? nil : Measurement(name, SubjectRow.registers(of: name, db))
            let new = try Measurement(name) { path in paths[path]?.flatMap { state.shown(subject, at: $0) } }
            try places.change(from: old, to: new)
        }
        return places
    }

    private func writeConflicts(of changed: [State.SubjectNumber], in state: State, _ db: Database) throws {
        let names = changed.map(state.name)
        guard changed.count > Self.subjectsAskedOneByOne else {
            let conflicts = names.map { ($0, state.registers(of: $0).filter(\.isConflict)) }
            return try ConflictRow.replace(Dictionary(uniqueKeysWithValues: conflicts), of: names, db)
        }
        let wanted = Set(names)
        var conflicts: [String: [Register]] = [:]
        for conflict in state.conflicts where wanted.contains(conflict.subject) {
            conflicts[conflict.subject, default: []].append(conflict.register)
        }
        let known = try ConflictRow.subjects(db).filter(wanted.contains)
        try ConflictRow.replace(conflicts, of: Set(known).union(conflicts.keys).sorted(), db)
    }

    private func writeWeights(of changed: [State.SubjectNumber], in state: State, _ db: Database) throws {
        let isEmpty = try WeightRow.isEmpty(db)
        for subject in changed {
            let bytes = state.weight(of: subject)
            if bytes > WeightRow.least {
                try WeightRow.write(bytes, of: state.name(of: subject), db)
            } else if !isEmpty {
                try WeightRow.remove(state.name(of: subject), db)
            }
        }
    }
}

/// Calls the body with each entry of a block, without its newline.
func forEachLine(
    of block: UnsafeBufferPointer<UInt8>,
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
) rethrows {
    try Lines.forEach(in: block) { try body(UnsafeBufferPointer(rebasing: block[$0])) }
}
