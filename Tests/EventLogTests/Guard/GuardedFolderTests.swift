import AgendaModel
import EventLogSQLite
import EventLogTesting
import Foundation
import Testing

@testable import EventLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server's data folder of which files go back, are cut off or get lost while no process has them open.
@Suite("A data folder under its guard")
struct GuardedFolderTests {
    private let folder: TemporaryFolder
    private let data: DataFolder

    init() throws {
        folder = try TemporaryFolder()
        data = DataFolder(at: folder.path("data"))
    }

    private var home: String { folder.path("data/agendas/proef") }

    private func writer(_ agenda: DataFolder.Agenda) throws -> Sequencer {
        try Sequencer(store: agenda.store, key: agenda.key, environment: .system, seen: agenda.seen)
    }

    /// Runs the body with a writer, as a server would have it.
    private func serve<Value>(_ body: (Sequencer, DataFolder.Agenda) async throws -> Value) async throws -> Value {
        let agenda = try data.open("proef")
        let writer = try writer(agenda)
        let value = try await body(writer, agenda)
        await writer.shutDown()
        try agenda.store.close()
        return value
    }

    @discardableResult
    private func record(_ writer: Sequencer, _ count: Int = 1) async throws -> LogHead {
        var head = writer.head
        for number in 0..<count {
            head = try await writer.record(
                type: head.size == .zero ? "agenda.founded" : "agenda.revised",
                subject: "agenda/proef",
                data: #"{"title":"Verzonnen \#(number)"}"#
            ).head
        }
        return head
    }

    private func make(_ count: Int) async throws {
        let agenda = try data.create("proef", key: .generate(origin: "test.example/agendas/proef"))
        let writer = try writer(agenda)
        try await record(writer, count)
        await writer.shutDown()
        try agenda.store.close()
    }

