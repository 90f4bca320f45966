import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Who wrote what, against what they might")
struct WriterCheckTests {
    private let rig: SequencerRig

    init() throws { rig = try SequencerRig() }

    /// Checks entries as they would stand in a log.
    private func check(_ entries: [String], authorsHeldFrom: Timestamp = WriterCheck.authorsHeldFrom) throws {
        var reading = EntryCheck()
        var writers = WriterCheck(authorsHeldFrom: authorsHeldFrom)
        for entry in entries { try Array(entry.utf8).lend { try writers.take(reading.take($0)) } }
    }

    @Test("A log that a server has written holds, with roles that come and go")
    func sound() async throws {
        let sequencer = try rig.start()
        let admin = try await rig.enrol(sequencer, as: .admin)
        let other = try await rig.enrol(sequencer, as: .editor)
        _ = try await sequencer.push([.start(1, by: other.device)], by: other.device)
        for (id, data) in [(1, #"{"role":"auditor"}"#), (2, #"{"role":"recorder"}"#)] {
            let grant = Draft(id: id, type: "member.granted", subject: other.member.rawValue, data: data)
            _ = try await sequencer.push([grant], by: admin.device)
        }
        _ = try await sequencer.push([.start(2, by: other.device)], by: other.device)
        try check(rig.entries())
    }

    @Test("A note that somebody else retracted is named, unless it was taken before that was a rule")
    func notes() async throws {
        let sequencer = try rig.start()
        let author = try await rig.enrol(sequencer, as: .recorder)
        let other = try await rig.enrol(sequencer, as: .recorder)
        _ = try await sequencer.push([.start(1, by: author.device)], by: author.device)
        let note = "note/\(author.device.id)-2"
        let data = #"{"about":"project/\#(author.device.id)-1","text":"A"}"#
        let added = Draft(id: 2, type: "note.added", subject: note, data: data).line(of: author.device)
        let line = String(added.dropLast() + #","salt":"AAAAAAAAAAAAAAAAAAAAAA"}"#)
        _ = try await sequencer.push(lines: [line], by: author.device)
        let retracted = Draft(id: 3, type: "note.retracted", subject: note, data: #"{"retracted":true}"#)
        _ = try await sequencer.push([retracted], by: author.device)
        let entries = try rig.entries()
        try check(entries)
        // As if a server that has the key had taken it from somebody else.
        let source = #""source":"\#(author.device)""#
        let last = try #require(entries.last).replacing(source, with: #""source":"\#(other.device)""#)
        let wrong = Array(entries.dropLast()) + [last]
        let difference = #expect(throws: LogDifference.self) { try check(wrong) }
        #expect(difference?.place == .entry(Position(entries.count - 1)))
        try check(wrong, authorsHeldFrom: Timestamp(millisecondsSince1970: 1_900_000_000_000))
    }

    @Test("A device that an admin enrolled by hand, which gives no access, is passed over, and named of anybody else")
    func enrolments() async throws {
        let sequencer = try rig.start()
        let admin = try await rig.enrol(sequencer, as: .admin)
        let other = try await rig.enrol(sequencer, as: .editor)
        let enrolled = #"{"member":"\#(admin.member)"}"#
        _ = try await sequencer.record(type: "device.enrolled", subject: "device/verzonnen", data: enrolled)
        let entries = try rig.entries()
        try check(entries)
        // As if a server had taken it from somebody.
        func recorded(by device: DeviceID) throws -> [String] {
            let last = try #require(entries.last)
            let changed = last.replacing(#""id":"5","source":"server""#, with: #""id":"1","source":"\#(device)""#)
            #expect(changed != last)
            return Array(entries.dropLast()) + [changed]
        }
        try check(recorded(by: admin.device))
        let difference = #expect(throws: LogDifference.self) { try check(recorded(by: other.device)) }
        #expect(difference?.place == .entry(Position(entries.count - 1)))
    }

    @Test("An entry that its author had no right to is named, whichever it is")
    func unsound() async throws {
        let sequencer = try rig.start()
        let admin = try await rig.enrol(sequencer, as: .admin)
        let other = try await rig.enrol(sequencer, as: .recorder)
        _ = try await sequencer.push([.start(1, by: other.device)], by: other.device)
        let entries = try rig.entries()
        let event = try #require(entries.last)
        // As if a server that has the key had taken them.
        let wrong: [[String]] = [
            // Before the device was there.
            Array(entries.dropLast(2)) + [event],
            // By a device that nobody knows.
            entries + [event.replacing(other.device.rawValue, with: "device/zzzzzz")],
            // A type that its role does not have.
            entries.dropLast() + [
                event.replacing("project.started", with: "theme.opened").replacing("project/", with: "theme/")
            ],
            // An event that only a server writes.
            entries.dropLast() + [
                event.replacing("project.started", with: "loss.accepted").replacing(
                    "project/\(other.device.id)-1",
                    with: "loss/3"
                )
            ],
        ]
        for entries in wrong {
            let difference = #expect(throws: LogDifference.self) { try check(entries) }
            #expect(difference?.place == .entry(Position(entries.count - 1)))
        }
        _ = admin
        try check(entries)
    }
}
