import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

@Suite("Enrolment and access")
struct SequencerAccessTests {
    let rig: SequencerRig
    let sequencer: Sequencer

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    private func enrol(
        _ code: String,
        name: String = "Deelnemer",
        device: String = "Laptop",
        key: [UInt8]? = nil
    ) async throws -> Enrolled {
        try await sequencer.enrol(Enrolment(invite: code, memberName: name, deviceName: device, key: key))
    }

    private func refusal(_ body: () async throws -> Enrolled) async -> EnrolmentError.Code? {
        do { _ = try await body() } catch { return (error as? EnrolmentError)?.code }
        return nil
    }

    @Test("An invite makes a member and a device, once, and keeps only hashes")
    func enrolling() async throws {
        let code = try rig.invite(.editor)
        let key = DeviceKey.generate().publicKey
        let enrolled = try await enrol(code, name: #"Aagje "Deken" \ €"#, key: key)
        #expect(enrolled.role == .editor)
        #expect(enrolled.device.rawValue.count == 15 && enrolled.member.rawValue.count == 15)
        #expect(enrolled.token.utf8.count == 43)
        let access = sequencer.access
        #expect(access.tokens[Hash.sha256(Array(enrolled.token.utf8))] == enrolled.device)
        #expect(access.devices[enrolled.device]?.key == key)
        #expect(access.members[enrolled.member] == Access.Member(role: .editor, isActive: true))
        #expect(try rig.store.access() == access)
        let entries = try rig.entries()
        #expect(entries.count == 2)
        #expect(entries[0].contains(#""name":"Aagje \"Deken\" \\ €""#) && entries[0].contains(#""salt":""#))
        #expect(!entries.joined().contains(enrolled.token) && !entries.joined().contains(code))
        #expect(await refusal { try await enrol(code) } == .usedInvite)
    }

    @Test("An invite for a member gives another device with the role that the member has")
    func secondDevice() async throws {
        let first = try await rig.enrol(sequencer, as: .recorder)
        let second = try await rig.enrol(sequencer, as: .admin, member: first.member)
        #expect(second.member == first.member && second.device != first.device)
        #expect(second.role == .recorder)
        #expect(try rig.entries().count == 3)
    }

    @Test("Unknown, expired and unusable enrolments are refused and store nothing")
    func refusals() async throws {
        #expect(await refusal { try await enrol("geraden") } == .unknownInvite)
        let expired = try rig.invite(.recorder, expires: 1_799_999_999_999)
        #expect(await refusal { try await enrol(expired) } == .expiredInvite)
        let code = try rig.invite(.recorder)
        for name in ["", "   ", "a\nb", String(repeating: "n", count: 201)] {
            #expect(await refusal { try await enrol(code, name: name) } == .invalid)
            #expect(await refusal { try await enrol(code, device: name) } == .invalid)
        }
        #expect(await refusal { try await enrol(code, key: [1, 2, 3]) } == .invalid)
        #expect(try rig.store.head().size == .zero)
        #expect(try rig.store.rejections(after: 0, limit: 10).isEmpty)
        #expect(await refusal { try await enrol(code) } == nil)
    }

    @Test("An admin's events change access with their own commit")
    func administration() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        let other = try await rig.enrol(sequencer, as: .recorder)
        func act(_ id: Int, _ type: String, _ subject: String, _ data: String) async throws {
            let draft = Draft(id: id, type: type, subject: subject, data: data)
            #expect(try await sequencer.push([draft], by: admin).accepted.count == 1)
        }
        try await act(1, "member.granted", other.member.rawValue, #"{"role":"editor"}"#)
        #expect(sequencer.access.role(ofDevice: other.device) == .editor)
        try await act(2, "member.left", other.member.rawValue, #"{"active":false}"#)
        #expect(sequencer.access.role(ofDevice: other.device) == nil)
        var error = await #expect(throws: PushError.self) {
            try await sequencer.push([.start(1, by: other.device)], by: other.device)
        }
        #expect(error?.code == .noRole)
        try await act(3, "member.granted", other.member.rawValue, #"{"role":"recorder","active":true}"#)
        #expect(try await sequencer.push([.start(1, by: other.device)], by: other.device).accepted.count == 1)
        try await act(4, "device.revoked", other.device.rawValue, #"{"revoked":true}"#)
        error = await #expect(throws: PushError.self) {
            try await sequencer.push([.start(2, by: other.device)], by: other.device)
        }
        #expect(error?.code == .revoked)
        #expect(sequencer.access == (try rig.store.access()))
        #expect(try rig.start().access == sequencer.access)
    }

    @Test("Given names can be taken once")
    func givenNames() async throws {
        let founded = try await sequencer.record(
            type: "agenda.founded",
            subject: "agenda/proef",
            data: #"{"title":"A"}"#
        )
        #expect(founded.accepted.count == 1)
        let again = try await sequencer.record(type: "agenda.founded", subject: "agenda/proef", data: #"{"title":"B"}"#)
        #expect(again.problems == [.wrongIdentity])
        let revised = try await sequencer.record(
            type: "agenda.revised",
            subject: "agenda/proef",
            data: #"{"title":"B"}"#
        )
        #expect(revised.accepted.map(\.first.rawValue) == [3])
    }

    @Test("Only entries that exist can be redacted")
    func redaction() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        func redact(_ id: Int, _ position: Int) -> Draft {
            Draft(
                id: id,
                type: "entry.redacted",
                subject: "entry/\(position)",
                data: #"{"redacted":true,"reason":"verzoek"}"#
            )
        }
        let outcome = try await sequencer.push([redact(1, 0), redact(2, 0), redact(3, 99)], by: admin)
        #expect(outcome.accepted.map(\.first.rawValue) == [1])
        #expect(outcome.problems == [.wrongIdentity, .unknownSubject])
    }
}
