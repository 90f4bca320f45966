import AgendaModel
import EventLog
import EventLogSQLite
import Foundation
import SyncTesting
import Testing

@testable import SyncClient

/// Replicas whose folder was copied, or put back from a backup: each goes on as a device of its own.
@Suite("Shared identities")
struct ClientSharedIdentityTests {
    /// What holds in the end, whoever was first.
    private func expectAgreement(_ agenda: TestAgenda, _ replicas: [Replica], titles: [String]) async throws {
        for replica in replicas + replicas { try await _ = agenda.sync(replica) }
        for replica in replicas {
            let status = try replica.status()
            #expect(status.pending == 0 && status.refused == 0 && !status.changesDevice)
            #expect(try replica.digest() == replicas[0].digest())
            #expect(try agenda.misplacedMilestones(in: replica).isEmpty)
            #expect(try replica.titles == titles.sorted())
        }
        #expect(try Set(replicas.map { try $0.settings.device }).count == replicas.count)
    }

    @Test("Two copies that made different subjects under one counter both keep their own, and nothing is mixed up")
    func diverging() async throws {
        let copied = try await CopiedReplica()
        let former = try copied.first.settings.device
        let project = try copied.first.plan("Voorbeeldhaven")
        #expect(try copied.second.plan("Voorbeeldspoor") == project)
        try copied.second.record(type: "project.revised", subject: project, data: #"{"summary":"Verzonnen"}"#)
        try await _ = copied.agenda.sync(copied.first)

        var steps: [SyncProgress] = []
        for try await step in copied.second.sync(over: copied.agenda.server) { steps.append(step) }
        guard case .finished(let summary) = steps.last else { throw ReplicaError(.cancelled, "") }
        let change = try #require(summary.deviceChange)
        #expect(try change == DeviceChange(former: former, device: copied.second.settings.device, moved: 3))
        #expect(steps.contains(.changedDevice(change)))
        #expect(try change.device != former && copied.first.settings.device == former)
        #expect(summary.accepted == 3 && summary.refused == 0)
        let moved = "project/\(change.device.id)-1"
        #expect(try copied.second.document(of: moved)?.document.contains("Verzonnen") == true)
        #expect(try copied.second.document(of: project)?.document.contains("Verzonnen") == false)
        try await expectAgreement(
            copied.agenda,
            [copied.first, copied.second],
            titles: ["Voorbeeldhaven", "Voorbeeldspoor"]
        )
    }

    @Test("A server that took the events one by one would mix them up, and the check sees it")
    func canary() async throws {
        let copied = try await CopiedReplica()
        try copied.first.plan("Voorbeeldhaven")
        try copied.second.plan("Voorbeeldspoor")
        // The first copy only got its project in; the second one's milestone finds that one under the name of its own.
        let agenda = copied.agenda
        try await agenda.pushWithoutSize(copied.second)
        let milestone = try #require(try copied.first.pending().last).line
        try agenda.server.forget(identity: "\(copied.first.settings.device) 2")
        #expect(milestone.contains("Voorbeeldhaven"))
        try await agenda.pushWithoutSize(copied.first)
        #expect(try agenda.misplacedMilestonesOnServer() == ["Voorbeeldhaven"])
        // Nobody takes such a log over any more.
        let error = await failure { try await agenda.clone("getuige") }
        #expect(error?.code == .tampered)
    }

    @Test("What was pending before the copy is sent once, and what hangs on it stays where it is")
    func sharedPending() async throws {
        var project = ""
        let copied = try await CopiedReplica { project = try $0.plan("Voorbeeldhaven") }
        for (replica, text) in [(copied.first, "een"), (copied.second, "twee")] {
            try replica.record(type: "note.added", data: #"{"about":"\#(project)","text":"\#(text)"}"#)
        }
        try await _ = copied.agenda.sync(copied.first)
        let summary = try await copied.agenda.sync(copied.second)
        #expect(summary.deviceChange?.moved == 1)
        try await expectAgreement(copied.agenda, [copied.first, copied.second], titles: ["Voorbeeldhaven"])
        let notes = try copied.first.documents(kind: "note")
        #expect(notes.count == 2 && notes.allSatisfy { $0.document.contains(project) })
    }

    @Test(
        "A replica put back from a backup goes on as another device, also when it has nothing to send",
        arguments: [0, 600]
    )
    func restored(behind count: Int) async throws {
        let copied = try await CopiedReplica { try $0.plan("Voorbeeldhaven") }
        try copied.first.plan("Voorbeeldspoor")
        try await _ = copied.agenda.sync(copied.first)
        copied.agenda.fill(count)
        let former = try copied.first.settings.device
        let summary = try await copied.agenda.sync(copied.second)
        #expect(summary.deviceChange?.moved == 0 && summary.refused == 0)
        #expect(try copied.second.settings.device != former)
        try copied.second.plan("Voorbeeldbrug")
        try await expectAgreement(
            copied.agenda,
            [copied.first, copied.second],
            titles: ["Voorbeeldbrug", "Voorbeeldhaven", "Voorbeeldspoor"]
        )
    }

    @Test("Copies of copies, all of them with something to send")
    func copiesOfCopies() async throws {
        let copied = try await CopiedReplica()
        var replicas = [copied.first, copied.second]
        var titles: [String] = []
        for round in 0..<3 {
            for (index, replica) in replicas.enumerated() {
                titles.append("Voorbeeld \(round)-\(index)")
                try replica.plan(titles[titles.count - 1])
            }
            for replica in replicas { try await _ = copied.agenda.sync(replica) }
            let source = try #require(replicas.last)
            try source.plan("Gedeeld \(round)")
            titles.append("Gedeeld \(round)")
            replicas.append(try copied.agenda.copy(of: source, as: "kopie \(round)"))
        }
        // The last copy still is the device that it was made of, until one of the two goes its own way.
        for (index, replica) in replicas.enumerated() {
            titles.append("Laatste \(index)")
            try replica.plan(titles[titles.count - 1])
        }
        try await expectAgreement(copied.agenda, replicas, titles: titles)
    }

    @Test("A server that gives a verdict on each event is understood too")
    func verdictByEvent() async throws {
        let copied = try await CopiedReplica()
        copied.agenda.server.answerReuseByEvent()
        try copied.first.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        try copied.second.record(type: "theme.opened", data: #"{"title":"Groen","order":1,"status":"open"}"#)
        for replica in [copied.first, copied.second] { try await _ = copied.agenda.sync(replica) }
        #expect(try copied.second.refused().isEmpty)
        #expect(try copied.second.documents(kind: "theme").count == 2)
    }

    @Test("Refused events stay listed with the line that was refused")
    func refused() async throws {
        let copied = try await CopiedReplica()
        copied.agenda.server.refuse("theme.opened", problem: "not-allowed")
        let data = #"{"title":"Z","order":2,"status":"open"}"#
        let line = try copied.second.record(type: "theme.opened", data: data).line
        try await _ = copied.agenda.sync(copied.second)
        try copied.first.plan("Voorbeeldhaven")
        try await _ = copied.agenda.sync(copied.first)
        try copied.second.plan("Voorbeeldspoor")
        try await _ = copied.agenda.sync(copied.second)
        #expect(try copied.second.refused().map(\.line) == [line])
        #expect(try copied.second.refused().map(\.id) == [1])
        #expect(try copied.second.titles == ["Voorbeeldhaven", "Voorbeeldspoor"])
    }

    @Test("Whoever has the folder open records as the new device")
    func otherProcess() async throws {
        let copied = try await CopiedReplica()
        let open = try Replica(opening: copied.second.folder, environment: copied.agenda.clock.environment)
        try copied.first.plan("Voorbeeldhaven")
        try open.plan("Voorbeeldspoor")
        for replica in [copied.first, copied.second] { try await _ = copied.agenda.sync(replica) }
        #expect(try open.settings == copied.second.settings && open.settings.device != copied.first.settings.device)
        let project = try open.plan("Voorbeeldbrug")
        #expect(try project.contains(open.settings.device.id))
        try await expectAgreement(
            copied.agenda,
            [copied.first, copied.second],
            titles: ["Voorbeeldbrug", "Voorbeeldhaven", "Voorbeeldspoor"]
        )
    }

    @Test("A server that says so again and again does not make the sync go on for ever")
    func endless() async throws {
        let copied = try await CopiedReplica()
        try copied.second.plan("Voorbeeldhaven")
        let problem = #"{"type":"/problems/identity-reused","title":"Reused"}"#
        for _ in 0..<20 {
            copied.agenda.server.fail(
                "POST /events",
                .answer(status: 409, headers: ["Content-Type": "application/problem+json"], body: problem)
            )
        }
        let error = await failure { try await copied.agenda.sync(copied.second) }
        #expect(error?.code == .unavailable)
        #expect(copied.agenda.server.requests.filter { $0 == "POST /devices" }.count == 4)
        #expect(try copied.second.status().pending == 2)
    }
}

extension FakeServer {
    /// As if the event had not been pushed yet.
    func forget(identity: String) {
        var log = log()
        log.identities[identity] = nil
        restore(log)
    }
}
