internal import AgendaModel
internal import EventLog
internal import GRDB

/// The one writer of a state file.
package struct Folding: Sendable {
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
    mutating func step(_ pool: DatabasePool, log: any LogReader, batch: Int) throws -> Step {
        // Whatever fails from here on, the next call starts from what the file says.
        var next = Folding()
        swap(&self, &next)
        var step = Step(size: .zero, isLast: true)
        try pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                step = try next.step(db, log: log, batch: batch)
                return .commit
            }
        }
        if next.state.map({ $0.memory <= Self.memoryKept }) ?? false { self = next }
        return step
    }

    private mutating func step(_ db: Database, log: any LogReader, batch: Int) throws -> Step {
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
        let target = min(end, size + max(batch, 1))
        if target > size {
            try fold(size.positions(upTo: target), of: log, in: db)
            try LogMark(of: log, at: target).write(db)
        }
        return Step(size: target, isLast: target == end)
    }

    private mutating func fold(_ range: Range<Position>, of log: any LogReader, in db: Database) throws {
        guard var state = state.take() else { return }
        let loader = SubjectLoader(db)
        let load = holdsEverything ? nil : loader.load
        var changed: Set<String> = []
        var redacted: [Position] = []
        func endSegment(_ number: Int) throws {
            let subjects = state.takeChangedSubjects()
            try Mentions.add(subjects, toSegment: number, db)
            changed.formUnion(subjects)
        }
        try log.forEachBlock(in: range) { first, _, entries in
            var size = LogSize(before: first)
            try forEachLine(of: entries) { entry in
                let attributes = try state.fold(entry: entry, load: load)
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
            changed.formUnion(state.takeChangedSubjects())
            try StateSchema.noteErasure(db)
        }
        try write(changed.sorted(), of: state, db)
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

    private func write(_ changed: [String], of state: State, _ db: Database) throws {
        let insert = try db.cachedStatement(sql: SubjectRow.insert)
        for subject in changed {
            guard let document = state.document(of: subject), let registers = state.encodedRegisters(of: subject) else {
                continue
            }
            try SubjectRow.write(subject, document: document, registers: registers, with: insert)
        }
        let conflicts =
            changed.count > Self.subjectsAskedOneByOne
            ? Self.conflicts(of: Set(changed), in: state.conflicts)
            : Dictionary(uniqueKeysWithValues: changed.map { ($0, state.registers(of: $0).filter(\.isConflict)) })
        try ConflictRow.replace(conflicts, of: changed, db)
    }

    private static func conflicts(of subjects: Set<String>, in all: [Conflict]) -> [String: [Register]] {
        var found: [String: [Register]] = [:]
        for conflict in all where subjects.contains(conflict.subject) {
            found[conflict.subject, default: []].append(conflict.register)
        }
        return found
    }
}

/// Calls the body with each entry of a block, without its newline.
func forEachLine(
    of block: UnsafeBufferPointer<UInt8>,
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
) rethrows {
    try Lines.forEach(in: block) { try body(UnsafeBufferPointer(rebasing: block[$0])) }
}
