import AgendaModel
import EventLogTesting
import Foundation
import Testing

@testable import EventLog

@Suite("Roles, type by type")
struct SequencerRoleTests {
    /// Who may write a type, as `Protocol/Events.md` says in its table: letters such as `A, S`.
    static let writers: [String: String] = {
        let text = try? String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../Protocol/Events.md"),
            encoding: .utf8
        )
        var found: [String: String] = [:]
        for line in (text ?? "").split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let name = cells[0].trimmingCharacters(in: CharacterSet(charactersIn: "*"))
            guard cells.count >= 3, name.contains("."), !name.contains(" ") else { continue }
            found[name] = cells[1]
        }
        return found
    }()

    /// Data that is good for each type; `@kind` stands for a subject of that kind that there is.
    static let data: [String: String] = [
        "agenda.founded": #"{"title":"A"}"#, "agenda.revised": #"{"title":"B"}"#,
        "theme.opened": #"{"title":"A"}"#, "theme.revised": #"{"title":"B"}"#, "theme.closed": #"{"status":"closed"}"#,
        "organisation.registered": #"{"name":"A"}"#, "organisation.revised": #"{"name":"B"}"#,
        "indicator.defined": #"{"name":"A","unit":"banen","aggregation":"sum"}"#,
        "indicator.revised": #"{"unit":"fte"}"#,
        "ambition.proposed": #"{"theme":"@theme","title":"A"}"#, "ambition.revised": #"{"title":"B"}"#,
        "ambition.adopted": #"{"status":"adopted"}"#, "ambition.achieved": #"{"status":"achieved"}"#,
        "ambition.targeted": #"{"targets":{"@indicator":{"quantity":1}}}"#,
        "ambition.withdrawn": #"{"status":"withdrawn"}"#,
        "offer.made": #"{"theme":"@theme","title":"A"}"#, "offer.revised": #"{"title":"B"}"#,
        "offer.fulfilled": #"{"status":"fulfilled"}"#, "offer.withdrawn": #"{"status":"withdrawn"}"#,
        "ask.raised": #"{"theme":"@theme","title":"A"}"#, "ask.revised": #"{"title":"B"}"#,
        "ask.answered": #"{"status":"granted"}"#, "ask.withdrawn": #"{"status":"withdrawn"}"#,
        "project.started": #"{"title":"A"}"#, "project.revised": #"{"title":"B"}"#,
        "project.advanced": #"{"phase":"realisation"}"#, "project.halted": #"{"phase":"halted"}"#,
        "project.resumed": #"{"phase":"idea"}"#, "project.completed": #"{"phase":"completed"}"#,
        "project.linked": #"{"ambitions":{"@ambition":true}}"#,
        "project.unlinked": #"{"ambitions":{"@ambition":null}}"#,
        "project.partner-joined": #"{"partners":{"@organisation":"geeft grond"}}"#,
        "project.partner-left": #"{"partners":{"@organisation":null}}"#,
        "milestone.planned": #"{"project":"@project","title":"A","due":"2027-01-01"}"#,
        "milestone.revised": #"{"title":"B"}"#, "milestone.moved": #"{"due":"2027-02-01"}"#,
        "milestone.reached": #"{"reached":"2027-02-01"}"#, "milestone.dropped": #"{"dropped":true}"#,
        "measurement.recorded": #"{"indicator":"@indicator","value":1,"on":"2026-01-01"}"#,
        "measurement.corrected": #"{"value":2}"#, "measurement.voided": #"{"voided":true}"#,
        "note.added": #"{"about":"@project","text":"A"}"#, "note.revised": #"{"text":"B"}"#,
        "note.retracted": #"{"retracted":true}"#,
        "member.joined": #"{"name":"Verzonnen","role":"recorder"}"#, "member.granted": #"{"role":"recorder"}"#,
        "member.left": #"{"active":false}"#,
        "device.enrolled": #"{"member":"@member"}"#, "device.revoked": #"{"revoked":true}"#,
        "device.signed": #"{"from":1,"through":1,"count":1,"signature":"AAAA"}"#,
        "entry.redacted": #"{"reason":"verzoek"}"#, "loss.accepted": #"{"kept":0,"lost":1}"#,
    ]

    private static func allows(_ writers: String, _ role: Role) -> Bool {
        // O: about what others created.
        let editors = [Role.editor, .admin]
        let least: [Character: [Role]] = ["R": [.recorder] + editors, "E": editors, "O": editors, "A": [.admin]]
        return writers.contains { least[$0]?.contains(role) ?? false }
    }

    @Test("The table in Events.md and the data here are about every type of the catalogue")
    func complete() {
        let names = Set(Catalogue.current.types.map(\.name))
        #expect(Set(Self.writers.keys) == names)
        #expect(Set(Self.data.keys) == names)
        #expect(names.count == 52)
    }

    @Test("The server takes an event of a type from exactly those whom Events.md names", arguments: Role.allCases)
    func everyType(role: Role) async throws {
        let rig = try SequencerRig()
        let sequencer = try rig.start()
        let admin = try await rig.enrol(sequencer, as: .admin)
        let device = try await rig.enrol(sequencer, as: role)
        let subjects = try await Subjects.make(sequencer, rig)
        for (number, type) in Catalogue.current.types.enumerated() {
            let writers = try #require(Self.writers[type.name])
            let before = sequencer.head.size
            let draft = try await draft(number + 1, type, subjects, by: device.device, sequencer, rig)
            let size = sequencer.head.size
            let outcome = try await sequencer.push(lines: [draft], by: device.device)
            if type.name != "device.signed", Self.allows(writers, role) {
                #expect(outcome.accepted.count == 1, "\(role) \(type.name): \(outcome.rejected.map(\.problem.detail))")
            } else {
                #expect(outcome.problems == [.notAllowed], "\(role) \(type.name)")
                #expect(sequencer.head.size == size && size >= before)
            }
        }
        let own = Draft(
            id: 100,
            type: "device.signed",
            subject: device.device.rawValue,
            data: try #require(Self.data["device.signed"])
        )
        // About itself a device may; then the signature has to hold.
        #expect(try await sequencer.push([own], by: device.device).problems == [.invalidSignature])
        #expect(sequencer.access.role(ofDevice: admin.device) == .admin)
    }

    @Test(
        "A note is its author's, from any of the same member's devices, and an editor's",
        arguments: [Role.recorder, .editor]
    )
    func ownNotes(role: Role) async throws {
        let rig = try SequencerRig()
        let sequencer = try rig.start()
        let author = try await rig.enrol(sequencer, as: .recorder)
        let second = try await rig.enrol(sequencer, as: .recorder, member: author.member)
        let other = try await rig.enrol(sequencer, as: role)
        let note = "note/\(author.device.id)-2"
        let salt = #","salt":"AAAAAAAAAAAAAAAAAAAAAA"}"#
        let added = Draft(
            id: 2,
            type: "note.added",
            subject: note,
            data: #"{"about":"project/\#(author.device.id)-1","text":"A"}"#
        )
        let lines = [
            Draft.start(1, by: author.device).line(of: author.device), added.line(of: author.device).dropLast() + salt,
        ]
        #expect(try await sequencer.push(lines: lines.map { String($0) }, by: author.device).accepted.count == 1)
        for (id, device) in [(3, author.device), (1, second.device), (1, other.device)] {
            let revised = Draft(id: id, type: "note.revised", subject: note, data: #"{"text":"B"}"#)
            let retracted = Draft(id: id + 1, type: "note.retracted", subject: note, data: #"{"retracted":true}"#)
            let lines = [String(revised.line(of: device).dropLast() + salt), retracted.line(of: device)]
            let outcome = try await sequencer.push(lines: lines, by: device)
            guard device == other.device, role == .recorder else {
                #expect(outcome.rejected.isEmpty, "\(device): \(outcome.rejected.map(\.problem.detail))")
                continue
            }
            #expect(outcome.problems == [.notAllowed, .notAllowed])
            #expect(outcome.rejected[0].problem.detail.contains("takes the role editor"))
        }
    }

    /// A line of this type that is wrong in nothing, about a subject that others than its author made.
    private func draft(
        _ id: Int,
        _ type: Catalogue.EventType,
        _ subjects: Subjects,
        by device: DeviceID,
        _ sequencer: Sequencer,
        _ rig: SequencerRig
    ) async throws -> String {
        var data = try #require(Self.data[type.name])
        for (kind, subject) in subjects.byKind { data = data.replacing("\"@\(kind)\"", with: "\"\(subject)\"") }
        var subject = subjects.byKind[type.kind] ?? ""
        if type.isCreating {
            let hasGivenNames = Catalogue.current.kind(named: type.kind)?.hasGivenNames ?? false
            let given = type.kind == "device" ? "proef\(100 + id)" : "\(id)"
            subject = "\(type.kind)/\(hasGivenNames ? given : "\(device.id)-\(id)")"
        } else if type.kind == "member" || type.kind == "device" {
            let victim = try await rig.enrol(sequencer, as: .recorder)
            subject = type.kind == "member" ? victim.member.rawValue : victim.device.rawValue
        }
        let draft = Draft(id: id, type: type.name, subject: subject, data: data)
        let line = draft.line(of: device, seeing: sequencer.head.size)
        return type.hasPersonalFields ? line.dropLast() + #","salt":"AAAAAAAAAAAAAAAAAAAAAA"}"# : line
    }

    /// One subject of each kind.
    private struct Subjects {
        var byKind: [String: String] = [:]

        static func make(_ sequencer: Sequencer, _ rig: SequencerRig) async throws -> Subjects {
            let maker = try await rig.enrol(sequencer, as: .admin)
            var subjects = Subjects(byKind: ["member": maker.member.rawValue, "device": maker.device.rawValue])
            let creating = Catalogue.current.types.filter { $0.isCreating && !["member", "device"].contains($0.kind) }
            for (number, type) in creating.enumerated() {
                let isNamed = Catalogue.current.kind(named: type.kind)?.hasGivenNames ?? false
                let subject = isNamed ? "\(type.kind)/0" : "\(type.kind)/\(maker.device.id)-\(number + 1)"
                var data = try #require(SequencerRoleTests.data[type.name])
                for (kind, known) in subjects.byKind { data = data.replacing("\"@\(kind)\"", with: "\"\(known)\"") }
                subjects.byKind[type.kind] = subject
                var line = Draft(id: number + 1, type: type.name, subject: subject, data: data).line(of: maker.device)
                if type.writers.role == nil {
                    let outcome = try await sequencer.record(type: type.name, subject: subject, data: data)
                    #expect(outcome.accepted.count == 1)
                    continue
                }
                if type.hasPersonalFields { line = line.dropLast() + #","salt":"AAAAAAAAAAAAAAAAAAAAAA"}"# }
                let outcome = try await sequencer.push(lines: [line], by: maker.device)
                #expect(outcome.accepted.count == 1, "\(type.name): \(outcome.rejected.map(\.problem.detail))")
            }
            return subjects
        }
    }
}
