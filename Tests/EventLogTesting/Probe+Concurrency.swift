internal import AgendaModel
internal import EventLog
internal import Synchronization

// The checks of what a store does for several tasks at once.
extension Probe {
    mutating func concurrentReading() async throws {
        var ahead = generator
        let commits = (0..<60).map { _ in ahead.next(upTo: 90) }
        let full = ahead
        let progress = Progress()
        let store = store
        let probe = self
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<3 {
                group.addTask {
                    var random = SplitMix64(seed: UInt64(reader))
                    var last = LogSize.zero
                    repeat {
                        last = try probe.read(store, full.history, from: last, &random)
                        // Readers must not keep the writer from its turn where there are few threads.
                        await Task.yield()
                    } while !progress.isDone
                    _ = try probe.read(store, full.history, from: last, &random)
                }
            }
            group.addTask {
                defer { progress.finish() }
                for commit in commits {
                    let size = LogSize(before: commit.first)
                    try probe.append(commit, expecting: size)
                    let end = size + commit.count
                    for number in try store.head().sealedSegments..<end.wholeSegments {
                        try store.seal(try full.segment(number))
                    }
                }
            }
            try await group.waitForAll()
        }
        generator = full
        try expectSame()
    }

    /// Whether the writer is still at work.
    private final class Progress: Sendable {
        private let flag = Atomic(false)
        var isDone: Bool { flag.load(ordering: .acquiring) }
        func finish() { flag.store(true, ordering: .releasing) }
    }

    /// One look at a log that grows; gives its size.
    private func read(
        _ store: any LogStore,
        _ full: CommitGenerator.History,
        from last: LogSize,
        _ random: inout SplitMix64
    ) throws -> LogSize {
        let head = try store.head()
        let size = head.size
        try expect(size >= last, "the log got shorter for a reader")
        try expect(
            size == .zero || head.checkpoint?.checkpoint.size == head.size,
            "a reader saw a head whose checkpoint is of another size"
        )
        try expect(
            size == .zero || full.checkpoints.contains { $0.checkpoint.size == head.size },
            "a reader saw a part of a commit"
        )
        let range = LogSize(Int.random(in: 0...size.rawValue, using: &random)).positions(upTo: size)
        let entries = try store.entries(range)
        try expect(entries == full.block(range), "a reader got other entries than those committed")
        return size
    }

    mutating func racingWriters() async throws {
        for round in 0..<20 {
            let store = store
            let size = history.size
            var ahead = generator
            let commit = ahead.next(count: 3 + round)
            let outcomes = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
                for _ in 0..<4 { group.addTask { try store.append(commit, expecting: size) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let actual = size + commit.count
            try expect(outcomes.count { $0 == .committed } == 1, "not exactly one of four writers won: \(outcomes)")
            try expect(
                outcomes.count { $0 == .conflict(actual: actual) } == 3,
                "the writers that lost were not told the actual size: \(outcomes)"
            )
            generator = ahead
        }
        try expectSame()
    }
}
