import AgendaModel
import EventLogSQLite
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Repairing a log")
struct RepairTests {
    @Test(
        "A log cut anywhere and repaired in parts of any size is the original again",
        arguments: 1...6 as ClosedRange<UInt64>
    )
    func property(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let rig = try await RepairRig(seed: seed, count: Int.random(in: 20...900, using: &random))
        let size = try rig.size.rawValue
        for _ in 0..<4 {
            let cut = Int.random(in: 0...size, using: &random)
            let count = [1, 7, 255, 256, 257, size].randomElement(using: &random)!
            let comment: Comment = "seed \(seed): \(size) entries, cut at \(cut), repaired by \(count)"
            let store = rig.emptyStore()
            let sequencer = try rig.sequencer(store)
            try await rig.repair(sequencer, upTo: cut, by: size)
            try await rig.repair(sequencer, upTo: size, by: max(count, size / 60))
            await sequencer.shutDown()
            try await rig.expectSame(store, comment)
        }
    }

    @Test("So it is in a file", arguments: [11, 12] as [UInt64])
    func inFile(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let rig = try await RepairRig(seed: seed, count: 800)
        let size = try rig.size.rawValue
        let folder = try TemporaryFolder()
        for (number, count) in [40, 256, 600].enumerated() {
            let cut = Int.random(in: 0..<size, using: &random)
            let path = folder.path("log-\(number).sqlite")
            let store = try SQLiteLogStore.create(at: path, identity: rig.original.identity)
            let sequencer = try rig.sequencer(store)
            try await rig.repair(sequencer, upTo: cut, by: size)
            try await rig.repair(sequencer, upTo: size, by: count)
            await sequencer.shutDown()
            let comment: Comment = "seed \(seed): \(size) entries, cut at \(cut), repaired by \(count)"
            try await rig.expectSame(store, comment)
            try store.close()
            let again = try SQLiteLogStore(at: path)
            try await rig.expectSame(again, comment)
            try again.close()
        }
    }

    @Test("Repairing again, or with entries that the log has in part, changes nothing that is there")
    func idempotent() async throws {
        let rig = try await RepairRig(seed: 3, count: 100)
        let size = try rig.size.rawValue
        let store = rig.emptyStore()
        let sequencer = try rig.sequencer(store)
        _ = try await sequencer.repair(rig.request(after: 0, upTo: 60))
        let head = try await sequencer.repair(rig.request(after: 20, upTo: 60))
        #expect(head.size == LogSize(60))
        #expect(try await sequencer.repair(rig.request(after: 20, upTo: 40)).size == LogSize(60))
        #expect(try await sequencer.repair(rig.request(after: 50)).size == LogSize(size))
        #expect(try await sequencer.repair(rig.request(after: 0)).size == LogSize(size))
        #expect(try await sequencer.repair(rig.request(after: size)).size == LogSize(size))
        await sequencer.shutDown()
        try await rig.expectSame(store, "")
    }

    @Test("The given checkpoint is kept where it is of the entries' end, elsewhere the log signs its own")
    func checkpoints() async throws {
        let rig = try await RepairRig(seed: 4, count: 50)
        let size = try rig.size
        let sequencer = try rig.sequencer(rig.emptyStore())
        let part = try await sequencer.repair(rig.request(after: 0, upTo: 30))
        #expect(try rig.key.verifier.verify(#require(part.checkpoint).note) == rig.checkpoint(at: LogSize(30)))
        #expect(try await sequencer.repair(rig.request(after: 30)).checkpoint == rig.original.head().checkpoint)
        #expect(sequencer.head.size == size)
    }

