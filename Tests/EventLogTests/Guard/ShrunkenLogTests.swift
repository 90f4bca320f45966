import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

/// A store that goes back while its writer runs, and whose loss is accepted.
@Suite("A log that goes on without what it has lost")
struct ShrunkenLogTests {
    private let rig: SequencerRig

    init() throws { rig = try SequencerRig() }

    private func push(_ sequencer: Sequencer, _ lines: [String], by device: DeviceID) async throws -> PushOutcome {
        let body = lines.map { $0 + "\n" }.joined()
        return try await sequencer.push(Push(source: EventSource(device), body: Array(body.utf8)))
    }

    @Test("What is said of a log that lacks something is right for one entry and for more", arguments: [1, 2])
    func words(missing: Int) {
        let text = LogStanding.behind(LogSize(31 + missing)).explanation(at: LogSize(31))
        #expect(text?.hasPrefix("the log here has 31 of the \(31 + missing) entries") == true)
        #expect(text?.contains("and lacks \(missing).") == true)
    }

    @Test("What was lost is pushed again and taken, and nothing can be about what is lost")
    func again() async throws {
        let sequencer = try rig.start()
        let first = try await rig.enrol(sequencer, as: .editor)
        let second = try await rig.enrol(sequencer, as: .editor)
        let backup = rig.store.store.copy()
        let lost = Draft.start(1, by: first.device).line(of: first.device)
        #expect(try await push(sequencer, [lost], by: first.device).accepted.count == 1)
        rig.store.store.restore(backup)
        await sequencer.refresh(isUrgent: true)
        #expect(sequencer.standing == .behind(LogSize(5)))
        await #expect(throws: PushError.self) { try await push(sequencer, [lost], by: first.device) }
        #expect(try await sequencer.acceptLoss() == AcceptedLoss(after: LogSize(4), through: LogSize(5)))

        let about = #"{"about":"project/\#(first.device.id)-1","text":"Verzonnen"}"#
        let note =
            #"{"specversion":"1.0","id":"1","source":"\#(second.device)","type":"note.added","#
            + #""subject":"note/\#(second.device.id)-1","time":"2027-01-15T08:00:00.000Z","basis":0,"data":\#(about)}"#
        let refused = try await push(sequencer, [note], by: second.device)
        #expect(refused.rejected.count == 1, "the project is not in the log any more")
        let outcome = try await push(sequencer, [lost], by: first.device)
        #expect(outcome.accepted.map(\.position) == [Position(5)], "\(outcome.rejected)")
        try rig.checkTree()
    }
}
