import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

/// A log that grew by pushes, and logs that lost a part of it.
struct RepairRig {
    let key: LogKey
    let original: InMemoryLogStore
    /// In the order of the log.
    let events: [AgendaGenerator.Event]

    /// Makes a log of at least so many events.
    init(seed: UInt64, count: Int) async throws {
        key = try LogKey(origin: "log.voorbeeld.nl/agendas/proef", seed: Array(0..<32))
        original = InMemoryLogStore(identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
        var random = SplitMix64(seed: seed)
        var generator = AgendaGenerator(seed: seed, devices: 2)
        var events: [AgendaGenerator.Event] = []
        let clock = Clock()
        let sequencer = try Sequencer(store: original, key: key, environment: clock.environment)
        var next = generator.next()
        while events.count < count {
            var push = [next]
            next = generator.next()
            while next.source == push[0].source, Int.random(in: 0..<8, using: &random) > 0 {
                push.append(next)
                next = generator.next()
            }
            clock.move(to: generator.now)
            let outcome = try await sequencer.push(Self.push(push))
            #expect(outcome.rejected.isEmpty, "seed \(seed): \(outcome.rejected.first?.problem.detail ?? "")")
            events += push
        }
        self.events = events
        // Access that changes more than once.
        let member = try #require(try original.access().members.keys.min())
        for (type, data) in [
            ("device.enrolled", #"{"member":"\#(member)","name":"Verzonnen laptop"}"#),
            ("device.revoked", #"{"revoked":true}"#),
        ] {
            let outcome = try await sequencer.record(type: type, subject: "device/verzonnen", data: data)
            #expect(outcome.rejected.isEmpty, "\(outcome.rejected.first?.problem.detail ?? "")")
        }
        await sequencer.shutDown()
    }

    static func push(_ events: [AgendaGenerator.Event]) throws -> Push {
        try Push(source: events[0].source, body: Array(events.map(\.line).joined(separator: [Lines.newline])))
    }

    var size: LogSize {
        get throws { try original.head().size }
    }

    func emptyStore() -> InMemoryLogStore { InMemoryLogStore(identity: original.identity) }

    func sequencer(
        _ store: any LogStore,
        now: Int = 1_900_000_000_000,
        reporting report: @escaping @Sendable (UpkeepFailure) -> Void = { _ in }
    ) throws -> Sequencer {
        let clock = Clock()
        clock.move(to: Timestamp(millisecondsSince1970: now))
        return try Sequencer(store: store, key: key, environment: clock.environment, reporting: report)
    }

    /// A checkpoint of the original log at any size.
    func checkpoint(at size: LogSize) throws -> SignedCheckpoint {
        key.sign(size: size, root: try LogTree(of: original).root(of: 0..<size.rawValue))
    }

    /// Entries of the original log, as they are given back.
    func request(
        after: Int,
        upTo end: Int? = nil,
        checkpoint size: Int? = nil,
        altering alter: (inout [UInt8]) -> Void = { _ in }
    ) throws -> RepairRequest {
        let size = try LogSize(size ?? self.size.rawValue)
        let part = try RepairChunk(
            of: original,
            after: LogSize(after),
            upTo: checkpoint(at: size),
            maximumEntries: (end ?? size.rawValue) - after,
            maximumBytes: .max
        )
        var entries = part.entries
        alter(&entries)
        return try RepairRequest(
            after: part.after,
            note: part.checkpoint.note,
            proof: part.proof,
            redactions: part.redactions,
            body: entries,
            verifier: key.verifier
        )
    }

    /// Gives back everything up to a size, in parts of so many entries.
    func repair(_ sequencer: Sequencer, upTo end: Int, by count: Int) async throws {
        var reached = sequencer.head.size.rawValue
        while reached < end {
            let next = min(reached + count, end)
            let head = try await sequencer.repair(request(after: reached, upTo: next))
            #expect(head.size == LogSize(next))
            reached = next
        }
    }

    /// Compares a repaired log with the original in everything that can be asked of it.
    func expectSame(_ store: any LogStore, _ comment: Comment) async throws {
        let (head, expected) = (try store.head(), try original.head())
        #expect(head.size == expected.size, comment)
        #expect(head.checkpoint == expected.checkpoint, comment)
        #expect(head.recordedTime == expected.recordedTime, comment)
        let all = Position(0)..<expected.size.next
        #expect(try store.entries(all) == original.entries(all), comment)
        #expect(try store.access().members == original.access().members, comment)
        #expect(try store.access().devices == original.access().devices, comment)
        for (position, event) in events.enumerated() {
            let run = try #require(try store.run(of: event.source, containing: event.counter), comment)
            #expect(run.position(of: event.counter) == Position(position), comment)
            #expect(
                try store.position(ofSubject: event.subject) == original.position(ofSubject: event.subject),
                comment
            )
        }
        for source in Set(events.map(\.source)) {
            #expect(try store.lastCounter(of: source) == original.lastCounter(of: source), comment)
        }
        var recorded = Set<Timestamp>()
        try store.entries(all).lend { bytes in
            Lines.forEach(in: bytes) { line in
                let entry = UnsafeBufferPointer(rebasing: bytes[line])
                if let time = EntrySuffix.recordedTime(of: entry) { recorded.insert(time) }
            }
        }
        for moment in recorded { #expect(try store.size(at: moment) == original.size(at: moment), comment) }
        let sequencer = try sequencer(store)
        var rest = events[...]
        while let first = rest.first {
            let push = rest.prefix { $0.source == first.source }
            let outcome = try await sequencer.push(Self.push(Array(push)))
            #expect(outcome.accepted.isEmpty && outcome.rejected.isEmpty, comment)
            var position = Position(rest.startIndex)
            for run in outcome.duplicate {
                #expect(run.position == position, comment)
                position = Position(position.rawValue + run.last.rawValue - run.first.rawValue + 1)
            }
            rest = rest.dropFirst(push.count)
        }
        #expect(sequencer.head == head || head.sealedSegments < sequencer.head.sealedSegments, comment)
        await sequencer.shutDown()
    }
}

/// A clock that only tests move.
final class Clock: Sendable {
    private let state = Mutex((now: 1_767_225_600_000, random: SplitMix64(seed: 5)))

    func move(to time: Timestamp) { state.withLock { $0.now = time.millisecondsSince1970 } }

    var environment: RuntimeEnvironment {
        RuntimeEnvironment(
            now: { [self] in Timestamp(millisecondsSince1970: state.withLock { $0.now }) },
            random: { [self] count in
                state.withLock { state in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &state.random) }
                }
            }
        )
    }
}