    /// Takes a copy of a file of the agenda, with what SQLite has beside it.
    private func copy(_ name: String, to place: String) throws {
        for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: "\(home)/\(name)\(suffix)") {
            try FileManager.default.copyItem(atPath: "\(home)/\(name)\(suffix)", toPath: folder.path(place) + suffix)
        }
    }

    private func put(_ place: String, back name: String) throws {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(home)/\(name)\(suffix)")
            guard FileManager.default.fileExists(atPath: folder.path(place) + suffix) else { continue }
            try FileManager.default.copyItem(atPath: folder.path(place) + suffix, toPath: "\(home)/\(name)\(suffix)")
        }
    }

    /// Gives a log what it lacks, from a copy.
    private func heal(_ writer: Sequencer, _ agenda: DataFolder.Agenda, from place: String) async throws {
        let mirror = try SQLiteLogStore(at: folder.path(place))
        let end = try #require(mirror.head().checkpoint)
        let part = try RepairChunk(of: mirror, after: writer.head.size, upTo: end, maximumBytes: .max)
        let request = try RepairRequest(
            after: part.after,
            note: part.checkpoint.note,
            proof: part.proof,
            body: part.entries,
            verifier: agenda.key.verifier
        )
        _ = try await writer.repair(request)
        try mirror.close()
    }

    private func expectReadOnly(_ writer: Sequencer) async {
        let (before, standing) = (writer.head, writer.standing)
        for _ in 0..<2 {
            let error = await #expect(throws: PushError.self) { _ = try await record(writer) }
            #expect(error?.code == .incomplete)
            // Looking again changes nothing.
            await writer.refresh(isUrgent: true)
            #expect(writer.standing == standing)
        }
        await #expect(throws: PushError.self) {
            try await writer.add(
                Invite(hash: Hash.sha256([1]), role: .admin, member: nil, expires: Timestamp(millisecondsSince1970: 1))
            )
        }
        #expect(writer.head == before)
    }

    @Test("A log that was put back takes nothing, before and after the next start, until what it lacks is back")
    func putBack() async throws {
        try await make(5)
        try copy("log.sqlite", to: "backup")
        let full = try await serve { writer, _ in try await record(writer, 3) }
        try copy("log.sqlite", to: "full")
        try put("backup", back: "log.sqlite")
        for _ in 0..<2 {
            try await serve { writer, _ in
                #expect(writer.standing == .behind(full.size))
                #expect(writer.head.size == LogSize(5))
                await expectReadOnly(writer)
            }
        }
        try await serve { writer, agenda in
            try await heal(writer, agenda, from: "full")
            #expect(writer.standing == .complete)
            #expect(writer.head.checkpoint == full.checkpoint)
            #expect(try agenda.store.head() == writer.head, "with what the store notes of a repair")
            #expect(try await record(writer).size == LogSize(9))
        }
    }

    @Test("A part of what is missing does not end it")
    func partlyHealed() async throws {
        try await make(5)
        try copy("log.sqlite", to: "backup")
        _ = try await serve { writer, _ in try await record(writer, 2) }
        try copy("log.sqlite", to: "half")
        _ = try await serve { writer, _ in try await record(writer, 2) }
        try put("backup", back: "log.sqlite")
        try await serve { writer, agenda in
            try await heal(writer, agenda, from: "half")
            #expect(writer.standing == .behind(LogSize(9)) && writer.head.size == LogSize(7))
            await expectReadOnly(writer)
        }
    }

    @Test("Wherever a journal is cut off, the log takes nothing until everything is there that was shown")
    func cutJournals() async throws {
        let agenda = try data.create("proef", key: .generate(origin: "test.example/agendas/proef"))
        let writer = try writer(agenda)
        let head = try await record(writer, 28)
        // As a process leaves it that is killed: the store is still open.
        for name in ["log.sqlite", "log.sqlite-wal", "log.seen", "log.key"] {
            try FileManager.default.copyItem(atPath: "\(home)/\(name)", toPath: folder.path("killed.\(name)"))
        }
        await writer.shutDown()
        try agenda.store.close()
        let journal = try Data(contentsOf: URL(fileURLWithPath: folder.path("killed.log.sqlite-wal")))
        try #require(journal.count > 80)
        var incomplete = 0
        for step in 0..<80 {
            try FileManager.default.removeItem(atPath: home)
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            for name in ["log.sqlite", "log.seen", "log.key"] {
                try FileManager.default.copyItem(atPath: folder.path("killed.\(name)"), toPath: "\(home)/\(name)")
            }
            let part = journal.prefix(journal.count * step / 80)
            try part.write(to: URL(fileURLWithPath: "\(home)/log.sqlite-wal"))
            // Cut off before its tables were there, it is no log at all.
            guard let agenda = try? data.open("proef") else {
                incomplete += 1
                continue
            }
            let writer = try self.writer(agenda)
            if writer.head.checkpoint != head.checkpoint {
                incomplete += 1
                #expect(writer.standing == .behind(head.size), "cut off at \(step) of 80: \(writer.head.size) entries")
                await expectReadOnly(writer)
            }
            await writer.shutDown()
            try agenda.store.close()
        }
        #expect(incomplete > 40)
    }

    @Test("A log without the file of what it has shown takes nothing until somebody has decided that")
    func noMark() async throws {
        try await make(4)
        try FileManager.default.removeItem(atPath: "\(home)/log.seen")
        try await serve { writer, _ in
            #expect(writer.standing == .unproven)
            await expectReadOnly(writer)
            // Whoever has the same or less proves nothing.
            await writer.take(.checkpoint(writer.head.checkpoint!.checkpoint))
            #expect(writer.standing == .unproven)
        }
        #expect(!FileManager.default.fileExists(atPath: "\(home)/log.seen"))
        try await serve { writer, _ in
            #expect(try await writer.acceptLoss() == AcceptedLoss(after: LogSize(4), through: LogSize(4)))
            #expect(writer.standing == .complete && writer.head.size == LogSize(5))
            try await record(writer)
        }
        try await serve { writer, _ in #expect(writer.standing == .complete) }
    }

    @Test("Witnesses that knew this end of the log end it, those of another one do not, one that knew more settles it")
    func witnessed() async throws {
        try await make(4)
        try FileManager.default.removeItem(atPath: "\(home)/log.seen")
        try await serve { writer, agenda in
            // Of another end than the log has, it says nothing.
            for other in [writer.head.size - 1, writer.head.size] {
                await writer.take(.confirmed(agenda.key.sign(size: other, root: Hash.sha256([7])).checkpoint))
                #expect(writer.standing == .unproven)
            }
            await writer.take(.confirmed(writer.head.checkpoint!.checkpoint))
            #expect(writer.standing == .complete)
            try await record(writer)
        }
        try FileManager.default.removeItem(atPath: "\(home)/log.seen")
        try await serve { writer, _ in
            await writer.take(.witnessed(LogSize(9), by: "w.example/1"))
            #expect(writer.standing == .behind(LogSize(9)))
            await expectReadOnly(writer)
        }
        // It is remembered, whatever the witness says next.
        try await serve { writer, _ in
            await writer.take(.witnessed(LogSize(5), by: "w.example/1"))
            await writer.take(.confirmed(writer.head.checkpoint!.checkpoint))
            #expect(writer.standing == .behind(LogSize(9)))
        }
    }

    @Test(
        "What others have shown of a log without its note proves nothing once it is reached, however often it is put back",
        arguments: [true, false]
    )
    func heard(byNote isNote: Bool) async throws {
        try await make(4)
        try copy("log.sqlite", to: "4")
        var evidence: [LogEvidence] = []
        for size in [6, 7, 9] {
            let head = try await serve { writer, _ in try await record(writer, size - writer.head.size.rawValue) }
            try copy("log.sqlite", to: "\(size)")
            let checkpoint = try #require(head.checkpoint).checkpoint
            evidence.append(isNote ? .checkpoint(checkpoint) : .witnessed(checkpoint.size, by: "w.example/1"))
        }
        for ending in ["confirmed", "healed", "accepted"] {
            try? FileManager.default.removeItem(atPath: "\(home)/log.seen")
            try put("4", back: "log.sqlite")
            for (size, shown) in zip([6, 7], evidence) {
                try await serve { writer, _ in
                    await writer.take(shown)
                    #expect(writer.standing == .behind(LogSize(size)))
                    await expectReadOnly(writer)
                }
                // Exactly what was shown, and more than that.
                for place in [size, 7] {
                    try put("\(place)", back: "log.sqlite")
                    try await serve { writer, agenda in
                        #expect(writer.standing == .unproven)
                        let read = try LogStanding(of: agenda.store, noted: agenda.seen, remembered: nil)
                        #expect(read == .unproven)
                        await expectReadOnly(writer)
                        // It is in the log, and says nothing of what there was besides.
                        await writer.take(shown)
                        #expect(writer.standing == .unproven)
                    }
                }
                if size == 6 { try put("6", back: "log.sqlite") }
            }
            try await serve { writer, agenda in
                switch ending {
                case "confirmed": await writer.take(.confirmed(writer.head.checkpoint!.checkpoint))
                case "healed":
                    await writer.take(evidence[2])
                    #expect(writer.standing == .behind(LogSize(9)))
                    try await heal(writer, agenda, from: "9")
                default: _ = try await writer.acceptLoss()
                }
                #expect(writer.standing == .complete)
                #expect(try agenda.seen.mark()?.isOwn == true)
                try await record(writer)
            }
            try await serve { writer, _ in #expect(writer.standing == .complete) }
        }
    }

    @Test("Giving back a part of what others have shown proves nothing of a log without its note")
    func heardAndPartlyHealed() async throws {
        try await make(4)
        try copy("log.sqlite", to: "backup")
        _ = try await serve { writer, _ in try await record(writer, 2) }
        try copy("log.sqlite", to: "half")
        let full = try await serve { writer, _ in try await record(writer, 2) }
        try put("backup", back: "log.sqlite")
        try FileManager.default.removeItem(atPath: "\(home)/log.seen")
        try await serve { writer, agenda in
            await writer.take(.checkpoint(full.checkpoint!.checkpoint))
            try await heal(writer, agenda, from: "half")
            #expect(writer.standing == .behind(LogSize(8)))
            await expectReadOnly(writer)
        }
        try await serve { writer, _ in #expect(writer.standing == .behind(LogSize(8))) }
    }

    @Test("No copy of either history goes on once both have been shown, whichever is put back, until one is given up")
    func otherHistory() async throws {
        try await make(3)
        for name in ["log.sqlite", "log.seen"] { try copy(name, to: "common.\(name)") }
        _ = try await serve { writer, _ in try await record(writer, 3) }
        for name in ["log.sqlite", "log.seen"] { try copy(name, to: "one.\(name)") }
        for name in ["log.sqlite", "log.seen"] { try put("common.\(name)", back: name) }
        let other = try await serve { writer, _ in try await record(writer, 2) }
        try copy("log.sqlite", to: "other.log.sqlite")
        _ = try await serve { writer, _ in try await record(writer, 2) }
        try copy("log.sqlite", to: "longer.log.sqlite")
        let note = try #require(other.checkpoint).checkpoint

        func expectStanding(_ standing: LogStanding, of place: String) async throws {
            try put("\(place).log.sqlite", back: "log.sqlite")
            try await serve { writer, _ in
                #expect(writer.standing == standing, "\(place)")
                await expectReadOnly(writer)
            }
        }
        for hasMark in [true, false] {
            for name in ["log.sqlite", "log.seen"] { try put("one.\(name)", back: name) }
            if !hasMark { try FileManager.default.removeItem(atPath: "\(home)/log.seen") }
            try await serve { writer, _ in
                await writer.take(.checkpoint(note))
                #expect(writer.standing == .forked(note.size))
                await expectReadOnly(writer)
            }
            // The server's own history had more entries than the note that it was shown.
            try await expectStanding(.behind(LogSize(hasMark ? 6 : 5)), of: "common")
            try await expectStanding(hasMark ? .behind(LogSize(6)) : .unproven, of: "other")
            try await expectStanding(hasMark ? .forked(LogSize(6)) : .unproven, of: "longer")
            try await expectStanding(.forked(note.size), of: "one")
            try await serve { writer, _ in
                _ = try await writer.acceptLoss()
                await writer.take(.checkpoint(note))
                #expect(writer.standing == .complete)
            }
        }
    }

    @Test("A note by the log's own key that it cannot extend stops it, and is remembered")
    func shownNote() async throws {
        try await make(4)
        let (key, size) = try await serve { writer, agenda in (agenda.key, writer.head.size) }
        let longer = key.sign(size: size + 3, root: Hash.sha256([1])).checkpoint
        let other = key.sign(size: size - 1, root: Hash.sha256([2])).checkpoint
        for (checkpoint, standing) in [
            (longer, LogStanding.behind(longer.size)), (other, .forked(other.size)),
        ] {
            try await serve { writer, _ in
                await writer.take(.checkpoint(checkpoint))
                #expect(writer.standing == standing)
                await expectReadOnly(writer)
            }
            try await serve { writer, _ in
                #expect(writer.standing == standing)
                let before = writer.head.size
                _ = try await writer.acceptLoss()
                #expect(writer.standing == .complete && writer.head.size == before + 1)
                // Whoever holds the other history will show it again, and again.
                await writer.take(.checkpoint(checkpoint))
                #expect(writer.standing == .complete)
            }
        }
    }

    @Test("What this server's own files remember stops it until that is given up, and then no more")
    func remembered() async throws {
        try await make(4)
        let last = Hash.sha256([6])
        try await serve { writer, _ in
            writer.remember(RememberedEnd(size: LogSize(6), lastEntry: last))
            #expect(writer.standing == .behind(LogSize(6)))
            await expectReadOnly(writer)
            let loss = try await writer.acceptLoss()
            #expect(loss == AcceptedLoss(after: LogSize(4), through: LogSize(6)))
        }
        try FileManager.default.copyItem(atPath: "\(home)/log.seen", toPath: folder.path("seen"))
        for hasMark in [true, false] {
            if !hasMark { try FileManager.default.removeItem(atPath: "\(home)/log.seen") }
            try await serve { writer, _ in
                writer.remember(RememberedEnd(size: LogSize(6), lastEntry: last))
                await writer.refresh(isUrgent: true)
                #expect(writer.standing == (hasMark ? .complete : .behind(LogSize(6))))
            }
        }
        try FileManager.default.copyItem(atPath: folder.path("seen"), toPath: "\(home)/log.seen")
        try await serve { writer, _ in
            writer.remember(RememberedEnd(size: LogSize(6), lastEntry: last))
            let head = try await record(writer, 3)
            #expect(head.size == LogSize(8))
            // Another history of that size may have been lost since.
            writer.remember(RememberedEnd(size: LogSize(9), lastEntry: Hash.sha256([7])))
            #expect(writer.standing == .behind(LogSize(9)))
        }
    }

    @Test("What another process has noted meanwhile is never written over, and nothing is added to what it contradicts")
    func notedMeanwhile() async throws {
        let root = Hash.sha256([1])
        for (more, root, standing) in [
            (0, root, { LogStanding.forked($0) }), (1, root, { .behind($0) }), (2, root, { .behind($0) }),
            (-1, root, { .forked($0) }), (2, nil, { .behind($0) }),
        ] as [(Int, Hash?, (LogSize) -> LogStanding)] {
            let rig = try SequencerRig()
            let seen = SeenInMemory()
            let writer = try Sequencer(store: rig.store, key: rig.key, environment: rig.environment, seen: seen)
            let device = try await rig.enrol(writer, as: .admin).device
            let before = writer.head
            let mark = SeenMark(size: before.size + more, root: root)
            try seen.update { _ in mark }
            let error = await #expect(throws: PushError.self) {
                try await writer.push([.start(1, by: device)], by: device)
            }
            #expect(error?.code == .incomplete)
            #expect(writer.head == before && writer.standing == standing(mark.size))
            #expect(try rig.store.head() == before, "a second history is in the store")
            #expect(seen.noted == mark)
            await writer.refresh(isUrgent: true)
            #expect(writer.standing == standing(mark.size) && seen.noted == mark)
            await writer.shutDown()
        }
    }

    @Test("What another process has noted of the same log is gone on from, with what it has given up")
    func notedAlike() async throws {
        let rig = try SequencerRig()
        let seen = SeenInMemory()
        let writer = try Sequencer(store: rig.store, key: rig.key, environment: rig.environment, seen: seen)
        let device = try await rig.enrol(writer, as: .admin).device
        let givenUp = [SeenTrace(size: LogSize(9), root: Hash.sha256([9]))]
        try seen.update { $0.map { SeenMark(size: $0.size, root: $0.root, givenUp: givenUp) } }
        let outcome = try await writer.push([.start(1, by: device)], by: device)
        #expect(outcome.accepted.count == 1 && writer.standing == .complete)
        let root = writer.head.checkpoint?.checkpoint.root
        #expect(seen.noted == SeenMark(size: outcome.head.size, root: root, givenUp: givenUp))
        await writer.shutDown()
    }

    @Test("Whoever keeps all checkpoints of what was given up cannot stop it for ever; members and witnesses still can")
    func flooded() async throws {
        try await make(3)
        try copy("log.sqlite", to: "backup")
        let notes = try await serve { writer, _ in
            var notes: [Checkpoint] = []
            for _ in 0..<6 { notes.append(try await record(writer, 1).checkpoint!.checkpoint) }
            return notes
        }
        try put("backup", back: "log.sqlite")
        try await serve { writer, agenda in
            await writer.take(.witnessed(LogSize(7000), by: "w"))
            _ = try await writer.acceptLoss()
            // As after a loss of which more was shown than the list has room for.
            try agenda.seen.update { mark in
                let others = (0..<600).map { SeenTrace(size: LogSize(5000 + $0), root: Hash.sha256([UInt8($0 % 251)])) }
                return mark.map { mark in
                    let all = SeenTrace.joined(mark.givenUp, others, within: SeenMark.givenUpBytes)
                    #expect(all.count < 600 && all.contains(SeenTrace(size: LogSize(7000), witness: "w")))
                    return SeenMark(size: mark.size, root: mark.root, givenUp: all)
                }
            }
            for note in notes { await writer.take(.checkpoint(note, isByMember: false)) }
            await writer.take(.witnessed(LogSize(7000), by: "w"))
            #expect(writer.standing == .complete)
            await writer.take(.witnessed(LogSize(9000), by: "w"))
            #expect(writer.standing == .behind(LogSize(9000)))
            _ = try await writer.acceptLoss()
            await writer.take(.checkpoint(notes[5]))
            #expect(writer.standing == .behind(notes[5].size))
        }
    }

    @Test("Having given up one history, it stops at what is lost of the next, however many entries the first one had")
    func lostAgain() async throws {
        try await make(3)
        try copy("log.sqlite", to: "backup")
        let notes = try await serve { writer, _ in
            let part = try await record(writer, 9)
            return [part, try await record(writer, 8)].map { $0.checkpoint!.checkpoint }
        }
        try put("backup", back: "log.sqlite")
        try await serve { writer, _ in
            #expect(writer.standing == .behind(LogSize(20)))
            // Shown before somebody decides, it is given up with the rest.
            await writer.take(.checkpoint(notes[0]))
            _ = try await writer.acceptLoss()
            try await record(writer, 4)
            for note in notes { await writer.take(.checkpoint(note)) }
            #expect(writer.standing == .complete && writer.head.size == LogSize(8))
        }
        for name in ["log.sqlite", "log.seen"] { try copy(name, to: "again.\(name)") }
        let lost = try await serve { writer, _ in try await record(writer, 4) }
        for name in ["log.sqlite", "log.seen"] { try put("again.\(name)", back: name) }
        try await serve { writer, _ in
            for note in notes { await writer.take(.checkpoint(note)) }
            #expect(writer.standing == .complete)
            await writer.take(.checkpoint(lost.checkpoint!.checkpoint))
            #expect(writer.standing == .behind(LogSize(12)))
            await expectReadOnly(writer)
        }
    }

    @Test("After two histories one is given up, and a smaller note of a third one stops the log all the same")
    func forkedAgain() async throws {
        try await make(6)
        try await serve { writer, agenda in
            func note(_ size: Int, _ byte: UInt8) -> Checkpoint {
                agenda.key.sign(size: LogSize(size), root: Hash.sha256([byte])).checkpoint
            }
            await writer.take(.checkpoint(note(5, 1)))
            _ = try await writer.acceptLoss()
            #expect(writer.standing == .complete)
            await writer.take(.checkpoint(note(3, 2)))
            #expect(writer.standing == .forked(LogSize(3)))
            await expectReadOnly(writer)
            // Once for each note: neither stops it again.
            _ = try await writer.acceptLoss()
            for shown in [note(5, 1), note(3, 2)] { await writer.take(.checkpoint(shown)) }
            #expect(writer.standing == .complete)
        }
    }

    @Test("A witness that saw what was given up stops nothing more, and another one does")
    func otherWitness() async throws {
        try await make(4)
        try await serve { writer, _ in
            await writer.take(.witnessed(LogSize(9), by: "w.example/1"))
            _ = try await writer.acceptLoss()
            await writer.take(.witnessed(LogSize(9), by: "w.example/1"))
            #expect(writer.standing == .complete)
            await writer.take(.witnessed(LogSize(9), by: "w.example/2"))
            #expect(writer.standing == .behind(LogSize(9)))
            await expectReadOnly(writer)
        }
    }

    @Test("What was given up stands in the log, with how much it was")
    func acceptedLoss() async throws {
        try await make(4)
        try copy("log.sqlite", to: "backup")
        _ = try await serve { writer, _ in try await record(writer, 2) }
        try put("backup", back: "log.sqlite")
        try await serve { writer, agenda in
            let loss = try await writer.acceptLoss()
            #expect(loss == AcceptedLoss(after: LogSize(4), through: LogSize(6)))
            let entry = String(decoding: try agenda.store.entry(at: Position(4)), as: UTF8.self)
            #expect(entry.contains(#""type":"loss.accepted","subject":"loss/4""#))
            #expect(entry.contains(#""data":{"kept":4,"lost":2}"#))
            #expect(try await writer.acceptLoss() == nil)
        }
    }

    @Test(
        "While what is shown cannot be noted, nothing is shown, nothing that was pushed is lost, and nobody hears otherwise",
        arguments: [LogError.Code.inputOutput, .diskFull, .readOnly, .corrupt]
    )
    func cannotNote(because code: LogError.Code) async throws {
        let rig = try SequencerRig()
        let seen = SeenInMemory()
        let reports = UpkeepReports()
        let writer = try Sequencer(
            store: rig.store,
            key: rig.key,
            environment: rig.environment,
            seen: seen,
            reporting: reports.add
        )
        let device = try await rig.enrol(writer, as: .admin).device
        let before = writer.head
        seen.fail(LogError(code, "the disk does not answer"))
        for _ in 0..<2 {
            let error = await #expect(throws: PushError.self) {
                try await writer.push([.start(1, by: device)], by: device)
            }
            #expect(error?.code == .unavailable)
            #expect(writer.head == before)
        }
        await writer.refresh(isUrgent: true)
        #expect(writer.head == before && reports.all.contains { $0.work == .refreshing || $0.work == .noting })
        seen.fail(nil)
        let outcome = try await writer.push([.start(1, by: device)], by: device)
        #expect(outcome.duplicate.count == 1 && outcome.head.size == before.size + 1)
        #expect(seen.noted?.size == outcome.head.size)
        await writer.shutDown()
        try rig.checkTree()
    }

    @Test(
        "What was noted is synced when the writer ends, and with each commit where that is asked for",
        arguments: [true, false]
    )
    func synced(_ each: Bool) async throws {
        let rig = try SequencerRig()
        let seen = SeenInMemory()
        let writer = try Sequencer(
            store: rig.store,
            key: rig.key,
            environment: rig.environment,
            seen: seen,
            syncsSeen: each
        )
        _ = try await rig.enrol(writer, as: .admin)
        if each {
            seen.losePower()
            #expect(seen.noted?.size == writer.head.size)
        }
        await writer.shutDown()
        seen.losePower()
        #expect(seen.noted?.size == writer.head.size)
    }

    #if os(Linux)
        @Test("A folder in which nothing can be written is opened and read, takes nothing, and says why")
        func readOnly() async throws {
            await #expect(processExitsWith: .success) {
                let folder = try TemporaryFolder()
                let data = DataFolder(at: folder.path("data"))
                let made = try data.create("proef", key: .generate(origin: "test.example/agendas/proef"))
                func record(_ writer: Sequencer) async throws {
                    _ = try await writer.record(
                        type: writer.head.size == .zero ? "agenda.founded" : "agenda.revised",
                        subject: "agenda/proef",
                        data: #"{"title":"Verzonnen"}"#
                    )
                }
                func writer(_ agenda: DataFolder.Agenda) throws -> Sequencer {
                    try Sequencer(store: agenda.store, key: agenda.key, environment: .system, seen: agenda.seen)
                }
                let first = try writer(made)
                for _ in 0..<4 { try await record(first) }
                await first.shutDown()
                try made.store.tidy()
                try made.store.close()
                let home = folder.path("data/agendas/proef")
                chmod(folder.path, 0o755)
                chmod(folder.path("data"), 0o755)
                chmod(folder.path("data/agendas"), 0o755)
                for name in try FileManager.default.contentsOfDirectory(atPath: home) {
                    chmod("\(home)/\(name)", 0o400)
                    // Root may write everywhere.
                    if geteuid() == 0 { chown("\(home)/\(name)", 65_534, 65_534) }
                }
                chmod(home, 0o555)
                if geteuid() == 0 { precondition(seteuid(65_534) == 0) }
                let opened = try data.open("proef")
                let second = try writer(opened)
                guard second.head.size == LogSize(4), second.standing == .complete else { exit(1) }
                guard opened.store.obstacle?.code == .readOnly else { exit(2) }
                do {
                    try await record(second)
                    exit(3)
                } catch let error as PushError {
                    guard error.code == .readOnly else { exit(4) }
                }
                await second.shutDown()
                _ = seteuid(0)
                chmod(home, 0o755)
                withExtendedLifetime(folder) {}
            }
        }
    #endif
}
