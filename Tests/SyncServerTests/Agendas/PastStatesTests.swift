import AgendaModel
import Dispatch
import EventLog
import EventLogTesting
import Projections
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

/// A fold that waits at its beginning until it is let through.
private final class GatedFold: Sendable {
    private struct Passed {
        var begun = 0
        var sizes: Set<LogSize> = []
        /// So many fail when they have been let through.
        var failures: Int
    }

    private let passed: Mutex<Passed>
    private let gate = DispatchGroup()

    init(failures: Int = 0) {
        passed = Mutex(Passed(failures: failures))
        gate.enter()
    }

    /// How many have come to the gate.
    var begun: Int { passed.withLock { $0.begun } }

    /// Which states they are folding.
    var sizes: Set<LogSize> { passed.withLock { $0.sizes } }

    func open() { gate.leave() }

    func fold(_ log: any LogReader, to size: LogSize, from earlier: State) throws -> State {
        passed.withLock { passed in
            passed.begun += 1
            passed.sizes.insert(size)
        }
        gate.wait()
        let fails = passed.withLock { passed in
            defer { passed.failures -= 1 }
            return passed.failures > 0
        }
        if fails { throw LogError(.inputOutput, "the disk does not answer") }
        return try TimeTravel.state(of: log, at: size, from: earlier)
    }
}

extension PastStates {
    /// What a member gets.
    func state(of log: any LogReader, at size: LogSize) async throws -> Past {
        try await state(of: log, at: size, for: PastStatesTests.member)
    }
}

@Suite
struct PastStatesTests {
    fileprivate static let member = ConcurrencyLimiter.Client.member(
        MemberID(unchecked: "member/aaaaaa"),
        of: AgendaName(unchecked: "assen")
    )

    /// A log of 20 entries, all by one device, about as many subjects.
    static func log(by device: String = "aaaaaa") throws -> any LogStore {
        let source = try MemorySource()
        let store = try source.add("assen")
        let key = try MemorySource.key("assen")
        var edge = TreeEdge()
        let time = try #require(Timestamp("2026-11-12T10:11:12.123Z"))
        for counter in 1...20 {
            let line = """
                {"specversion":"1.0","id":"\(counter)","source":"device/\(device)","type":"organisation.registered",\
                "subject":"organisation/\(device)-\(counter)","time":"\(time)","basis":0,\
                "data":{"name":"\(counter)"},"recordedtime":"\(time)"}
                """
            edge.append(leaf: Array(line.utf8).withUnsafeBufferPointer { Merkle.leaf($0) })
            let commit = Commit(
                first: Position(counter - 1),
                count: 1,
                recordedTime: time,
                entries: Array((line + "\n").utf8),
                checkpoint: key.sign(size: LogSize(counter), root: edge.root)
            )
            #expect(try store.append(commit, expecting: LogSize(counter - 1)) == .committed)
        }
        return store
    }

    @Test("States of the past that begin with one that is kept are those that are folded from nothing")
    func keptStates() async throws {
        let log = try Self.log()
        let kept = PastStates()
        for size in [5, 3, 9, 20, 4, 9, 0] {
            let past = try await kept.state(of: log, at: LogSize(size))
            #expect(past.subjects.count == size && past.state.size == LogSize(size))
            let fresh = PastStates()
            let expected = try await fresh.state(of: log, at: LogSize(size))
            #expect(try await kept.digest(of: past, for: Self.member) == fresh.digest(of: expected, for: Self.member))
        }
    }

    @Test("Whoever asks for a state that is being folded waits for it")
    func together() async throws {
        let log = try Self.log()
        let gate = GatedFold()
        let past = PastStates { try gate.fold($0, to: $1, from: $2) }
        let sizes = try await withThrowingTaskGroup { group in
            for _ in 1...5 { group.addTask { try await past.state(of: log, at: LogSize(9)).state.size } }
            // With a folding of their own the others would come to the gate.
            while past.waitingCount < 4, gate.begun < 2 { await Task.yield() }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sizes == Array(repeating: LogSize(9), count: 5))
        #expect(gate.begun == 1)
        #expect(past.waitingCount == 0)
    }

    @Test("States of two sizes are folded beside each other")
    func apart() async throws {
        let log = try Self.log()
        let gate = GatedFold()
        let past = PastStates { try gate.fold($0, to: $1, from: $2) }
        async let one = past.state(of: log, at: LogSize(9)).state.size
        async let other = past.state(of: log, at: LogSize(10)).state.size
        while gate.begun < 2 { await Task.yield() }
        gate.open()
        #expect(try await [one, other] == [LogSize(9), LogSize(10)])
    }

    @Test("A folding that fails fails for the one who began it alone")
    func failing() async throws {
        let log = try Self.log()
        let gate = GatedFold(failures: 1)
        let past = PastStates { try gate.fold($0, to: $1, from: $2) }
        let first = Task { try await past.state(of: log, at: LogSize(9)) }
        while gate.begun < 1 { await Task.yield() }
        let second = Task { try await past.state(of: log, at: LogSize(9)) }
        while past.waitingCount < 1 { await Task.yield() }
        gate.open()
        await #expect(throws: LogError.self) { try await first.value }
        #expect(try await second.value.state.size == LogSize(9))
        #expect(gate.begun == 2)
    }

    @Test("Whoever began a folding and is cancelled takes it from nobody")
    func cancelling() async throws {
        let log = try Self.log()
        let gate = GatedFold()
        let past = PastStates { try gate.fold($0, to: $1, from: $2) }
        let first = Task { try await past.state(of: log, at: LogSize(9)) }
        while gate.begun < 1 { await Task.yield() }
        let second = Task { try await past.state(of: log, at: LogSize(9)) }
        while past.waitingCount < 1 { await Task.yield() }
        first.cancel()
        gate.open()
        #expect(try await second.value.state.size == LogSize(9))
        #expect(gate.begun == 1)
    }

    @Test("Of what visitors ask for one is folded at a time, and no member waits for it", arguments: [9, 10, 11])
    func visitors(size: Int) async throws {
        let log = try Self.log()
        let gate = GatedFold()
        let work = HeavyWork(width: 4)
        let past = PastStates(heavyWork: work) { try gate.fold($0, to: $1, from: $2) }
        let visitors = [9, 10].map { size in
            Task { try await past.state(of: log, at: LogSize(size), for: .address("192.0.2.\(size)")) }
        }
        while gate.begun == 0 || gate.begun == 1 && work.waitingCount == 0 { await Task.yield() }
        let first = gate.sizes
        let member = Task { try await past.state(of: log, at: LogSize(size)) }
        while gate.begun < 2 { await Task.yield() }
        #expect(gate.begun == 2 && gate.sizes == first.union([LogSize(size)]))
        gate.open()
        for visitor in visitors { _ = try await visitor.value }
        #expect(try await member.value.state.size == LogSize(size))
    }
}
