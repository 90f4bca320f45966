package import AgendaModel
package import EventLog
internal import Synchronization

/// A log store that keeps everything in memory: for tests, and as the simplest statement of what a store does.
///
/// `LogStore` is shared inside the package only, and so is everything here that conforms to it.
package final class InMemoryLogStore: LogStore {
    package let identity: LogIdentity
    private let contents = Mutex(Contents())

    package init(identity: LogIdentity) {
        self.identity = identity
    }

    /// A store of its own with what this one holds now, as a backup of it would be.
    package func copy() -> InMemoryLogStore {
        let copy = InMemoryLogStore(identity: identity)
        let now = contents.withLock { $0 }
        copy.contents.withLock { $0 = now }
        return copy
    }

    /// Holds from now on what another store holds now: it is put back from a backup while it is in use.
    package func restore(_ backup: InMemoryLogStore) {
        let then = backup.contents.withLock { $0 }
        contents.withLock { $0 = then }
    }

    /// A store with a history that somebody has changed, and signed anew with the log's own key.
    package func rewritten(signedBy key: LogKey, _ change: (_ position: Position, [UInt8]) -> [UInt8])
        -> InMemoryLogStore
    {
        let copy = copy()
        copy.contents.withLock { contents in
            contents.entries = contents.entries.enumerated().map { change(Position($0), $1) }
            contents.segments = []
            var (edge, roots) = (TreeEdge(), [Merkle.emptyRoot])
            for entry in contents.entries {
                _ = edge.append(leaf: entry.withUnsafeBufferPointer { Merkle.leaf($0) })
                roots.append(edge.root)
            }
            for index in contents.checkpoints.indices {
                let size = contents.checkpoints[index].note.checkpoint.size
                contents.checkpoints[index].note = key.sign(size: size, root: roots[size.rawValue])
            }
        }
        return copy
    }

    /// Where the entries of the last commit begin.
    package func lastCommit() -> Position {
        contents.withLock { ($0.checkpoints.dropLast().last?.note.checkpoint.size ?? .zero).next }
    }

    /// Everything that the store holds, one item per entry: no concern for space.
    struct Contents {
        /// Without newlines.
        var entries: [[UInt8]] = []
        /// One per entry.
        var recorded: [Timestamp] = []
        var segments: [Segment] = []
        /// In order of size.
        var checkpoints: [(note: SignedCheckpoint, recorded: Timestamp)] = []
        var runs: [CounterRun] = []
        var subjects: [String: Position] = [:]
        var rejections: [Rejection] = []
        var access = Access()
        var invites: [Hash: Invite] = [:]
        /// How many entries have been erased in their places.
        var erasures = 0

        var size: LogSize { LogSize(entries.count) }
    }

    package func append(_ commit: Commit, expecting size: LogSize) throws -> AppendOutcome {
        try contents.withLock { contents in
            guard contents.size == size, commit.isRepair || !contents.hasOvertaken(commit) else {
                return .conflict(actual: contents.size)
            }
            let entries = try commit.splitEntries()
            guard commit.first == size.next, entries.count == commit.count else {
                throw LogError(.malformed, "the commit does not continue the log where it says it does")
            }
            let end = commit.count == 0 ? nil : size + commit.count
            guard commit.checkpoint?.checkpoint.size == end else {
                throw LogError(.malformed, "a commit with entries needs the checkpoint of exactly their end")
            }
            if commit.count > 0, let last = contents.recorded.last, commit.recordedTime < last {
                throw LogError(.malformed, "the commit's recorded time is before that of the last entry")
            }
            guard commit.subjects.allSatisfy({ contents.subjects[$0.name] == nil }) else {
                throw LogError(.malformed, "a subject that the commit creates exists already")
            }
            guard commit.runs.allSatisfy({ contents.lastCounter(of: $0.source) ?? .zero < $0.first }) else {
                throw LogError(.malformed, "a run's counters are not above those that its source has in the log")
            }
            try contents.check(sealed: commit.sealed, adding: entries)
            guard commit.erasures.allSatisfy({ $0.isWithin(size + commit.count) }) else {
                throw LogError(.malformed, "the commit erases what is not in the log, or without a redaction after it")
            }
            contents.entries += entries
            contents.recorded += entries.map { entry in
                guard commit.isRepair else { return commit.recordedTime }
                return entry.withUnsafeBufferPointer { EntrySuffix.recordedTime(of: $0) } ?? commit.recordedTime
            }
            if let checkpoint = commit.checkpoint {
                contents.checkpoints.append((checkpoint, commit.recordedTime))
            }
            for run in commit.runs { contents.add(run) }
            for subject in commit.subjects { contents.subjects[subject.name] = subject.position }
            contents.rejections += commit.rejections
            for change in commit.access { contents.apply(change) }
            for segment in commit.sealed { contents.adopt(segment) }
            try contents.erase(commit.erasures)
            return .committed
        }
    }

    package func seal(_ segment: Segment) throws {
        try contents.withLock { contents in
            try contents.check(sealed: [segment], adding: [])
            contents.adopt(segment)
        }
    }

    /// Nothing is left anywhere else.
    package func scrub() throws -> Bool { true }

    package func run(of source: EventSource, upTo counter: Counter) throws -> CounterRun? {
        contents.withLock { contents in
            contents.runs.filter { $0.source == source && $0.first <= counter }.max { $0.first < $1.first }
        }
    }

    package func run(of source: EventSource, after counter: Counter) throws -> CounterRun? {
        contents.withLock { contents in
            contents.runs.filter { $0.source == source && $0.first > counter }.min { $0.first < $1.first }
        }
    }

    package func lastCounter(of source: EventSource) throws -> Counter? {
        contents.withLock { $0.lastCounter(of: source) }
    }

    package func rejection(of source: EventSource, counter: Counter) throws -> Rejection? {
        contents.withLock { $0.rejections.first { $0.source == source && $0.counter == counter } }
    }

    package func lastRejectedCounter(of source: EventSource) throws -> Counter? {
        contents.withLock { $0.rejections.filter { $0.source == source }.compactMap(\.counter).max() }
    }

    package func rejections(after cursor: Int, limit: Int) throws -> [(cursor: Int, rejection: Rejection)] {
        contents.withLock { contents in
            contents.rejections.enumerated().dropFirst(max(cursor, 0)).prefix(max(limit, 0)).map {
                (cursor: $0.offset + 1, rejection: $0.element)
            }
        }
    }

    package func position(ofSubject name: String) throws -> Position? {
        contents.withLock { $0.subjects[name] }
    }

    package func access() throws -> Access {
        contents.withLock { $0.access }
    }

    package func accessVersion() throws -> Int {
        contents.withLock { $0.access.version }
    }

    package func open(to openness: Openness) throws {
        contents.withLock { contents in
            guard contents.access.openness != openness else { return }
            contents.access.openness = openness
            contents.access.version += 1
        }
    }

    package func add(_ invite: Invite) throws {
        try contents.withLock { contents in
            guard contents.invites[invite.hash] == nil else {
                throw LogError(.alreadyExists, "this invite has been added before; make a new one")
            }
            contents.invites[invite.hash] = invite
        }
    }

    package func invite(hash: Hash) throws -> Invite? {
        contents.withLock { $0.invites[hash] }
    }

    package func invites() throws -> [Invite] {
        contents.withLock { contents in
            contents.invites.values.sorted {
                ($0.expires.millisecondsSince1970, $0.hash.description)
                    < ($1.expires.millisecondsSince1970, $1.hash.description)
            }
        }
    }

    package func withdrawInvite(hash: Hash) throws -> Bool {
        contents.withLock { contents in
            guard let invite = contents.invites[hash], invite.used == nil else { return false }
            contents.invites[hash] = nil
            return true
        }
    }

    /// What the store holds, for the readers in the other file.
    func read<Value>(_ body: (Contents) throws -> Value) rethrows -> Value {
        try contents.withLock { try body($0) }
    }
}

