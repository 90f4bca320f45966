import AgendaModel
import EventLog
import EventLogTesting
import NIOCore
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

/// A store that counts how often entries are read, and fails when it is told to.
private final class CountingStore: ForwardingLogStore {
    let store: InMemoryLogStore
    private let state = Mutex((reads: 0, fails: false))

    init(_ store: InMemoryLogStore) { self.store = store }

    var reads: Int { state.withLock { $0.reads } }
    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

    func entries(_ range: Range<Position>) throws -> [UInt8] {
        let fails = state.withLock { state in
            state.reads += 1
            return state.fails
        }
        if fails { throw LogError(.inputOutput, "as the test wants") }
        return try store.entries(range)
    }
}

struct LivePiecesTests {
    /// A log of that many organisations, and its head.
    private func log(_ count: Int, nameLength: Int = 10) async throws -> (CountingStore, LogHead) {
        let key = try MemorySource.key("assen")
        let store = InMemoryLogStore(identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
        let sequencer = try Sequencer(store: store, key: key, environment: .system)
        let name = String(repeating: "n", count: nameLength)
        for counter in 1...count {
            let outcome = try await sequencer.record(
                type: "organisation.registered",
                subject: "organisation/server-\(counter)",
                data: #"{"name":"\#(name)","sort":"other"}"#
            )
            #expect(outcome.rejected.isEmpty)
        }
        return (CountingStore(store), sequencer.head)
    }

    @Test("However many followers ask for what is new, it is read and encoded once")
    func sharing() async throws {
        let (store, head) = try await log(5)
        let pieces = LivePieces(of: store)
        let all = try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            for _ in 0..<200 { group.addTask { try await pieces.next(from: Position(2), to: head)[0].bytes } }
            return try await group.reduce(into: Set<ByteBuffer>()) { $0.insert($1) }
        }
        #expect(all.count == 1)
        #expect(store.reads == 1)
        pieces.forget()
        _ = try await pieces.next(from: Position(2), to: head)
        #expect(store.reads == 2)
        pieces.prepare(from: Position(4), to: head)
        _ = try await pieces.next(from: Position(4), to: head)
        #expect(store.reads == 3)
    }

    @Test("Pieces follow each other from any position, are of bounded length, and the last has the checkpoint")
    func chain() async throws {
        let (store, head) = try await log(300, nameLength: 450)
        let pieces = LivePieces(of: store)
        for start in [0, 1, 255, 256, 299] {
            var position = Position(start)
            var last = ByteBuffer()
            while head.size.contains(position) {
                let next = try await pieces.next(from: position, to: head)
                let length = next.reduce(0) { $0 + $1.bytes.readableBytes }
                #expect(length < 2 * LivePieces.pieceBytes + 1024)
                position = try #require(next.last?.end).next
                last = try #require(next.last?.bytes)
                #expect(String(buffer: last).contains("event: checkpoint") == (position == head.size.next))
            }
            #expect(String(buffer: last).contains("id: 300\n"))
        }
    }

    @Test("A read that fails is told to all who wait for it, and the next one is made anew")
    func failing() async throws {
        let (store, head) = try await log(3)
        let pieces = LivePieces(of: store)
        store.fail(true)
        await #expect(throws: LogError.self) { try await pieces.next(from: Position(0), to: head) }
        pieces.prepare(from: Position(0), to: head)
        store.fail(false)
        #expect(try await pieces.next(from: Position(0), to: head).last?.end == head.size)
    }
}
