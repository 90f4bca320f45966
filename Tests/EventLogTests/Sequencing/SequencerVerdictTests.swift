import AgendaModel
import EventLogTesting
import Foundation
import Synchronization
import Testing

@testable import EventLog

@Suite("Verdicts of the sequencer")
struct SequencerVerdictTests {
    let rig: SequencerRig
    let sequencer: Sequencer

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    @Test("Accepted events get positions in their order, and stand in the log with one recorded time")
    func accepting() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let first = Draft.start(1, by: device)
        let outcome = try await sequencer.push(
            [first, Draft(id: 2, subject: first.subject), Draft(id: 5, subject: first.subject)],
            by: device
        )
        #expect(
            outcome.accepted == [
                CounterRun(source: EventSource(device), first: Counter(1), last: Counter(2), position: Position(2)),
                CounterRun(source: EventSource(device), first: Counter(5), last: Counter(5), position: Position(4)),
            ]
        )
        #expect(outcome.duplicate.isEmpty && outcome.rejected.isEmpty)
        #expect(outcome.head.size == LogSize(5) && sequencer.head == outcome.head)
        let line = first.line(of: device).dropLast() + #","recordedtime":"2027-01-15T08:00:00.000Z"}"#
        #expect(try rig.entries()[2] == line)
        try rig.checkTree()
    }

    @Test("Pushing again gives duplicates at the same positions and writes nothing")
    func duplicates() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let drafts = (1...700).map { Draft.start($0, by: device) }
        let first = try await sequencer.push(drafts, by: device)
        rig.store.onAppend(nil)
        let again = try await sequencer.push(drafts, by: device)
        #expect(again.accepted.isEmpty && again.rejected.isEmpty)
        #expect(again.duplicate == first.accepted)
        #expect(rig.store.appendCount == 0)
        let more = try await sequencer.push(drafts.suffix(2) + [.start(701, by: device)], by: device)
        #expect(more.duplicate.map(\.position) == [Position(700)])
        #expect(more.accepted.map(\.position) == [Position(702)])
    }

    @Test("A refused event never blocks the ones after it, and keeps its verdict")
    func refusing() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let drafts = [
            Draft.start(1, by: device), Draft(id: 2, subject: "project/nergens-1"), Draft.start(3, by: device),
        ]
        let outcome = try await sequencer.push(drafts, by: device)
        #expect(outcome.accepted.map(\.first.rawValue) == [1, 3])
        #expect(outcome.problems == [.unknownSubject])
        #expect(outcome.rejected.map(\.line) == [2])
        let again = try await sequencer.push(drafts, by: device)
        #expect(again.problems == [.unknownSubject])
        #expect(again.rejected.first?.problem == outcome.rejected.first?.problem)
        #expect(try rig.store.rejections(after: 0, limit: 10).count == 1)
        let reused = try await sequencer.push([Draft(id: 2, subject: drafts[0].subject)], by: device)
        #expect(reused.problems == [.identityReused])
        #expect(try await sequencer.push([Draft(id: 4, subject: drafts[0].subject)], by: device).accepted.count == 1)
    }

    @Test("Reuse of an identity with other bytes is refused, and kept once however often it comes")
    func reuse() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await sequencer.push([.start(1, by: device)], by: device)
        for _ in 0..<3 {
            let outcome = try await sequencer.push([.start(1, by: device, title: "Ander")], by: device)
            #expect(outcome.problems == [.identityReused])
        }
        #expect(try rig.store.rejections(after: 0, limit: 10).count == 1)
        let original = try await sequencer.push([.start(1, by: device)], by: device)
        #expect(original.duplicate.map(\.position) == [Position(2)])
    }

    @Test("A counter that was skipped is spent")
    func skipped() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await sequencer.push([.start(5, by: device)], by: device)
        let outcome = try await sequencer.push([.start(3, by: device), .start(6, by: device)], by: device)
        #expect(outcome.problems == [.sequenceNotIncreasing])
        #expect(outcome.accepted.map(\.first.rawValue) == [6])
        #expect(try await sequencer.push([.start(3, by: device)], by: device).problems == [.sequenceNotIncreasing])
    }

    @Test("Within one push a repeated line is a duplicate, other bytes are a reuse, a lower counter does not increase")
    func repeats() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let outcome = try await sequencer.push(
            [
                .start(2, by: device), .start(2, by: device), .start(2, by: device, title: "Ander"),
                .start(1, by: device),
                Draft(id: 4, subject: "project/nergens-1"), Draft(id: 4, subject: "project/nergens-1"),
            ],
            by: device
        )
        #expect(outcome.accepted.map(\.first.rawValue) == [2])
        #expect(outcome.duplicate.map(\.position) == [Position(2)])
        #expect(
            outcome.problems == [.identityReused, .sequenceNotIncreasing, .unknownSubject, .unknownSubject]
        )
        #expect(try rig.store.rejections(after: 0, limit: 10).count == 3)
    }

    @Test("References must exist in the log or earlier in the push")
    func references() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let id = device.id
        let milestone = Draft(
            id: 2,
            type: "milestone.planned",
            subject: "milestone/\(id)-2",
            data: #"{"project":"project/\#(id)-1","title":"Start","due":"2027-01-01"}"#
        )
        let early = Draft(
            id: 3,
            type: "milestone.planned",
            subject: "milestone/\(id)-3",
            data: #"{"project":"project/\#(id)-4","title":"Start","due":"2027-01-01"}"#
        )
        let outcome = try await sequencer.push(
            [.start(1, by: device), milestone, early, .start(4, by: device)],
            by: device
        )
        #expect(outcome.accepted.map(\.last.rawValue) == [2, 4])
        #expect(outcome.problems == [.unknownReference])
    }

    @Test("What the reader refuses is refused with its counter where one can be read")
    func malformed() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let good = Draft.start(1, by: device).line(of: device)
        let cut = String(Draft.start(2, by: device).line(of: device).dropLast(10))
        let huge = Draft.start(4, by: device, title: String(repeating: "x", count: 70_000)).line(of: device)
        let unknown = Draft(id: 3, type: "project.exploded", subject: "project/x-1").line(of: device)
        let outcome = try await sequencer.push(lines: [good, cut, unknown, huge, "{}"], by: device)
        #expect(outcome.problems == [.malformedEvent, .unknownType, .tooLarge, .malformedEvent])
        #expect(outcome.rejected.map(\.counter?.rawValue) == [2, 3, 4, nil])
        #expect(outcome.accepted.count == 1)
        #expect(try rig.store.rejections(after: 0, limit: 10).allSatisfy { $0.rejection.bytes.count <= 60_000 })
    }

    @Test("A basis beyond the log is refused")
    func basis() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        var draft = Draft.start(1, by: device)
        draft.basis = 3
        #expect(try await sequencer.push([draft], by: device).problems == [.basisAhead])
        draft = .start(2, by: device)
        draft.basis = 2
        #expect(try await sequencer.push([draft], by: device).accepted.count == 1)
    }

    @Test("Roles decide what may be written")
    func roles() async throws {
        let recorder = try await rig.enrol(sequencer, as: .recorder).device
        let auditor = try await rig.enrol(sequencer, as: .auditor).device
        let editor = try await rig.enrol(sequencer, as: .editor).device
        func theme(_ device: DeviceID) -> Draft {
            Draft(id: 1, type: "theme.opened", subject: "theme/\(device.id)-1", data: #"{"title":"Zorg"}"#)
        }
        #expect(try await sequencer.push([theme(recorder)], by: recorder).problems == [.notAllowed])
        #expect(try await sequencer.push([theme(editor)], by: editor).accepted.count == 1)
        #expect(try await sequencer.push([.start(1, by: auditor)], by: auditor).problems == [.notAllowed])
    }

    @Test("Requests that cannot be taken at all store nothing")
    func wholeRequests() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        func code(_ lines: [String]) -> PushError.Code? {
            do { _ = try Push(source: EventSource(device), body: Array(lines.joined(separator: "\n").utf8)) } catch {
                return error.code
            }
            return nil
        }
        let good = Draft.start(1, by: device).line(of: device)
        #expect(code([good, "", good]) == .notNewlineDelimited)
        #expect(code(["[", good, "]"]) == .notNewlineDelimited)
        #expect(code([Draft(id: 1, subject: "project/x-1", source: "device/ander1").line(of: device)]) == .wrongDevice)
        #expect(code(Array(repeating: "{}", count: Push.maximumEvents)) == nil)
        #expect(code(Array(repeating: "{}", count: Push.maximumEvents + 1)) == .tooManyEvents)
        #expect(code([]) == nil)
        let error = await #expect(throws: PushError.self) {
            try await sequencer.push([.start(1, by: "device/onbekend")], by: "device/onbekend")
        }
        #expect(error?.code == .noRole)
        #expect(try rig.store.head().size == LogSize(2))
        #expect(try rig.store.rejections(after: 0, limit: 10).isEmpty)
    }

    @Test("Recorded times never go back, even when the clock does")
    func clockGoesBack() async throws {
        let device = try await rig.enrol(sequencer, as: .recorder).device
        rig.clock.withLock { $0 -= 60_000 }
        let outcome = try await sequencer.push([.start(1, by: device)], by: device)
        #expect(outcome.head.recordedTime?.millisecondsSince1970 == 1_800_000_000_000)
    }

    @Test("Generated work of many devices is accepted, sealed and provable", arguments: [1, 2, 3])
    func generated(seed: UInt64) async throws {
        var generator = AgendaGenerator(seed: seed, devices: 3)
        var bodies: [DeviceID: [String]] = [:]
        for _ in 0..<7 {
            // The generator's own founding events: the server records them here. Its devices write what editors may.
            let event = generator.next()
            var parts = try #require(ServerEvent(line: event.line))
            parts.data = parts.data.replacingOccurrences(of: #""role":"recorder""#, with: #""role":"editor""#)
            let outcome = try await sequencer.record(type: parts.type, subject: parts.subject, data: parts.data)
            #expect(outcome.accepted.count == 1, "seed \(seed)")
        }
        for _ in 0..<1_000 {
            let event = generator.next(committed: sequencer.head.size)
            let device = try #require(event.source.device)
            let line = String(decoding: event.line, as: UTF8.self)
            let outcome = try await sequencer.push(lines: [line], by: device)
            try #require(outcome.accepted.map(\.first) == [event.counter], "seed \(seed): \(outcome.rejected)")
            bodies[device, default: []].append(line)
        }
        await sequencer.shutDown()
        #expect(try rig.store.head().sealedSegments == 3)
        try rig.checkTree()
        let restarted = try rig.start()
        for (device, lines) in bodies {
            let outcome = try await restarted.push(lines: lines, by: device)
            #expect(outcome.accepted.isEmpty && outcome.rejected.isEmpty, "seed \(seed)")
        }
    }
}

extension ServerEvent {
    /// Taken from a line that a generator made.
    init?(line: [UInt8]) {
        var reader = EventReader()
        guard let attributes = try? line.lend({ line throws(EventProblem) in try reader.read(line, as: .event) })
        else { return nil }
        self.init(
            type: String(decoding: line[attributes.type], as: UTF8.self),
            subject: String(decoding: line[attributes.subject], as: UTF8.self),
            data: String(decoding: line[attributes.data], as: UTF8.self)
        )
    }
}