extension InMemoryLogStore.Contents {
    fileprivate func lastCounter(of source: EventSource) -> Counter? {
        runs.filter { $0.source == source }.map(\.last).max()
    }

    /// Whether an identity that the commit spends was refused before, or an invite that it uses is spent.
    fileprivate func hasOvertaken(_ commit: Commit) -> Bool {
        let isRefused = { (run: CounterRun) in
            rejections.contains { $0.source == run.source && $0.counter.map { $0 >= run.first } ?? false }
        }
        let isRepeated = { (new: Rejection) in
            new.spendsIdentity && rejections.contains { $0.source == new.source && $0.counter == new.counter }
        }
        let isSpent = { (change: AccessChange) in
            guard case .inviteUsed(let hash, _) = change else { return false }
            return invites[hash].map { $0.used != nil } ?? true
        }
        return commit.runs.contains(where: isRefused) || commit.rejections.contains(where: isRepeated)
            || commit.access.contains(where: isSpent)
    }

    fileprivate mutating func add(_ run: CounterRun) {
        if let last = runs.lastIndex(where: { $0.source == run.source }), run.continues(runs[last]) {
            runs[last].last = run.last
        } else {
            runs.append(run)
        }
    }

    fileprivate mutating func apply(_ change: AccessChange) {
        access.apply(change)
        switch change {
        case .inviteMade(let invite): invites[invite.hash] = invite
        case .inviteUsed(let hash, let time): invites[hash]?.used = time
        default: break
        }
    }
}

