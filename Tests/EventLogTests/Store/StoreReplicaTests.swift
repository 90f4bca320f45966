import AgendaModel
import Deflate
import EventLog
import EventLogTesting
import GRDB
import Testing

@testable import EventLogSQLite

@Suite("A replica's file")
struct StoreReplicaTests {
    private let folder: TemporaryFolder
    private let replica: SQLiteLogStore
    private var source: CommitGenerator

    init() throws {
        folder = try TemporaryFolder()
        source = CommitGenerator(seed: 21)
        replica = try SQLiteLogStore.create(at: folder.path("log.sqlite"), identity: source.identity)
    }

    /// What a pull up to the source's size brings beyond a size.
    private func addition(beyond size: Int, runs: [CounterRun] = [], own: EventSource? = nil) -> VerifiedPull {
        let end = source.history.size
        let first = max(LogSize(size), LogSize(segments: end.wholeSegments))
        return VerifiedPull(
            tail: source.history.block(first.positions(upTo: end)),
            checkpoint: source.history.checkpoints.last!,
            runs: runs,
            source: own
        )
    }

    private func stageMissing() throws {
        let next = try replica.stagedSegments().upperBound
        try replica.stage((next..<source.history.size.wholeSegments).map { try source.segment($0) })
    }

    private func expectInstalled() throws {
        #expect(try replica.head().size == source.history.size)
        #expect(try replica.head().sealedSegments == source.history.size.wholeSegments)
        #expect(try replica.head().checkpoint == source.history.checkpoints.last)
        #expect(try replica.head().recordedTime == source.history.recorded.last)
        #expect(try replica.entries(source.history.range) == source.history.all)
        #expect(try replica.stagedSegments().isEmpty)
        for (index, time) in source.history.recorded.enumerated() where index % 13 == 0 {
            let expected = source.history.recorded.firstIndex { time < $0 } ?? source.history.size.rawValue
            #expect(try replica.size(at: time).rawValue == expected)
        }
    }

    @Test(
        "pulls of any sizes lead to the same log",
        arguments: [
            [1_000], [10, 20, 300], [256], [256, 256], [255, 1, 1], [100, 156, 700], [1, 1, 1], [600, 168, 5, 300],
        ]
    )
    mutating func pulls(_ counts: [Int]) throws {
        for count in counts {
            let before = source.history.size
            _ = source.next(count: count)
            try stageMissing()
            #expect(try replica.head().size == before, "what is staged does not count")
            #expect(try replica.install(addition(beyond: before.rawValue), expecting: before) == .committed)
            try expectInstalled()
        }
    }

    @Test("a pull that was cut goes on after what was staged")
    mutating func interrupted() throws {
        _ = source.next(count: 1_000)
        try replica.stage([try source.segment(0), try source.segment(1)])
        try replica.close()
        let again = try SQLiteLogStore(at: folder.path("log.sqlite"))
        #expect(try again.stagedSegments() == 0..<2)
        #expect(try again.staged(0..<5) == [try source.segment(0), try source.segment(1)])
        #expect(try again.segments(0..<5).isEmpty)
        #expect(try again.head().size == .zero)
        #expect(throws: LogError.self) { try again.stage([try source.segment(1)]) }
        try again.stage([try source.segment(2)])
        #expect(try again.install(addition(beyond: 0), expecting: .zero) == .committed)
        #expect(try again.entries(source.history.range) == source.history.all)
    }

    @Test("long segments are read a few at a time")
    func longSegments() throws {
        let time = Timestamp(millisecondsSince1970: 0)
        // Staging does not look into them.
        let segments = (0..<5).map { number in
            let run = [UInt8](repeating: UInt8(number), count: number == 2 ? 3_000_000 : 900_000)
            return Segment(
                number: number,
                run: run,
                crc: CRC32(),
                length: 1,
                root: Merkle.emptyRoot,
                firstRecorded: time,
                lastRecorded: time
            )
        }
        try replica.stage(segments)
        #expect(try replica.staged(0..<5) == Array(segments[0..<2]))
        #expect(try replica.staged(2..<5) == [segments[2]])
        #expect(try replica.staged(3..<5) == Array(segments[3...]))
    }

