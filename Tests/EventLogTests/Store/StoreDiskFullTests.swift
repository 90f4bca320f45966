import AgendaModel
import EventLogTesting
import Foundation
import GRDB
import Synchronization
import Testing

@testable import EventLog
@testable import EventLogSQLite

@Suite("A full disk under a log")
struct StoreDiskFullTests {
    /// Lets the file grow by so many pages only; nil for as many as it likes.
    static func limit(_ store: SQLiteLogStore, to pages: Int?) throws {
        try store.pool.writeWithoutTransaction { db in
            let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages.map { count + $0 } ?? 1 << 30)")
        }
    }

    enum Write: CaseIterable { case push, largePush, repair, enrol, invite, seal }

    @Test(
        "Whichever page there is no room for, nothing of a write is there, and it goes on with room",
        arguments: Write.allCases
    )
    func everyPage(write: Write) async throws {
        let rig = try await RepairRig(seed: 31, count: 700)
        let folder = try TemporaryFolder()
        var failures = 0
        var pages = 0
        while pages < 400 {
            defer { pages += 1 + pages / 5 }
            let store = try SQLiteLogStore.create(at: folder.path("\(pages).sqlite"), identity: rig.original.identity)
            defer { try? store.close() }
            let reports = UpkeepReports()
            let sequencer = try rig.sequencer(store, reporting: reports.add)
            _ = try await sequencer.repair(rig.request(after: 0, upTo: write == .seal ? 255 : 60))
            let invite = InviteCode.hash("uitnodiging")
            try store.add(Self.invite(invite))
            let before = try (store.head(), store.access(), store.rejections(after: 0, limit: 10).count)
            try Self.limit(store, to: pages)
            do {
                try await perform(write, on: sequencer, store, rig)
                // Whoever pushed hears nothing of sealing, which is done again later; whoever runs the writer does.
                guard write == .seal, try store.head().sealedSegments == 0 else {
                    await sequencer.shutDown()
                    #expect(failures > 0, "no page was missing")
                    return
                }
                failures += 1
                #expect(reports.all.map(\.work) == [.sealing])
                #expect((reports.all.first?.error as? LogError)?.code == .diskFull)
            } catch {
                failures += 1
                let isFull = (error as? PushError)?.code == .storageFull || (error as? LogError)?.code == .diskFull
                #expect(isFull, "\(error)")
                #expect(try store.head() == before.0)
                #expect(try store.access() == before.1)
                #expect(try store.rejections(after: 0, limit: 10).count == before.2)
            }
            let size = try store.head().size
            #expect(try store.entries(Position(0)..<size.next) == rig.original.entries(Position(0)..<size.next))
            try Self.limit(store, to: nil)
            try await perform(write, on: sequencer, store, rig, again: true)
            await sequencer.shutDown()
            let end = try store.head()
            var edge = TreeEdge()
            try store.entries(Position(0)..<end.size.next).lend { bytes in
                _ = Merkle.forEachLeaf(of: bytes) { leaf, _ in edge.append(leaf: leaf) }
            }
            #expect(edge.root == end.checkpoint?.checkpoint.root)
        }
        Issue.record("there was never room enough")
    }

    private func perform(
        _ write: Write,
        on sequencer: Sequencer,
        _ store: SQLiteLogStore,
        _ rig: RepairRig,
        again: Bool = false
    ) async throws {
        switch write {
        case .push, .largePush:
            let device = try #require(rig.events[60...].lazy.compactMap(\.source.device).first)
            let last = try store.lastCounter(of: EventSource(device))?.rawValue ?? 0
            let lines = (1...(write == .push ? 3 : 400)).map { number in
                Draft(
                    id: last + number,
                    type: "organisation.registered",
                    subject: "organisation/\(device.id)-\(last + number)",
                    data: #"{"name":"Verzonnen organisatie","sort":"company"}"#
                )
            }
            let outcome = try await sequencer.push(lines, by: device)
            #expect(outcome.rejected.isEmpty)
        case .repair:
            _ = try await sequencer.repair(rig.request(after: 60, upTo: 600))
        case .enrol:
            _ = try await sequencer.enrol(
                Enrolment(invite: "uitnodiging", memberName: "Verzonnen", deviceName: "Laptop", key: nil)
            )
        case .invite:
            let number = again ? 1000 : 0
            for invite in number..<number + 20 { try store.add(Self.invite(Hash.sha256(Array("\(invite)".utf8)))) }
        case .seal:
            _ = try await sequencer.repair(rig.request(after: try store.head().size.rawValue, upTo: again ? 300 : 256))
            // Sealing comes after the answer; whatever else the writer is asked comes after sealing.
            sequencer.remember(.nothing)
            if again { #expect(try store.head().sealedSegments == 1) }
        }
    }

    private static func invite(_ hash: Hash) -> Invite {
        Invite(hash: hash, role: .recorder, member: nil, expires: Timestamp(millisecondsSince1970: 2_000_000_000_000))
    }

    private static func record(in store: SQLiteLogStore) throws {
        _ = try store.outbox.record(at: Timestamp(millisecondsSince1970: 0)) { _ in [Array("{}".utf8)] }
    }

    @Test("A file that cannot be written is read, and written and observed as soon as that is possible")
    func readingOnly() async throws {
        let rig = try await RepairRig(seed: 32, count: 300)
        let folder = try TemporaryFolder()
        let path = folder.path("log #1?.sqlite")
        let made = try SQLiteLogStore.create(at: path, identity: rig.original.identity)
        let writer = try rig.sequencer(made)
        _ = try await writer.repair(rig.request(after: 0, upTo: 280))
        await writer.shutDown()
        try made.tidy()
        try made.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        // Where SQLite's shared memory should be there is something in the way, as on a disk without room for it.
        try FileManager.default.createDirectory(atPath: path + "-shm", withIntermediateDirectories: false)
        let store = try SQLiteLogStore(at: path)
        let heard = Mutex(0)
        let observation = store.observeOutbox { heard.withLock { $0 += 1 } }
        defer { withExtendedLifetime(observation) {} }
        #expect(throws: LogError.self) { try Self.record(in: store) }
        #expect(try store.head().size == LogSize(280))
        let all = Position(0)..<Position(280)
        #expect(try store.entries(all) == rig.original.entries(all))
        let sequencer = try rig.sequencer(store)
        let error = await #expect(throws: PushError.self) { try await sequencer.repair(rig.request(after: 280)) }
        #expect(error?.code == .readOnly)
        try FileManager.default.removeItem(atPath: path + "-shm")
        #expect(heard.withLock { $0 } == 0)
        try Self.record(in: store)
        #expect(heard.withLock { $0 } == 1)
        #expect(try await sequencer.repair(rig.request(after: 280)).size == rig.size)
        await sequencer.shutDown()
        try await rig.expectSame(store, "")
        try store.close()
    }
}
