internal import AgendaModel
internal import EventLog

// The checks of what a store does with entries that are erased.
extension Probe {
    /// Erases entries all over the log, and looks after each commit.
    mutating func erasing() throws {
        try fill(to: 300, upTo: 100)
        try sealAll()
        try fill(to: 700, upTo: 60)
        // In a sealed segment, on both sides of its borders, in a segment that is whole and not sealed, in the tail.
        for positions in [[0], [255, 256], [17, 18, 19], [511, 512, 699], [300, 301, 690], [5]] {
            try append(erasing: positions.map { Position($0) }, upTo: 3)
        }
        try sealAll()
        try append(erasing: [Position(400), Position(1)], upTo: 2)
        // A commit that brings sealed segments with it.
        var commit = generator.next(count: 600)
        let start = LogSize(before: commit.first)
        commit.erasures = [commit.first - 1, Position(520), Position(3)].map {
            Erasure(position: $0, redaction: commit.first)
        }
        generator.erase(commit.erasures)
        let plain = generator.history.size
        commit.sealed = []
        try append(commit, expecting: start)
        try expect(try store.head().size == plain, "the head's size is not that of the last commit")
        try sealAll()
        try expectErased()
        try expect(try store.scrub(), "what was erased could not be cleared away")
        try expectErased()
    }

    /// What cannot be erased stays, and what is erased stays as it is.
    mutating func erasingOnce() throws {
        try fill(to: 40, upTo: 10)
        try append(erasing: [Position(7)], upTo: 2)
        let size = history.size
        var commit = generator.next(count: 2)
        commit.erasures = [Erasure(position: Position(7), redaction: commit.first)]
        try append(commit, expecting: size)
        try expectErased()
        func refused(_ what: String, _ position: Position, by redaction: Position) throws {
            var other = generator
            var commit = other.next(count: 2)
            commit.erasures = [Erasure(position: position, redaction: redaction)]
            try expectError(.malformed, what) { _ = try store.append(commit, expecting: history.size) }
            try expectErased()
        }
        let end = history.size.next
        try refused("erasing what is not in the log", end + 2, by: end + 3)
        try refused("erasing without a redaction", Position(3), by: end + 2)
        try refused("erasing before its redaction", Position(3), by: Position(3))
        try refused("erasing at no position", Position(-1), by: Position(3))
        var other = generator
        var late = other.next(count: 2)
        late.erasures = [Erasure(position: Position(3), redaction: late.first)]
        let outcome = try store.append(late, expecting: LogSize(3))
        try expect(outcome == .conflict(actual: history.size), "a commit that erases was not compared")
        try expectErased()
    }

    private mutating func append(erasing positions: [Position], upTo maximum: Int) throws {
        let size = history.size
        let before = try store.head().erasureMark
        var commit = generator.next(upTo: maximum)
        commit.erasures = positions.map { Erasure(position: $0, redaction: commit.first) }
        let replaced = generator.erase(commit.erasures)
        try append(commit, expecting: size)
        let after = try store.head().erasureMark
        try expect(after == before + replaced, "after erasing \(replaced) entries the store counts \(after - before)")
        try expectErased()
    }

    /// Everything as it was, and what is left of erased entries in their places, in sealed segments too.
    private mutating func expectErased() throws {
        try expectSame()
        for number in 0..<(try store.head().sealedSegments) {
            let range = Segment.positions(number)
            let segments = try store.segments(number..<number + 1)
            try expect(try segments.first?.entries() == history.block(range), "segment \(number) has other entries")
            let root = try generator.segment(number).root
            try expect(segments.first?.root == root, "segment \(number) has another root")
            try expect(try store.segmentRoots(number..<number + 1) == [root], "segment \(number) has another root")
        }
        let tree = try LogTree(of: store).root(of: 0..<history.size.rawValue)
        try expect(tree == history.checkpoints.last?.checkpoint.root, "the entries do not lead to the checkpoint")
    }
}
