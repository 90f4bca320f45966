internal import AgendaModel
internal import EventLog

// The checks of what a store does with entries.
extension Probe {
    mutating func emptyLog() throws {
        try expect(store.identity == generator.identity, "the store has another identity than it was made with")
        try expect(try store.head().sealedSegments == 0, "an empty log has sealed segments")
        try expectSame()
        try expect(try store.segments(0..<10).isEmpty, "an empty log has segments")
        try expect(try store.checkpoint(atMost: LogSize(100)) == nil, "an empty log has a checkpoint")
        try expect(
            try store.size(at: Timestamp(millisecondsSince1970: 1 << 50)) == .zero,
            "an empty log has entries at some moment"
        )
        try expect(try store.run(of: "device/nobody", containing: Counter(1)) == nil, "an empty log has a run")
        try expect(try store.lastCounter(of: "device/nobody") == nil, "an empty log has a last counter")
        try expect(try store.lastRejectedCounter(of: "device/nobody") == nil, "an empty log has a rejected counter")
        try expect(try store.rejections(after: 0, limit: 10).isEmpty, "an empty log has rejections")
        try expect(try store.position(ofSubject: "agenda/proef") == nil, "an empty log has a subject")
        try expect(try store.access() == Access(), "an empty log lets somebody in")
        try expectError(.notFound, "reading entries that are not there") {
            _ = try store.entry(at: Position(0))
        }
    }

    mutating func appendedEntries() throws {
        for maximum in [1, 1, 1, 3, 40, 600, 2, 1_000] {
            try append(upTo: maximum)
            try expectSame()
        }
        try expectError(.notFound, "reading beyond the end") {
            try store.forEachBlock(in: Position(0)..<Position(history.entries.count + 1)) { _, _, _ in }
        }
    }

    mutating func comparison() throws {
        try fill(to: 300, upTo: 100)
        var other = generator
        let commit = other.next(count: 5)
        for wrong in [0, 1, 299, 301, 1_000] {
            let outcome = try store.append(commit, expecting: LogSize(wrong))
            try expect(
                outcome == .conflict(actual: LogSize(300)),
                "a commit that expects \(wrong) in a log of 300 gave \(outcome)"
            )
            try expectSame()
        }
        // A rejection alone is compared too.
        let rejection = Rejection(
            source: "device/d00000",
            counter: Counter(1),
            recordedTime: commit.recordedTime,
            problem: EventProblem(.invalidData, "no title"),
            bytes: []
        )
        let bare = try store.append(bareCommit(rejections: [rejection]), expecting: LogSize(299))
        try expect(bare == .conflict(actual: LogSize(300)), "a commit of a rejection was not compared")
        try expect(try store.rejections(after: 0, limit: 1).isEmpty, "a rejection was stored in spite of a conflict")
        try append(upTo: 3)
        try expectSame()
    }

    mutating func impossibleCommits() throws {
        try fill(to: 300, upTo: 100)
        var other = generator
        let good = other.next(count: 7)
        func refused(_ what: String, _ change: (inout Commit) -> Void) throws {
            var commit = good
            change(&commit)
            try expectError(.malformed, what) { _ = try store.append(commit, expecting: LogSize(300)) }
        }
        try refused("a commit that starts elsewhere") { $0.first = Position(299) }
        try refused("a commit with too high a count") { $0.count += 1 }
        try refused("a commit with too low a count") { $0.count -= 1 }
        try refused("a commit whose last entry has no newline") { $0.entries.removeLast() }
        try refused("a commit without a checkpoint") { $0.checkpoint = nil }
        try refused("a commit with an older checkpoint") { $0.checkpoint = generator.history.checkpoints[0] }
        try refused("a commit that was recorded before the one before") {
            $0.recordedTime.millisecondsSince1970 = generator.history.recorded[299].millisecondsSince1970 - 1
        }
        try refused("a commit that creates a subject again") {
            $0.subjects.append((generator.history.subjects[0].name, Position(300)))
        }
        try refused("a commit whose run goes back") { commit in
            let known = generator.history.identities[0]
            commit.runs.append(
                CounterRun(source: known.source, first: known.counter, last: known.counter, position: Position(306))
            )
        }
        try expectSame()
        generator = other
        try append(good, expecting: LogSize(300))
        try expectSame()
    }

    mutating func sealing() throws {
        for _ in 0..<6 {
            try append(upTo: 700)
            try sealAll()
            let head = try store.head()
            try expect(
                head.sealedSegments == history.size.wholeSegments,
                "the head has \(head.sealedSegments) sealed segments after all were sealed"
            )
            try expectSame()
        }
        for size in 1...20 { try append(upTo: size) }
        try sealAll()
        try expectSame()
        // Commits that carry what they make whole, with and without a tail before and after them.
        for count in [1000, 256, 255, 257, 300, 800] {
            let sealed = history.size.wholeSegments
            let size = history.size
            var commit = generator.next(count: count)
            commit.sealed = try (sealed..<history.size.wholeSegments).map { try generator.segment($0) }
            try append(commit, expecting: size)
            try expectSame()
            try expect(
                try store.head().sealedSegments == history.size.wholeSegments,
                "the segments that a commit brought sealed are not sealed"
            )
        }
        let count = try store.head().sealedSegments
        let expected = try (0..<count).map { try generator.segment($0) }
        try expect(try store.segments(0..<count) == expected, "the segments are not those that were sealed")
        try expect(try store.segments(1..<2) == [expected[1]], "one segment is not the one that was sealed")
        try expect(try store.segmentRoots(0..<count) == expected.map(\.root), "the roots are not those of the segments")
        try expect(try store.segmentRoots(1..<count + 3) == expected[1...].map(\.root), "a part of the roots is wrong")
        try expect(
            try store.segmentLengths(1..<count) == expected[1...].map { .init(entries: $0.length, run: $0.run.count) },
            "the lengths are not those of the segments"
        )
        try expectLengthsOfTail(after: count)
        try expect(try store.segments(count..<count + 3).isEmpty, "there are segments that were not sealed")
        try expect(
            try store.segments(count - 1..<count + 3) == [expected[count - 1]],
            "a range that goes beyond the sealed segments does not give those within it"
        )
    }