extension CounterRun {
    /// Whether this run goes on where the other one ends, in counters and in positions.
    func continues(_ other: CounterRun) -> Bool {
        source == other.source && first == other.last.next && position == other.end
    }
}

extension Commit {
    /// The entries without their newlines.
    func splitEntries() throws -> [[UInt8]] {
        guard entries.isEmpty || entries.last == Lines.newline else {
            throw LogError(.malformed, "the last entry of the commit has no newline")
        }
        return entries.split(separator: Lines.newline, omittingEmptySubsequences: false).dropLast().map(Array.init)
    }
}

// MARK: - Erasing

extension InMemoryLogStore.Contents {
    fileprivate mutating func erase(_ wanted: [Erasure]) throws {
        for erasure in wanted {
            let position = erasure.position
            let entry = entries[position.rawValue] + [Lines.newline]
            guard let (block, _) = [erasure].applied(to: entry, from: position) else { continue }
            entries[position.rawValue] = block.dropLast()
            erasures += 1
            let number = position.segment
            if number < segments.count, let (segment, _) = try segments[number].erasing([erasure]) {
                segments[number] = segment
            }
        }
    }
}

// MARK: - Sealing

extension InMemoryLogStore.Contents {
    /// Whether these are the next segments of the entries, those that are about to be added included.
    fileprivate func check(sealed: [Segment], adding new: [[UInt8]]) throws {
        for (number, segment) in zip(segments.count..., sealed) {
            guard segment.number == number else {
                throw LogError(.malformed, "segment \(segment.number) is not the next one to be sealed")
            }
            let start = number * Segment.entryCount
            let end = start + Segment.entryCount
            guard entries.count + new.count >= end else {
                throw LogError(.malformed, "segment \(number) has entries that the log does not have yet")
            }
            let held = (start..<end).flatMap { index in
                (index < entries.count ? entries[index] : new[index - entries.count]) + [Lines.newline]
            }
            guard try segment.entries() == held else {
                throw LogError(.corrupt, "segment \(number) does not hold the entries that the log has in its place")
            }
        }
    }

    fileprivate mutating func adopt(_ segment: Segment) {
        segments.append(segment)
        let inside = LogSize(segments: segment.number) + 1...LogSize(segments: segment.number + 1)
        let last = checkpoints.last { inside.contains($0.note.checkpoint.size) }
        checkpoints.removeAll { inside.contains($0.note.checkpoint.size) && $0.note != last?.note }
    }
}
