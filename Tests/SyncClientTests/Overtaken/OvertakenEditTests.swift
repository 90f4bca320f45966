import AgendaModel
import EventLog
import Foundation
import SyncTesting
import Testing

@testable import SyncClient

@Suite("Edits of what somebody else took back")
struct OvertakenEditTests {
    let agenda: TestAgenda
    let one: Replica
    let other: Replica

    init() async throws {
        agenda = try TestAgenda()
        one = try await agenda.clone("een")
        other = try await agenda.clone("ander")
    }

    private func sync(_ replicas: Replica...) async throws {
        for replica in replicas { _ = try await agenda.sync(replica) }
    }

    /// A subject of each kind that can be taken back, with an edit of it and the event that takes it back.
    enum Kind: String, CaseIterable {
        case ambition, offer, ask, milestone, measurement, note

        var edit: (type: String, data: String) {
            switch self {
            case .ambition: ("ambition.revised", #"{"title":"Anders"}"#)
            case .offer: ("offer.revised", #"{"title":"Anders"}"#)
            case .ask: ("ask.revised", #"{"title":"Anders"}"#)
            case .milestone: ("milestone.revised", #"{"title":"Anders"}"#)
            case .measurement: ("measurement.corrected", #"{"value":2}"#)
            case .note: ("note.revised", #"{"text":"Anders"}"#)
            }
        }

        var withdrawal: (type: String, data: String) {
            switch self {
            case .milestone: ("milestone.dropped", #"{"dropped":true}"#)
            case .measurement: ("measurement.voided", #"{"voided":true}"#)
            case .note: ("note.retracted", #"{"retracted":true}"#)
            default: ("\(rawValue).withdrawn", #"{"status":"withdrawn"}"#)
            }
        }
    }

    private func make(_ kind: Kind, in replica: Replica) throws -> String {
        func record(_ type: String, _ data: String) throws -> String {
            try replica.record(type: type, data: data).subject
        }
        let theme = try record("theme.opened", #"{"title":"Thema","order":1,"status":"open"}"#)
        switch kind {
        case .ambition:
            return try record("ambition.proposed", #"{"theme":"\#(theme)","title":"Een","status":"proposed"}"#)
        case .offer: return try record("offer.made", #"{"theme":"\#(theme)","title":"Een","status":"made"}"#)
        case .ask: return try record("ask.raised", #"{"theme":"\#(theme)","title":"Een","status":"raised"}"#)
        case .milestone:
            let project = try record("project.started", #"{"title":"Een"}"#)
            return try record("milestone.planned", #"{"project":"\#(project)","title":"Een","due":"2027-01-01"}"#)
        case .measurement:
            let indicator = try record("indicator.defined", #"{"name":"Aantal","unit":"stuks","aggregation":"sum"}"#)
            let project = try record("project.started", #"{"title":"Een"}"#)
            return try record(
                "measurement.recorded",
                #"{"project":"\#(project)","indicator":"\#(indicator)","value":1,"on":"2026-01-01"}"#
            )
        case .note: return try record("note.added", #"{"about":"\#(theme)","text":"Een"}"#)
        }
    }

    private func edit(_ kind: Kind, _ subject: String, in replica: Replica) throws {
        try replica.record(type: kind.edit.type, subject: subject, data: kind.edit.data)
    }

    private func withdraw(_ kind: Kind, _ subject: String, in replica: Replica) throws {
        try replica.record(type: kind.withdrawal.type, subject: subject, data: kind.withdrawal.data)
    }

    @Test(
        "Whoever edited is told, whichever of the two came first, and only they",
        arguments: Kind.allCases,
        [true, false]
    )
    func told(kind: Kind, isEditFirst: Bool) async throws {
        let subject = try make(kind, in: one)
        try await sync(one, other, one)
        try edit(kind, subject, in: one)
        try withdraw(kind, subject, in: other)
        if isEditFirst { try await sync(one, other) } else { try await sync(other) }
        #expect(try await agenda.sync(one).overtaken == 1)
        let edits = try one.overtaken()
        #expect(edits.map(\.subject) == [subject] && edits.map(\.withdrawal) == [kind.withdrawal.type])
        #expect(try edits.map(\.source) == [EventSource(other.settings.device)])
        #expect(try one.status().overtaken == edits)
        // It stays until somebody has looked at it.
        try await sync(other, one)
        #expect(try one.overtaken() == edits)
        #expect(try other.overtaken().isEmpty)
        try one.noteOvertaken(edits)
        try await sync(one)
        #expect(try one.overtaken().isEmpty && one.status().overtaken.isEmpty)
    }

    @Test("Whoever had seen the other's event needs not be told", arguments: [true, false])
    func seen(isEditFirst: Bool) async throws {
        let subject = try make(.offer, in: one)
        try await sync(one, other)
        if isEditFirst { try edit(.offer, subject, in: one) } else { try withdraw(.offer, subject, in: other) }
        try await sync(one, other, one)
        if isEditFirst { try withdraw(.offer, subject, in: other) } else { try edit(.offer, subject, in: one) }
        try await sync(other, one, other, one)
        #expect(try one.overtaken().isEmpty && other.overtaken().isEmpty)
    }

    @Test("Who wrote the same field is in conflict with it, and finds that among the conflicts")
    func conflict() async throws {
        let subject = try make(.ask, in: one)
        try await sync(one, other)
        try one.record(type: "ask.answered", subject: subject, data: #"{"status":"granted"}"#)
        try withdraw(.ask, subject, in: other)
        try await sync(other, one)
        #expect(try one.overtaken().isEmpty)
        #expect(try one.conflicts().map(\.path) == ["/status"])
    }

    @Test("What comes back is not listed any more")
    func broughtBack() async throws {
        let subject = try make(.ambition, in: one)
        try await sync(one, other)
        try edit(.ambition, subject, in: one)
        try withdraw(.ambition, subject, in: other)
        try await sync(other, one)
        #expect(try one.overtaken().count == 1)
        try one.record(type: "ambition.adopted", subject: subject, data: #"{"status":"adopted"}"#)
        try await sync(one)
        #expect(try one.overtaken().isEmpty && one.status().overtaken.isEmpty)
    }

    /// Who takes a subject back that is withdrawn already, having seen everything.
    enum Second: CaseIterable { case same, somebodyElse, own }

    @Test(
        "A subject that is taken back once more is no reason to be told less, or to be told again",
        arguments: Second.allCases,
        [true, false]
    )
    func takenBackTwice(second: Second, isEditFirst: Bool) async throws {
        let third = try await agenda.clone("derde")
        let subject = try make(.milestone, in: one)
        try await sync(one, other)
        try edit(.milestone, subject, in: one)
        try withdraw(.milestone, subject, in: other)
        if isEditFirst { try await sync(one, other) } else { try await sync(other) }
        #expect(try await agenda.sync(one).overtaken == 1)
        let edits = try one.overtaken()
        let author =
            switch second {
            case .same: other
            case .somebodyElse: third
            case .own: one
            }
        try await sync(author)
        try withdraw(.milestone, subject, in: author)
        try await sync(author)
        #expect(try await agenda.sync(one).overtaken == 0)
        #expect(try one.overtaken() == edits && edits.map(\.source) == [EventSource(other.settings.device)])
        try one.noteOvertaken(edits)
        try await sync(third)
        try withdraw(.milestone, subject, in: third)
        try await sync(third, one)
        #expect(try one.overtaken().isEmpty && other.overtaken().isEmpty && third.overtaken().isEmpty)
    }

    @Test("Whoever syncs only after the second time is told all the same", arguments: Kind.allCases, [true, false])
    func heardOfTwoAtOnce(kind: Kind, isSecondBySame: Bool) async throws {
        let third = try await agenda.clone("derde")
        let subject = try make(kind, in: one)
        try await sync(one, other)
        try edit(kind, subject, in: one)
        try withdraw(kind, subject, in: other)
        let author = isSecondBySame ? other : third
        try await sync(one, other, author)
        let position = try #require(try other.registers(of: subject).flatMap(\.heads).map(\.position).max())
        try withdraw(kind, subject, in: author)
        try await sync(author)
        #expect(try await agenda.sync(one).overtaken == 1)
        let edits = try one.overtaken()
        #expect(edits.map(\.subject) == [subject] && edits.map(\.position) == [position])
        #expect(try edits.map(\.source) == [EventSource(other.settings.device)])
    }

    @Test("Whoever takes back what had been brought back knew the edit", arguments: [true, false])
    func broughtBackBetween(isInSteps: Bool) async throws {
        let third = try await agenda.clone("derde")
        let subject = try make(.ambition, in: one)
        try await sync(one, other)
        try edit(.ambition, subject, in: one)
        try withdraw(.ambition, subject, in: other)
        try await sync(one, other, third)
        if isInSteps { try await sync(one) }
        #expect(try one.overtaken().count == (isInSteps ? 1 : 0))
        try third.record(type: "ambition.adopted", subject: subject, data: #"{"status":"adopted"}"#)
        try await sync(third)
        if isInSteps { try await sync(one) }
        #expect(try one.overtaken().isEmpty)
        try withdraw(.ambition, subject, in: third)
        try await sync(third)
        #expect(try await agenda.sync(one).overtaken == 0)
        #expect(try one.overtaken().isEmpty)
    }

    @Test(
        "What is in conflict with a withdrawal, and gives way to it, has not brought the subject back",
        arguments: [true, false]
    )
    func conflictBetween(isInSteps: Bool) async throws {
        let third = try await agenda.clone("derde")
        let subject = try make(.ambition, in: one)
        try await sync(one, other, third)
        try edit(.ambition, subject, in: one)
        try withdraw(.ambition, subject, in: other)
        try third.record(type: "ambition.adopted", subject: subject, data: #"{"status":"adopted"}"#)
        try await sync(one, other, third)
        if isInSteps { try await sync(one) }
        try withdraw(.ambition, subject, in: third)
        try await sync(third, one)
        #expect(try one.overtaken().map(\.source) == [EventSource(other.settings.device)])
    }

    @Test("Who has become another device is told of what it recorded before", arguments: [true, false])
    func formerDevice(isEditFirst: Bool) async throws {
        let subject = try make(.note, in: one)
        try await sync(one, other, one)
        let former = try one.settings.device
        try edit(.note, subject, in: one)
        try withdraw(.note, subject, in: other)
        if isEditFirst { try await sync(one, other) } else { try await sync(other) }
        // What it has not sent is its new device's; what it has sent stays the former one's.
        let rejoined = try await one.rejoin(
            invite: "invite-admin",
            memberName: "een",
            deviceName: "een",
            transport: agenda.server
        )
        #expect(rejoined.deviceChange?.former == former && rejoined.overtaken == 1)
        let edits = try one.overtaken()
        #expect(try edits.map(\.device) == [isEditFirst ? former : one.settings.device])
        #expect(edits.map(\.subject) == [subject])
        try one.noteOvertaken(edits)
        #expect(try one.overtaken().isEmpty)
    }

    @Test("What another copy of the folder recorded since is that copy's")
    func otherCopy() async throws {
        let subject = try make(.note, in: one)
        try await sync(one, other)
        let files = FileManager.default
        let copyPath = agenda.folder.file("kopie")
        try files.copyItem(atPath: one.folder, toPath: copyPath)
        _ = try await one.rejoin(
            invite: "invite-admin",
            memberName: "een",
            deviceName: "een",
            transport: agenda.server
        )
        let copy = try Replica(opening: copyPath, environment: agenda.clock.environment)
        try edit(.note, subject, in: copy)
        try withdraw(.note, subject, in: other)
        try await sync(copy, other, one, copy)
        #expect(try copy.overtaken().count == 1)
        #expect(try one.overtaken().isEmpty)
    }
}