    /// Of the segments that are not sealed, whole and not, all of their entries count.
    private mutating func expectLengthsOfTail(after sealed: Int) throws {
        let before = history.size
        try append(generator.next(count: 300), expecting: before)
        let expected = try (sealed..<history.size.startedSegments).map { number in
            let entries = try store.entries(Segment.positions(number).clamped(to: history.size.positions))
            return SegmentLengths(entries: entries.count, run: nil)
        }
        try expect(
            try store.segmentLengths(sealed..<sealed + 5) == expected,
            "the lengths of the tail are not those of its entries"
        )
        try expect(
            try store.segmentLengths(sealed - 1..<sealed + 1).map { $0.run == nil } == [false, true],
            "lengths do not say which segments are sealed"
        )
    }

    mutating func impossibleSeals() throws {
        try fill(to: 700, upTo: 90)
        let (first, second) = (try generator.segment(0), try generator.segment(1))
        try expectError(.malformed, "sealing the second segment first") { try store.seal(second) }
        var other = CommitGenerator(seed: random.next())
        _ = other.next(count: 700)
        let foreign = try other.segment(0)
        try expectError(.corrupt, "sealing entries that are not the log's") { try store.seal(foreign) }
        try store.seal(first)
        try expectError(.malformed, "sealing a segment twice") { try store.seal(first) }
        try store.seal(second)
        var longer = generator
        _ = longer.next(count: 100)
        let third = try longer.segment(2)
        try expectError(.malformed, "sealing entries that the log does not have") { try store.seal(third) }
        try expectSame()
        try impossibleSealedCommits()
    }

    /// Commits whose sealed segments are not the next ones, or do not hold what the tail holds.
    private mutating func impossibleSealedCommits() throws {
        let size = history.size
        let before = generator
        var commit = generator.next(count: 700)
        let segments = try (2...4).map { try generator.segment($0) }
        let after = generator
        generator = before
        var other = CommitGenerator(seed: random.next())
        _ = other.next(count: 1400)
        commit.sealed = [try other.segment(2)] + segments[1...]
        try expectError(.corrupt, "sealing other entries than the tail's in a commit") {
            _ = try store.append(commit, expecting: size)
        }
        for wrong in [[segments[1], segments[2]], [segments[0], segments[2]], [segments[1]]] {
            commit.sealed = wrong
            try expectError(.malformed, "a commit that seals segments out of their order") {
                _ = try store.append(commit, expecting: size)
            }
        }
        try expectSame()
        generator = after
        commit.sealed = segments
        try append(commit, expecting: size)
        try expectSame()
    }

    mutating func checkpoints() throws {
        try fill(to: 900, upTo: 50)
        for checkpoint in history.checkpoints {
            let found = try store.checkpoint(atMost: checkpoint.checkpoint.size)
            try expect(
                found == checkpoint,
                "the checkpoint of size \(checkpoint.checkpoint.size) is not found"
            )
        }
        try sealAll()
        var kept: [SignedCheckpoint] = []
        for (index, checkpoint) in history.checkpoints.enumerated() {
            let segment = (checkpoint.checkpoint.size - 1).wholeSegments
            let next = history.checkpoints.dropFirst(index + 1).first
            let isLast = next.map { ($0.checkpoint.size - 1).wholeSegments != segment } ?? true
            if isLast || segment >= history.size.wholeSegments { kept.append(checkpoint) }
        }
        for size in (0...history.entries.count + 1).map({ LogSize($0) }) {
            let expected = kept.last { $0.checkpoint.size <= size }
            let found = try store.checkpoint(atMost: size)
            try expect(
                found == expected,
                "the checkpoint at most \(size) is of size \(found?.checkpoint.size ?? .zero), "
                    + "not \(expected?.checkpoint.size ?? .zero)"
            )
        }
    }

    mutating func moments() throws {
        try fill(to: 1_100, upTo: 30)
        func expectMoments() throws {
            for time in Set(history.recorded).sorted() {
                for moment in [-1, 0, 1].map({ time.millisecondsSince1970 + $0 }) {
                    let expected = history.recorded.firstIndex { moment < $0.millisecondsSince1970 }.map { LogSize($0) }
                    let found = try store.size(at: Timestamp(millisecondsSince1970: moment))
                    try expect(
                        found == expected ?? history.size,
                        "the size at \(moment) is \(found), not \(expected ?? history.size)"
                    )
                }
            }
        }
        try expectMoments()
        try store.seal(try generator.segment(0))
        try expectMoments()
        try sealAll()
        try expectMoments()
    }

    mutating func persistence(_ reopen: (any LogStore) throws -> any LogStore) throws {
        store = try reopen(store)
        try expectSame()
        for _ in 0..<3 {
            try append(upTo: 500)
            store = try reopen(store)
            try expectSame()
            try sealAll()
            store = try reopen(store)
            try expectSame()
            try expect(
                try store.head().sealedSegments == history.size.wholeSegments,
                "a seal is gone after opening again"
            )
        }
    }
}