    @Test("Any altered byte is refused, and nothing is stored")
    func alteredByte() async throws {
        let rig = try await RepairRig(seed: 5, count: 24)
        let sequencer = try rig.sequencer(rig.emptyStore())
        _ = try await sequencer.repair(rig.request(after: 0, upTo: 10))
        let before = sequencer.head
        let length = try rig.request(after: 10).entries.count
        var refusals: Set<RepairError.Code> = []
        for index in stride(from: 0, to: length, by: 3) {
            let error = await #expect(throws: RepairError.self, "byte \(index)") {
                try await sequencer.repair(rig.request(after: 10) { $0[index] ^= 1 })
            }
            if let error { refusals.insert(error.code) }
        }
        #expect(refusals == [.malformed, .invalidProof])
        #expect(sequencer.head == before)
        // The canary: unaltered they are taken.
        #expect(try await sequencer.repair(rig.request(after: 10)).size == rig.size)
    }

    @Test("What does not fit the log is refused with the reason")
    func misfits() async throws {
        let rig = try await RepairRig(seed: 6, count: 60)
        let size = try rig.size.rawValue
        let sequencer = try rig.sequencer(rig.emptyStore())
        _ = try await sequencer.repair(rig.request(after: 0, upTo: 20))
        func code(_ request: () throws -> RepairRequest) async -> RepairError.Code? {
            do {
                _ = try await sequencer.repair(try request())
                return nil
            } catch {
                return (error as? RepairError)?.code
            }
        }
        #expect(await code { try rig.request(after: 21) } == .aheadOfLog(LogSize(20)))
        // Equal length, so that only the bytes differ.
        #expect(await code { try rig.request(after: 10) { $0[8] ^= 1 } } == .malformed)
        let other = try await RepairRig(seed: 7, count: 60)
        #expect(await code { try other.request(after: 10) } == .forked)
        #expect(await code { try other.request(after: 20) } == .invalidProof)
        #expect(await code { try other.request(after: 20, upTo: 20, checkpoint: 20) } == .forked)
        let good = try rig.request(after: 20, upTo: 40)
        let swapped = Array(good.entries.split(separator: Lines.newline).reversed().joined(separator: [Lines.newline]))
        #expect(await code { try rig.given(20, swapped, good.checkpoint.note, good.proof) } == .malformed)
        #expect(
            await code { try rig.given(20, good.entries, good.checkpoint.note, ConsistencyProof(hashes: [])) }
                == .invalidProof
        )
        let foreign = LogKey.generate(origin: rig.key.origin).sign(
            size: LogSize(size),
            root: good.checkpoint.checkpoint.root
        )
        #expect(await code { try rig.given(20, good.entries, foreign.note, good.proof) } == .invalidProof)
        let smaller = try rig.checkpoint(at: LogSize(30)).note
        #expect(await code { try rig.given(20, good.entries, smaller, good.proof) } == .invalidProof)
        #expect(await code { try rig.given(20, Array("{}\n".utf8), good.checkpoint.note, good.proof) } == .malformed)
        #expect(sequencer.head.size == LogSize(20))
        #expect(await code { good } == nil)
    }

    @Test("Times go on after those that were given back, and so do the server's counters")
    func goingOn() async throws {
        let rig = try await RepairRig(seed: 8, count: 40)
        let last = try #require(try rig.original.head().recordedTime)
        let counter = try #require(try rig.original.lastCounter(of: EventSource.server))
        let sequencer = try rig.sequencer(rig.emptyStore(), now: last.millisecondsSince1970 - 1_000_000)
        _ = try await sequencer.repair(rig.request(after: 0))
        let outcome = try await sequencer.record(
            type: "agenda.renamed",
            subject: "agenda/demo",
            data: #"{"title":"Nieuw"}"#
        )
        #expect(outcome.head.recordedTime ?? last >= last)
        #expect((outcome.accepted.first?.first ?? outcome.rejected.first?.counter)?.rawValue == counter.rawValue + 1)
    }

    @Test("An event that was refused since the backup was put back keeps its place in the log")
    func refusedSince() async throws {
        let rig = try await RepairRig(seed: 9, count: 200)
        let store = rig.emptyStore()
        let sequencer = try rig.sequencer(store)
        let (position, event) = try #require(
            rig.events.enumerated().first { $0.offset > 120 && !$0.element.isCreating }
        )
        _ = try await sequencer.repair(rig.request(after: 0, upTo: 30))
        // Its subject is among what was lost, or it has seen more than there is.
        let refused = try await sequencer.push(RepairRig.push([event]))
        #expect(refused.rejected.count == 1)
        _ = try await sequencer.repair(rig.request(after: 30))
        let again = try await sequencer.push(RepairRig.push([event]))
        #expect(again.duplicate.map(\.position) == [Position(position)])
        try await rig.expectSame(store, "")
    }

    @Test("Entries of types that nobody here knows are taken as they are")
    func unknownTypes() async throws {
        let rig = try await RepairRig(seed: 10, count: 12)
        let size = try rig.size.rawValue
        let time = try #require(try rig.original.head().recordedTime)
        let event =
            #"{"specversion":"1.0","id":"900000","source":"server","type":"ding.verzonnen","subject":"ding/x-1","#
            + #""time":"2026-11-12T10:11:12.123Z","basis":0,"data":{"a":1}}"#
        let entry = Array(event.utf8.dropLast()) + EntrySuffix.bytes(time)
        var edge = TreeEdge()
        for event in try rig.request(after: 0).lines { edge.append(leaf: event.leaf) }
        edge.append(leaf: entry.lend { Merkle.leaf($0) })
        let note = rig.key.sign(size: LogSize(size + 1), root: edge.root).note
        let store = rig.emptyStore()
        let sequencer = try rig.sequencer(store)
        _ = try await sequencer.repair(rig.request(after: 0))
        let head = try await sequencer.repair(rig.given(size, entry, note, ConsistencyProof(hashes: [])))
        #expect(head.size == LogSize(size + 1))
        #expect(try store.run(of: "server", containing: Counter(900_000))?.position == Position(size))
    }
}

extension RepairRig {
    func given(_ after: Int, _ body: [UInt8], _ note: String, _ proof: ConsistencyProof) throws -> RepairRequest {
        try RepairRequest(after: LogSize(after), note: note, proof: proof, body: body, verifier: key.verifier)
    }
}
