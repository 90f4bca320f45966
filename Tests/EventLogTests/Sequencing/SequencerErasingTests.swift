import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

/// A store in which a reader is in the way of the first attempts to clear away what was erased.
private final class HinderedStore: ForwardingLogStore {
    let store: HookedLogStore
    private let attempts = Mutex(0)
    private let done: @Sendable () -> Void

    init(_ store: HookedLogStore, done: @escaping @Sendable () -> Void) {
        self.store = store
        self.done = done
    }

    func scrub() throws -> Bool {
        let attempt = attempts.withLock { attempts in
            attempts += 1
            return attempts
        }
        if attempt == 3 { done() }
        return attempt >= 3
    }
}

@Suite("Entries that are erased")
struct SequencerErasingTests {
    let rig: SequencerRig
    let sequencer: Sequencer

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    private func redaction(_ id: Int, of position: String, basis: Int = 0) -> Draft {
        Draft(
            id: id,
            type: "entry.redacted",
            subject: "entry/\(position)",
            data: #"{"reason":"Verzonnen verzoek","redacted":true}"#,
            basis: basis
        )
    }

    private func note(_ id: Int, by device: DeviceID, about: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"\#(device)","type":"note.added","subject":"note/"#
            + #"\#(device.id)-\#(id)","time":"2026-11-12T10:11:12.123Z","basis":0,"data":{"about":"\#(about)","#
            + #""text":"Verzonnen: Jan belde"},"salt":"AAAAAAAAAAAAAAAAAAAAAA"}"#
    }

    @Test("An admin's redaction erases the entry, and nothing else changes")
    func erased() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        let recorder = try await rig.enrol(sequencer, as: .recorder).device
        let project = "project/\(recorder.id)-1"
        let line = note(2, by: recorder, about: project)
        let first = try await sequencer.push(
            lines: [Draft.start(1, by: recorder).line(of: recorder), line],
            by: recorder
        )
        let position = try #require(first.accepted.first).position.rawValue + 1
        let before = try rig.entries()

        let outcome = try await sequencer.push([redaction(1, of: "\(position)", basis: position + 1)], by: admin)
        #expect(outcome.rejected.isEmpty)
        #expect(sequencer.head.erasureMark == 1)
        let after = try rig.entries()
        #expect(after.count == before.count + 1)
        for index in before.indices where index != position { #expect(after[index] == before[index]) }
        #expect(!after[position].contains("Jan") && !after[position].contains("salt"))
        #expect(after[position].contains(#""erased":["/about","/text"],"redaction":\#(before.count),"leaf":""#))
        try rig.checkTree()

        // Pushed again, it is what it was.
        let again = try await sequencer.push(lines: [line], by: recorder)
        #expect(again.duplicate.map(\.position) == [Position(position)])
        let other = try await sequencer.push(lines: [line.replacing("Jan", with: "Piet")], by: recorder)
        #expect(other.problems == [.identityReused])
        let strict = try await sequencer.push(
            Push(source: EventSource(recorder), body: Array(line.utf8), isFromReplica: true)
        )
        #expect(strict.duplicate.count == 1)

        // A server that starts now finds everything in order.
        await sequencer.shutDown()
        let next = try rig.start()
        #expect(next.head.erasureMark == 1)
        #expect(try await next.push([.start(3, by: recorder)], by: recorder).rejected.isEmpty)
        try rig.checkTree()
    }

    @Test("What cannot be erased is refused, and says why")
    func refused() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        let editor = try await rig.enrol(sequencer, as: .editor).device
        let size = try await sequencer.push([.start(1, by: admin), .start(2, by: admin)], by: admin).head.size.rawValue
        let before = try rig.entries()
        func problem(_ position: String, by device: DeviceID, _ id: Int) async throws -> EventProblem? {
            try await sequencer.push([redaction(id, of: position)], by: device).rejected.first?.problem
        }
        #expect(try await problem("\(size - 1)", by: editor, 1)?.code == .notAllowed)
        #expect(try await problem("\(size)", by: admin, 3)?.code == .unknownSubject)
        #expect(try await problem("00", by: admin, 4) != nil)
        #expect(try await problem("1-2", by: admin, 5) != nil)
        #expect(try rig.entries() == before)

