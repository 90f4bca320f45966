import AgendaModel
import EventLog
import EventLogSQLite
import LogClient
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncClient

/// A sync of another process makes the replica another device while a command is at work on it.
@Suite("Recording while the replica becomes another device")
struct ClientDeviceRaceTests {
    let agenda: TestAgenda
    /// Laptops that have a conflict; the first one has a refused event, too.
    let replica: Replica
    private let second: Replica
    private let project: String

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("een")
        second = try await agenda.clone("twee")
        project = try replica.record(type: "project.started", data: #"{"title":"Voorbeeld"}"#).subject
        agenda.server.refuse("theme.opened", problem: "not-allowed")
        try replica.record(type: "theme.opened", data: #"{"title":"Water","order":1,"status":"open"}"#)
        for laptop in [replica, second] { try await _ = agenda.sync(laptop) }
        for (laptop, title) in [(replica, "Een"), (second, "Twee")] {
            try laptop.record(type: "project.revised", subject: project, data: #"{"title":"\#(title)"}"#)
        }
        for laptop in [replica, second, replica] { try await _ = agenda.sync(laptop) }
        agenda.server.refuse("theme.opened", problem: nil)
    }

    /// The server's answer by which the replica becomes another device.
    private func enrolment() async throws -> StoredEnrolment {
        let requests = SyncRequests(token: try replica.files.readToken())
        let now = Timestamp(millisecondsSince1970: 0)
        let request = try requests.continuation(deviceName: "Een", key: "", size: 0, at: now)
        let answer = try await agenda.server.send(request).enrolment()
        return try StoredEnrolment(url: FakeServer.url, answer: answer, continues: replica.settings.device.rawValue)
    }

    /// The same folder in another process, in which the device changes after what a command reads before it records.
    private func racing() async throws -> (replica: Replica, device: DeviceID) {
        let stored = try await enrolment()
        let change = Mutex<StoredEnrolment?>(stored)
        var environment = agenda.clock.environment
        let now = environment.now
        environment.now = { [replica] in
            let stored = change.withLock { $0.take() }
            if let stored { _ = try? replica.files.change(to: stored, in: replica.store) }
            return now()
        }
        return (
            try Replica(opening: replica.folder, environment: environment), DeviceID(unchecked: stored.answer.device)
        )
    }

    @Test("Events of a former device that are pending all the same are sent as the present one, the others as they are")
    func leftBehind() async throws {
        let former = try replica.settings.device.id
        let stored = try await enrolment()
        _ = try replica.files.change(to: stored, in: replica.store)
        let present = stored.answer.device.dropFirst("device/".count)
        func revise() throws -> String {
            try replica.record(type: "project.revised", subject: project, data: #"{"summary":"Verzonnen"}"#).line
        }
        func put(_ line: (_ counter: Int) -> String) throws {
            _ = try replica.store.outbox.record(at: agenda.clock.environment.now()) { [Array(line($0.rawValue).utf8)] }
        }
        let rest = #""time":"2027-01-01T00:00:00.000Z","basis":1,"data""#
        let first = try revise()
        let counter = try replica.store.outbox.nextCounter().rawValue
        try put { counter in
            #"{"specversion":"1.0","id":"\#(counter)","source":"device/\#(former)","type":"project.started","#
                + #""subject":"project/\#(former)-\#(counter)",\#(rest):{"title":"Spoor"}}"#
        }
        try put { next in
            #"{"specversion":"1.0","id":"\#(next)","source":"device/\#(present)","type":"milestone.planned","#
                + #""subject":"milestone/\#(present)-\#(next)",\#(rest):"#
                + #"{"project":"project/\#(former)-\#(counter)","title":"Spoor","due":"2027-01-01"}}"#
        }
        let last = try revise()
        let summary = try await agenda.sync(replica)
        #expect(summary.accepted == 4 && summary.refused == 0)
        #expect(try replica.document(of: "project/\(present)-\(counter)")?.document == #"{"title":"Spoor"}"#)
        #expect(try agenda.misplacedMilestones(in: replica).isEmpty)
        for line in [first, last] {
            #expect(agenda.server.log().entries.contains { $0.starts(with: line.utf8.dropLast()) })
        }
    }

    private func expectRecorded(_ events: [RecordedEvent], by device: DeviceID) async throws {
        #expect(try replica.settings.device == device)
        for event in events { #expect(event.line.contains(#""source":"\#(device)""#), "\(event.line)") }
        let summary = try await agenda.sync(replica)
        #expect(summary.accepted == events.count && summary.refused == 0)
        #expect(try replica.status().pending == 0)
    }

    @Test("A conflict is settled by the device that the replica is by then")
    func settling() async throws {
        let (racing, device) = try await racing()
        try await expectRecorded(racing.settle(project, .keep).events, by: device)
        #expect(try replica.conflicts().isEmpty)
    }

    @Test("A refused event is re-recorded by the device that the replica is by then", arguments: [false, true])
    func recordingAgain(isCorrected: Bool) async throws {
        let (racing, device) = try await racing()
        let again =
            try isCorrected
            ? racing.correctRefused(2, Correction(data: .object([.init("title", .string("Groen"))])))
            : racing.retryRefused([2])
        #expect(again.events.first?.event.subject.hasPrefix("theme/\(device.id)-") == true)
        try await expectRecorded(again.events.map(\.event), by: device)
    }
}