    @Test("what is staged can be dropped, what counts cannot")
    mutating func discarding() throws {
        _ = source.next(count: 600)
        try stageMissing()
        _ = try replica.install(addition(beyond: 0), expecting: .zero)
        _ = source.next(count: 600)
        try stageMissing()
        #expect(try replica.stagedSegments() == 2..<4)
        try replica.discardStaged()
        #expect(try replica.stagedSegments().isEmpty)
        #expect(try replica.head().size == LogSize(600))
        #expect(try replica.entries(Position(0)..<Position(600)) == source.history.block(0..<600))
        try stageMissing()
        _ = try replica.install(addition(beyond: 600), expecting: LogSize(600))
        try expectInstalled()
    }

    @Test("an extension with a part missing or left over changes nothing")
    mutating func impossible() throws {
        _ = source.next(count: 300)
        #expect(throws: LogError.self) { try replica.install(addition(beyond: 0), expecting: .zero) }
        try stageMissing()
        var short = addition(beyond: 0)
        short.tail.removeLast(10)
        #expect(throws: LogError.self) { try replica.install(short, expecting: .zero) }
        var long = addition(beyond: 0)
        long.tail += source.history.block(0..<1)
        #expect(throws: LogError.self) { try replica.install(long, expecting: .zero) }
        var forged = addition(beyond: 0)
        forged.checkpoint.note = forged.checkpoint.note.replacing("\n300\n", with: "\n301\n")
        #expect(throws: LogError.self) { try replica.install(forged, expecting: .zero) }
        #expect(try replica.install(addition(beyond: 0), expecting: LogSize(5)) == .conflict(actual: .zero))
        #expect(try replica.head().size == .zero)
        #expect(try replica.install(addition(beyond: 0), expecting: .zero) == .committed)
        try expectInstalled()
    }

    @Test("a segment that does not go on from the replica's own tail is refused")
    mutating func disagreeing() throws {
        _ = source.next(count: 100)
        _ = try replica.install(addition(beyond: 0), expecting: .zero)
        _ = source.next(count: 200)
        var other = CommitGenerator(seed: 22)
        _ = other.next(count: 300)
        try replica.stage([try other.segment(0)])
        let error = #expect(throws: LogError.self) {
            try replica.install(addition(beyond: 100), expecting: LogSize(100))
        }
        #expect(error?.code == .corrupt)
        #expect(try replica.head().size == LogSize(100))
        #expect(try replica.entries(Position(0)..<Position(100)) == source.history.block(0..<100))
    }

    @Test(
        "a failure at any statement of an installation leaves everything as it was",
        arguments: [
            "BEFORE INSERT ON commits", "BEFORE INSERT ON checkpoints", "BEFORE DELETE ON commits",
            "BEFORE DELETE ON outbox", "AFTER DELETE ON outbox", "BEFORE INSERT ON runs",
        ]
    )
    mutating func failingInstallation(_ moment: String) throws {
        _ = source.next(count: 100)
        _ = try replica.install(addition(beyond: 0), expecting: .zero)
        let lines = [[UInt8]("{}".utf8)]
        _ = try replica.outbox.record(at: Timestamp(millisecondsSince1970: 0)) { _ in lines }
        let own = CounterRun(source: "device/aaaaaa", first: Counter(1), last: Counter(1), position: Position(150))
        _ = source.next(count: 200)
        try stageMissing()
        let addition = addition(beyond: 100, runs: [own], own: own.source)
        try replica.pool.writeWithoutTransaction { db in
            try db.execute(sql: "CREATE TRIGGER fault \(moment) BEGIN SELECT RAISE(ABORT, 'fault'); END")
        }
        #expect(throws: LogError.self) { try replica.install(addition, expecting: LogSize(100)) }
        #expect(try replica.head().size == LogSize(100))
        #expect(try replica.entries(Position(0)..<Position(100)) == source.history.block(0..<100))
        #expect(try replica.outbox.counts() == .init(pending: 1, refused: 0))
        #expect(try replica.run(of: own.source, containing: Counter(1)) == nil)
        try replica.pool.writeWithoutTransaction { try $0.execute(sql: "DROP TRIGGER fault") }
        #expect(try replica.install(addition, expecting: LogSize(100)) == .committed)
        #expect(try replica.outbox.counts() == .init())
        #expect(try replica.run(of: own.source, containing: Counter(1)) == own)
        try expectInstalled()
    }

    @Test("what a replica knows of its server is kept, by key")
    func facts() throws {
        try replica.setReplicaFacts(["server": "https://example.org", "role": "editor"])
        try replica.setReplicaFacts(["role": nil, "device": "device/aaaaaa"])
        #expect(try replica.replicaFacts() == ["server": "https://example.org", "device": "device/aaaaaa"])
        #expect(throws: LogError.self) { try replica.setReplicaFacts(["next-counter": "1"]) }
    }
}