        // One that is not durable yet has been seen by nobody.
        let early = try await sequencer.push(
            [
                .start(6, by: admin), redaction(7, of: "\(size)"), redaction(8, of: "\(size - 1)"),
                redaction(9, of: "\(size - 1)"),
            ],
            by: admin
        )
        #expect(early.problems == [.unknownSubject, .wrongIdentity])
        #expect(early.rejected.last?.problem.detail.contains("already") == true)
        #expect(sequencer.head.erasureMark == 1)
        let twice = try await problem("\(size - 1)", by: admin, 10)
        #expect(twice?.code == .wrongIdentity)
        let place = try #require(early.accepted.last).position.rawValue
        let proof = try await problem("\(place)", by: admin, 11)
        #expect(proof?.code == .notAllowed)
        #expect(proof?.detail.contains("proves") == true)
        try rig.checkTree()
    }

    enum Fault: CaseIterable { case before, after, conflict }

    @Test("A commit that failed, or seemed to, erases once or not at all", arguments: Fault.allCases)
    func faults(_ fault: Fault) async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        let size = try await sequencer.push([.start(1, by: admin, title: "Jan")], by: admin).head.size.rawValue
        rig.store.onAppend { number, append in
            guard number == 0 else { return try append() }
            switch fault {
            case .before: throw LogError(.inputOutput, "as planned")
            case .after:
                _ = try append()
                throw LogError(.inputOutput, "as planned")
            case .conflict: return .conflict(actual: LogSize(size))
            }
        }
        let outcome = try await sequencer.push([redaction(2, of: "\(size - 1)"), .start(3, by: admin)], by: admin)
        #expect(outcome.rejected.isEmpty && outcome.accepted.count + outcome.duplicate.count == 1)
        #expect(sequencer.head.erasureMark == 1)
        #expect(try rig.entries().count == size + 2)
        #expect(try !rig.entries()[size - 1].contains("Jan"))
        try rig.checkTree()
    }

    @Test("An entry whose tombstone would be too long stays, and the redaction says why it is refused")
    func tooLong() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        let name = admin.id
        let partners = 1_800
        let organisations = (1...partners).map { number in
            Draft(
                id: number,
                type: "organisation.registered",
                subject: "organisation/\(name)-\(number)",
                data: #"{"name":"Verzonnen"}"#
            )
        }
        #expect(try await sequencer.push(organisations, by: admin).rejected.isEmpty)
        let roles = (1...partners).map { #""organisation/\#(name)-\#($0)":"x""# }.joined(separator: ",")
        let project = Draft.start(partners + 1, by: admin)
        let joined = Draft(
            id: partners + 2,
            type: "project.partner-joined",
            subject: "project/\(name)-\(partners + 1)",
            data: "{\"partners\":{\(roles)}}"
        )
        let pushed = try await sequencer.push([project, joined], by: admin)
        #expect(pushed.rejected.map(\.problem) == [])
        let size = pushed.head.size.rawValue
        let before = try rig.entries()
        let outcome = try await sequencer.push([redaction(partners + 3, of: "\(size - 1)")], by: admin)
        #expect(outcome.rejected.map(\.problem.code) == [.tooLarge])
        #expect(try rig.entries() == before && sequencer.head.erasureMark == 0)
    }

    @Test("Segments that become whole later do not bring back what was erased", arguments: [10, 254, 255, 300])
    func sealing(count: Int) async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        let size = try await sequencer.push([.start(1, by: admin, title: "Jan")], by: admin).head.size.rawValue
        _ = try await sequencer.push([redaction(2, of: "\(size - 1)")], by: admin)
        // One by one, or at once: the segment is sealed from memory or brought along by the commit.
        _ = try await sequencer.push((0..<count).map { .start(3 + $0, by: admin) }, by: admin)
        for number in 0..<(256 - min(count, 250)) {
            _ = try await sequencer.push([.start(1_000 + number, by: admin)], by: admin)
        }
        await sequencer.shutDown()
        #expect(try rig.store.head().sealedSegments >= 1)
        let segment = try #require(try rig.store.segments(0..<1).first)
        #expect(try !String(decoding: segment.entries(), as: UTF8.self).contains("Jan"))
        try rig.checkTree()
        _ = try rig.start()
    }

    @Test("What another server has erased is seen here")
    func otherServer() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        let size = try await sequencer.push([.start(1, by: admin, title: "Jan")], by: admin).head.size.rawValue
        let other = try rig.start()
        _ = try await other.push([redaction(2, of: "\(size - 1)")], by: admin)
        // From memory it would seal what it wrote itself.
        let outcome = try await sequencer.push((0..<260).map { .start(3 + $0, by: admin) }, by: admin)
        #expect(outcome.rejected.isEmpty)
        #expect(sequencer.head.erasureMark == 1)
        await sequencer.shutDown()
        #expect(try !rig.entries()[size - 1].contains("Jan"))
        #expect(try rig.store.head().sealedSegments == 1)
        try rig.checkTree()
    }

    @Test("What could not be cleared away is tried again, without any other commit", .timeLimit(.minutes(10)))
    func clearedLater() async throws {
        let (cleared, done) = AsyncStream.makeStream(of: Void.self)
        let store = HinderedStore(rig.store) { done.finish() }
        let sequencer = try Sequencer(store: store, key: rig.key, environment: rig.environment)
        for await _ in cleared {}
        await sequencer.shutDown()
    }
}
