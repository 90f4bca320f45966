import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Testing

@testable import Projections

@Suite("Catching up with the log")
struct CatchUpTests {
    let folder: TestFolder
    let log: TestLog

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
    }

    @Test("Any batch size gives the same read models as folding everything at once", arguments: [1, 7, 255, 256, 257])
    func batches(size: Int) throws {
        try log.fill(1_100, seed: 1)
        let whole = try folder.stateFile("whole.sqlite")
        try whole.catchUp(with: log.store)
        let batched = try folder.stateFile("batched.sqlite")
        var sizes: [Int] = []
        try batched.catchUp(with: log.store, batch: size) { sizes.append($0.rawValue) }

        #expect(try Contents(of: batched, log: log) == Contents(of: whole, log: log))
        #expect(sizes == Array(stride(from: size, to: 1_100, by: size)) + [1_100])
        let replayed = try TimeTravel.state(of: log.store, at: LogSize(1_100))
        #expect(try whole.digest() == TimeTravel.digest(of: replayed))
        #expect(try whole.conflicts() == replayed.conflicts)
        #expect(try !whole.conflicts().isEmpty)
    }

    @Test("Catching up after every commit, and opening the file anew each time, gives the same read models")
    func reopening() throws {
        let stepwise = folder.file("stepwise.sqlite")
        for seed in 1...12 as ClosedRange<UInt64> {
            try log.fill(97, seed: seed, committing: 10)
            if seed % 4 == 0 { try log.seal() }
            let file = try StateFile(at: stepwise)
            var first: LogSize?
            try file.catchUp(with: log.store, batch: 50) { first = first ?? $0 }
            #expect(first == LogSize(Int(seed - 1) * 97 + 50), "the file goes on where it was")
            try file.close()
        }
        let whole = try folder.stateFile("whole.sqlite")
        try whole.catchUp(with: log.store)
        #expect(try Contents(of: StateFile(at: stepwise), log: log) == Contents(of: whole, log: log))
    }

    @Test("One file kept open while the log grows and is sealed gives the same read models")
    func keptOpen() throws {
        let file = try folder.stateFile()
        for seed in 1...10 as ClosedRange<UInt64> {
            try log.fill(61, seed: seed, committing: 1)
            try log.seal()
            try file.catchUp(with: log.store)
        }
        let whole = try folder.stateFile("whole.sqlite")
        try whole.catchUp(with: log.store)
        #expect(try Contents(of: file, log: log) == Contents(of: whole, log: log))
    }

    @Test("An empty log gives an empty state")
    func empty() throws {
        let file = try folder.stateFile()
        try file.catchUp(with: log.store)
        #expect(try file.size() == .zero)
        #expect(try file.documents(kind: nil, after: nil, limit: 10).isEmpty)
        #expect(try file.digest() == TimeTravel.digest(of: State()))
    }

    @Test("A failure in the middle of a batch leaves the batches before it, and the next call goes on from there")
    func failing() throws {
        try log.fill(700, seed: 3)
        let file = try folder.stateFile()
        #expect(throws: LogError.self) {
            try file.catchUp(with: FailingReader(log.store, failingAt: Position(450)), batch: 200)
        }
        #expect(try file.size() == LogSize(400))
        #expect(try file.digest() == TimeTravel.digest(of: TimeTravel.state(of: log.store, at: LogSize(400))))
        var sizes: [Int] = []
        try file.catchUp(with: log.store, batch: 200) { sizes.append($0.rawValue) }
        #expect(sizes == [600, 700])
        let whole = try folder.stateFile("whole.sqlite")
        try whole.catchUp(with: log.store)
        #expect(try Contents(of: file, log: log) == Contents(of: whole, log: log))
    }

    @Test("A copy of the files taken between two batches, as a crash leaves them, can be opened and goes on")
    func crash() throws {
        try log.fill(600, seed: 4)
        let file = try folder.stateFile()
        var copies: [String] = []
        try file.catchUp(with: log.store, batch: 150) { size in
            let copy = folder.file("copy-\(size).sqlite")
            for suffix in ["", "-wal"] {
                try? FileManager.default.copyItem(atPath: folder.file("state.sqlite") + suffix, toPath: copy + suffix)
            }
            copies.append(copy)
        }
        #expect(copies.count == 4)
        for (index, copy) in copies.enumerated() {
            let restored = try StateFile(at: copy)
            #expect(try restored.size() == LogSize((index + 1) * 150))
            try restored.catchUp(with: log.store)
            #expect(try Contents(of: restored, log: log) == Contents(of: file, log: log))
        }
    }

    @Test("Rebuilding from nothing gives what was there")
    func rebuilding() throws {
        try log.fill(500, seed: 5)
        let file = try folder.stateFile()
        try file.catchUp(with: log.store, batch: 33)
        let before = try Contents(of: file, log: log)
        var sizes: [Int] = []
        try file.rebuild(from: log.store) { sizes.append($0.rawValue) }
        #expect(sizes == [500])
        #expect(try Contents(of: file, log: log) == before)
    }

    @Test("Many tasks may catch up and read at once; every reader sees a whole batch")
    func concurrently() async throws {
        try log.fill(900, seed: 6)
        let store = log.store
        let digests = try (0...9).map {
            try TimeTravel.digest(of: TimeTravel.state(of: store, at: LogSize($0 * 100)))
        }
        let file = try folder.stateFile()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask { try file.catchUp(with: store, batch: 100) }
                group.addTask {
                    var last = LogSize.zero
                    repeat {
                        let (size, digest) = try file.read { ($0.size, try $0.computeDigest()) }
                        #expect(size >= last)
                        #expect(digest == digests[size.rawValue / 100], "at size \(size)")
                        last = size
                        await Task.yield()
                    } while last < LogSize(900)
                }
            }
            try await group.waitForAll()
        }
        let whole = try folder.stateFile("whole.sqlite")
        try whole.catchUp(with: store)
        #expect(try Contents(of: file, log: log) == Contents(of: whole, log: log))
    }
}

/// A log whose entries cannot be read from one position on.
struct FailingReader: LogReader {
    private let log: InMemoryLogStore
    private let position: Position

    init(_ log: InMemoryLogStore, failingAt position: Position) {
        self.log = log
        self.position = position
    }

    var identity: LogIdentity { log.identity }
    func head() throws -> LogHead { try log.head() }
    func segments(_ numbers: Range<Int>) throws -> [Segment] { try log.segments(numbers) }
    func entries(_ range: Range<Position>) throws -> [UInt8] { try log.entries(range) }
    func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? { try log.checkpoint(atMost: size) }
    func size(at moment: Timestamp) throws -> LogSize { try log.size(at: moment) }

    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        try log.forEachBlock(in: range) { first, count, entries in
            guard first.rawValue + count <= position.rawValue else {
                throw LogError(.inputOutput, "the disk gave up")
            }
            try body(first, count, entries)
        }
    }
}
