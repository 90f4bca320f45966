package import AgendaModel
package import EventLog

/// Makes the commits of a log as a sequencer would, from generated events, and remembers what they add up to.
package struct CommitGenerator: Sendable {
    package let key: LogKey
    package var identity: LogIdentity { LogIdentity(origin: key.origin, verifierKey: key.verifier) }

    /// What the log holds after all commits.
    package private(set) var history = History()

    private var events: AgendaGenerator
    private var random: SplitMix64
    private var edge = TreeEdge()
    private var recorded = Timestamp(millisecondsSince1970: 0)

    package init(seed: UInt64, devices: Int = 4, burst: Int = 12) {
        let origin = "example.org/agendas/proef"
        var random = SplitMix64(seed: seed &+ 1)
        let seedBytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        guard let key = try? LogKey(origin: origin, seed: seedBytes) else { preconditionFailure("32 bytes are a seed") }
        self.key = key
        self.random = random
        events = AgendaGenerator(seed: seed, devices: devices, burst: burst)
    }

    /// The next commit, as large as asked for.
    package mutating func next(count: Int) -> Commit {
        let size = history.size
        // Sometimes two commits fall into the same millisecond.
        var commit = Commit(
            first: size.next,
            count: count,
            recordedTime: recorded,
            entries: [],
            runs: [],
            subjects: [],
            checkpoint: nil,
            rejections: [],
            access: []
        )
        let made = (0..<count).map { _ in events.next() }
        recorded.millisecondsSince1970 = max(
            recorded.millisecondsSince1970 + Int.random(in: 0...1, using: &random),
            events.now.millisecondsSince1970
        )
        commit.recordedTime = recorded
        for (offset, event) in made.enumerated() {
            let entry = event.line.dropLast() + EntrySuffix.bytes(recorded)
            edge.append(leaf: entry.withUnsafeBufferPointer { Merkle.leaf($0) })
            commit.entries += entry + [Lines.newline]
            commit.add(event, at: size.next + offset)
            history.add(Array(entry), of: event, recorded: recorded)
        }
        if count > 0 {
            let checkpoint = key.sign(size: size + count, root: edge.root)
            commit.checkpoint = checkpoint
            history.checkpoints.append(checkpoint)
        }
        return commit
    }

    /// The next commit, of up to this many entries.
    package mutating func next(upTo maximum: Int) -> Commit {
        next(count: Int.random(in: 1...maximum, using: &random))
    }

    /// Replaces entries by what is left of them.
    ///
    /// - Returns: how many had not been erased before.
    @discardableResult
    package mutating func erase(_ erasures: [Erasure]) -> Int {
        erasures.count { history.erase($0) }
    }

    /// A sealed segment of what has been made.
    package func segment(_ number: Int) throws -> Segment {
        let entries = history.block(Segment.positions(number))
        return try entries.withUnsafeBufferPointer { try Segment(number: number, sealing: $0) }
    }
}

extension CommitGenerator {
    /// All entries of a log, one by one.
    package struct History: Sendable {
        package struct Identity: Hashable, Sendable {
            package var source: EventSource
            package var counter: Counter
        }

        /// Without newlines.
        package var entries: [[UInt8]] = []
        /// One per entry.
        package var recorded: [Timestamp] = []
        package var identities: [Identity] = []
        package var subjects: [(name: String, position: Position)] = []
        package var checkpoints: [SignedCheckpoint] = []

        package var size: LogSize { LogSize(entries.count) }

        /// Entries, each followed by a newline.
        package func block(_ range: Range<Position>) -> [UInt8] {
            block(range.lowerBound.rawValue..<range.upperBound.rawValue)
        }

        /// Entries, each followed by a newline.
        package func block(_ range: Range<Int>) -> [UInt8] {
            Array(entries[range].joined(separator: [Lines.newline])) + (range.isEmpty ? [] : [Lines.newline])
        }

        /// Whether the entry had not been erased before.
        fileprivate mutating func erase(_ erasure: Erasure) -> Bool {
            let position = erasure.position.rawValue
            let left = entries[position].withUnsafeBufferPointer {
                try? ErasedEntry.replacement(of: $0, redaction: erasure.redaction)
            }
            guard let left else { return false }
            entries[position] = left
            return true
        }

        fileprivate mutating func add(_ entry: [UInt8], of event: AgendaGenerator.Event, recorded time: Timestamp) {
            let position = Position(entries.count)
            entries.append(entry)
            recorded.append(time)
            identities.append(Identity(source: event.source, counter: event.counter))
            if event.isCreating { subjects.append((event.subject, position)) }
        }
    }
}

extension Commit {
    fileprivate mutating func add(_ event: AgendaGenerator.Event, at position: Position) {
        if event.isCreating { subjects.append((event.subject, position)) }
        let run = CounterRun(source: event.source, first: event.counter, last: event.counter, position: position)
        if let last = runs.last, run.continues(last) {
            runs[runs.count - 1].last = run.last
        } else {
            runs.append(run)
        }
    }
}
