import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

/// Logs with erased entries that were put back from backups.
@Suite("Repairing with erased entries")
struct RepairErasedTests {
    let rig: SequencerRig
    let sequencer: Sequencer

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    private func redaction(_ id: Int, of position: Int, by device: DeviceID) -> String {
        Draft(id: id, type: "entry.redacted", subject: "entry/\(position)", data: #"{"reason":"Verzonnen"}"#)
            .line(of: device)
    }

    /// A log in which every second project is erased, at once or at the end, and the sizes that it had on the way.
    private func fill(_ count: Int, erasingAtOnce: Bool) async throws -> (device: DeviceID, sizes: [Int]) {
        let device = try await rig.enrol(sequencer, as: .admin).device
        var (id, sizes, later) = (0, [sequencer.head.size.rawValue], [Int]())
        for number in 0..<count {
            id += 1
            let drafts = [Draft.start(id, by: device, title: "Jan \(number)")]
            let position = try await sequencer.push(drafts, by: device).head.size.rawValue - 1
            sizes.append(position + 1)
            guard number % 2 == 0 else { continue }
            guard erasingAtOnce else {
                later.append(position)
                continue
            }
            id += 1
            _ = try await sequencer.push(lines: [redaction(id, of: position, by: device)], by: device)
        }
        let lines = later.map { position in
            id += 1
            return redaction(id, of: position, by: device)
        }
        if !lines.isEmpty {
            let outcome = try await sequencer.push(lines: lines, by: device)
            #expect(outcome.rejected.isEmpty)
        }
        await sequencer.shutDown()
        return (device, sizes)
    }

    private func request(from log: any LogReader, after: Int, maximum: Int = .max) throws -> RepairRequest {
        let part = try RepairChunk(
            of: log,
            after: LogSize(after),
            upTo: try #require(try log.head().checkpoint),
            maximumEntries: min(maximum, 65_536),
            maximumBytes: .max
        )
        return try RepairRequest(
            after: part.after,
            note: part.checkpoint.note,
            proof: part.proof,
            redactions: part.redactions,
            body: part.entries,
            verifier: rig.key.verifier
        )
    }

    private func expectRepaired(_ target: InMemoryLogStore, from log: InMemoryLogStore, by maximum: Int) async throws {
        let writer = try Sequencer(store: target, key: rig.key, environment: rig.environment)
        let size = try log.head().size
        while writer.head.size < size {
            let before = writer.head.size
            _ = try await writer.repair(request(from: log, after: before.rawValue, maximum: maximum))
            #expect(writer.head.size > before)
        }
        await writer.shutDown()
        let all = Position(0)..<size.next
        #expect(try target.entries(all) == log.entries(all))
        #expect(try target.head().checkpoint == log.head().checkpoint)
        #expect(try LogTree(of: target).root(of: 0..<size.rawValue) == target.head().checkpoint?.checkpoint.root)
        let next = try Sequencer(store: target, key: rig.key, environment: rig.environment)
        #expect(next.head.size == size)
        await next.shutDown()
    }

    @Test(
        "A log that has lost everything gets tombstones back, in parts of any size, also before their redactions",
        arguments: [1, 7, 64, 1_000],
        [false, true]
    )
    func fromNothing(maximum: Int, atOnce: Bool) async throws {
        _ = try await fill(150, erasingAtOnce: atOnce)
        let empty = InMemoryLogStore(identity: rig.store.identity)
        try await expectRepaired(empty, from: rig.store.store, by: maximum)
    }

    @Test(
        "A backup from before a redaction has the entry erased when the redaction is given back",
        arguments: [1, 3, 1_000]
    )
    func fromBefore(maximum: Int) async throws {
        let device = try await rig.enrol(sequencer, as: .admin).device
        let position =
            try await sequencer.push([.start(1, by: device, title: "Jan")], by: device).head.size.rawValue - 1
        let old = rig.store.store.copy()
        for id in 2..<9 { _ = try await sequencer.push([.start(id, by: device)], by: device) }
        _ = try await sequencer.push(lines: [redaction(10, of: position, by: device)], by: device)
        _ = try await sequencer.push([.start(11, by: device)], by: device)
        await sequencer.shutDown()
        let before = try old.entries(Position(0)..<old.head().size.next)
        #expect(String(decoding: before, as: UTF8.self).contains("Jan"))
        try await expectRepaired(old, from: rig.store.store, by: maximum)
        #expect(try !rig.entries()[position].contains("Jan"))
    }

    @Test("A log that has erased more than the replica that repairs it keeps it so")
    func serverIsAhead() async throws {
        let device = try await rig.enrol(sequencer, as: .admin).device
        let position =
            try await sequencer.push([.start(1, by: device, title: "Jan")], by: device).head.size.rawValue - 1
        let replica = rig.store.store.copy()
        _ = try await sequencer.push(lines: [redaction(2, of: position, by: device)], by: device)
        let head = try await sequencer.repair(request(from: replica, after: 0))
        #expect(head == sequencer.head)
        #expect(try !rig.entries()[position].contains("Jan"))
    }

    @Test("A tombstone that nothing justifies is not taken back", arguments: ["missing", "other", "proof", "entry"])
    func unjustified(_ how: String) async throws {
        _ = try await fill(6, erasingAtOnce: false)
        let log = rig.store.store
        let size = try log.head().size.rawValue
        let part = try RepairChunk(
            of: log,
            after: .zero,
            upTo: try #require(try log.head().checkpoint),
            maximumEntries: size - 3,
            maximumBytes: .max
        )
        #expect(part.redactions.count == 3)
        var redactions = part.redactions
        var entries = part.entries
        switch how {
        case "missing": redactions.removeLast()
        case "other":
            let text = String(decoding: entries, as: UTF8.self)
            entries = Array(text.replacing(#""redaction":\#(size - 2),"#, with: #""redaction":\#(size - 3),"#).utf8)
        case "proof": redactions[0].edge[0] = Merkle.emptyRoot
        default: redactions[0].entry = redactions[1].entry
        }
        let empty = InMemoryLogStore(identity: rig.store.identity)
        let writer = try Sequencer(store: empty, key: rig.key, environment: rig.environment)
        let error = await #expect(throws: RepairError.self) {
            _ = try await writer.repair(
                RepairRequest(
                    after: .zero,
                    note: part.checkpoint.note,
                    proof: part.proof,
                    redactions: redactions,
                    body: entries,
                    verifier: rig.key.verifier
                )
            )
        }
        #expect(error?.code == .invalidProof)
        #expect(try empty.head().size == .zero)
        await writer.shutDown()
    }
}
