internal import AgendaModel
internal import EventLog

/// A store under test beside what it should hold.
struct Probe: Sendable {
    let check: LogStoreConformance.Check
    var generator: CommitGenerator
    var random: SplitMix64
    private var given: (any LogStore)?

    init(check: LogStoreConformance.Check, generator: CommitGenerator, random: SplitMix64) {
        self.check = check
        self.generator = generator
        self.random = random
    }

    var store: any LogStore {
        get { given! }
        set { given = newValue }
    }

    var history: CommitGenerator.History { generator.history }

    func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        guard condition else { throw LogStoreConformance.Failure(check: check, message: message()) }
    }

    func expectError(_ code: LogError.Code, _ what: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as LogError where error.code == code {
            return
        } catch {
            throw LogStoreConformance.Failure(check: check, message: "\(what): threw \(error), not \(code.rawValue)")
        }
        throw LogStoreConformance.Failure(check: check, message: "\(what): threw nothing, not \(code.rawValue)")
    }

    mutating func append(upTo maximum: Int) throws {
        let size = history.size
        try append(generator.next(upTo: maximum), expecting: size)
    }

    func append(_ commit: Commit, expecting size: LogSize) throws {
        let outcome = try store.append(commit, expecting: size)
        try expect(outcome == .committed, "appending at size \(size) gave \(outcome)")
    }

    mutating func fill(to count: Int, upTo maximum: Int) throws {
        while history.entries.count < count {
            try append(upTo: min(maximum, count - history.entries.count))
        }
    }

    /// Seals every whole segment that is not sealed yet.
    func sealAll() throws {
        for number in try store.head().sealedSegments..<history.size.wholeSegments {
            try store.seal(try generator.segment(number))
        }
    }

    /// A commit without entries.
    func bareCommit(rejections: [Rejection] = [], access: [AccessChange] = []) -> Commit {
        Commit(
            first: history.size.next,
            count: 0,
            recordedTime: history.recorded.last ?? Timestamp(millisecondsSince1970: 0),
            entries: [],
            runs: [],
            subjects: [],
            checkpoint: nil,
            rejections: rejections,
            access: access
        )
    }
}

// MARK: Comparing everything

extension Probe {
    /// Head, entries, checkpoints, moments, runs and subjects against what was appended.
    mutating func expectSame() throws {
        try expectHead()
        try expectEntries()
        for checkpoint in history.checkpoints.suffix(1) {
            let found = try store.checkpoint(atMost: checkpoint.checkpoint.size)
            try expect(found == checkpoint, "the checkpoint of the log's size is not the one committed last")
        }
        try expectIdentities(every: 17)
        // Those that there are, between others that there are not.
        let names = history.subjects.flatMap { [$0.name, "\($0.name)/x", "\0"] }
        let expected = history.subjects.flatMap { [$0.position, nil, nil] }
        let found = try store.positions(ofSubjects: names)
        try expect(found == expected, "many subjects are not where each of them is")
        try expect(try store.positions(ofSubjects: []).isEmpty, "subjects are found that nobody asked for")
        for subject in history.subjects {
            let found = try store.position(ofSubject: subject.name)
            try expect(
                found == subject.position,
                "\(subject.name) is at \(found.map { "\($0)" } ?? "no position"), not \(subject.position)"
            )
        }
    }

    func expectHead() throws {
        let head = try store.head()
        try expect(head.size == history.size, "the head's size is \(head.size), not \(history.size)")
        try expect(
            head.recordedTime == history.recorded.last,
            "the head's recorded time is not that of the last commit"
        )
        try expect(head.checkpoint == history.checkpoints.last, "the head's checkpoint is not that of the last commit")
        try expect(
            (0...history.size.wholeSegments).contains(head.sealedSegments),
            "the head has \(head.sealedSegments) sealed segments"
        )
    }

    mutating func expectEntries() throws {
        let size = history.entries.count
        try expectEntries(0..<size)
        for _ in 0..<12 {
            let (a, b) = (Int.random(in: 0...size, using: &random), Int.random(in: 0...size, using: &random))
            try expectEntries(min(a, b)..<max(a, b))
        }
        for boundary in stride(from: Segment.entryCount, through: size, by: Segment.entryCount) {
            try expectEntries(boundary - 1..<min(boundary + 1, size))
            try expectEntries(boundary..<boundary)
        }
    }

    func expectEntries(_ range: Range<Int>) throws {
        let positions = Position(range.lowerBound)..<Position(range.upperBound)
        let expected = history.block(positions)
        try expect(try store.entries(positions) == expected, "the entries \(range) are not those that were appended")
        var next = positions.lowerBound
        var found: [UInt8] = []
        try store.forEachBlock(in: positions) { first, count, entries in
            try expect(first == next && count > 0, "a block begins at \(first), not at \(next)")
            next += count
            found += entries
            try expect(
                entries.last == Lines.newline && Lines.count(in: entries) == count,
                "the block at \(first) does not hold the \(count) entries that it says"
            )
        }
        try expect(next == positions.upperBound, "the blocks of \(range) end at \(next)")
        try expect(found == expected, "the blocks of \(range) do not hold the entries that were appended")
    }

    func expectIdentities(every step: Int) throws {
        for index in stride(from: 0, to: history.identities.count, by: step) {
            let identity = history.identities[index]
            guard let run = try store.run(of: identity.source, containing: identity.counter) else {
                throw LogStoreConformance.Failure(check: check, message: "no run holds the entry at \(index)")
            }
            let position = run.position(of: identity.counter)
            try expect(
                run.source == identity.source && run.first <= identity.counter && identity.counter <= run.last
                    && position == Position(index),
                "the run of the entry at \(index) leads to \(position)"
            )
        }
        var last: [EventSource: Counter] = [:]
        for identity in history.identities { last[identity.source] = identity.counter }
        for (source, counter) in last {
            try expect(
                try store.lastCounter(of: source) == counter,
                "the last counter of a source is not \(counter)"
            )
        }
    }
}
