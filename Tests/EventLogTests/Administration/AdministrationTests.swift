import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

/// One set of rules, whoever administers: an admin's device through the server, or the holder of the key beside it.
@Suite("Administration")
struct AdministrationTests {
    enum Hand: CaseIterable, Sendable { case device, keyHolder }

    private let rig: SequencerRig
    private let sequencer: Sequencer
    private let admin: Enrolled
    private let other: Enrolled

    init() async throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
        admin = try await rig.enrol(sequencer, as: .admin)
        other = try await rig.enrol(sequencer, as: .recorder)
    }

    private func administration(_ hand: Hand) -> Administration {
        let right = WriteRight(token: Hash.sha256(Array(admin.token.utf8)), role: .admin)
        let who: Administration.Admin =
            switch hand {
            case .device: .device(admin.device, right, over: sequencer, at: nil)
            case .keyHolder: .keyHolder(rig.key, SeenInMemory())
            }
        return Administration(of: rig.store, by: who, environment: rig.environment)
    }

    /// Expects that a call is refused with this code and changes nothing.
    private func expectRefused(
        _ code: AdministrationError.Code,
        _ body: () async throws -> Void,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let (size, access) = (try rig.store.head().size, try rig.store.access())
        let error = await #expect(throws: AdministrationError.self, sourceLocation: location) { try await body() }
        #expect(error?.code == code, sourceLocation: location)
        #expect(try rig.store.head().size == size, sourceLocation: location)
        #expect(try rig.store.access() == access, sourceLocation: location)
    }

    @Test("An invite lets one laptop in, and says who made it", arguments: Hand.allCases)
    func inviting(hand: Hand) async throws {
        let administration = administration(hand)
        let made = try await administration.invite(.editor, days: 3)
        #expect(made.invite.device == (hand == .device ? admin.device : nil))
        #expect(made.invite.expires.millisecondsSince1970 == rig.clock.withLock { $0 } + 3 * 86_400_000)
        #expect(try administration.openInvites() == [made.invite])
        let enrolment = Enrolment(invite: made.code, memberName: "Deelnemer", deviceName: "Laptop", key: nil)
        #expect(try await sequencer.enrol(enrolment).role == .editor)
        #expect(try administration.openInvites().isEmpty)
    }

    @Test("An invite for another laptop of a member keeps their role", arguments: Hand.allCases)
    func invitingMember(hand: Hand) async throws {
        let administration = administration(hand)
        let made = try await administration.invite(nil, member: other.member)
        #expect(made.invite.role == .recorder && made.invite.member == other.member)
        try await administration.remove(other.member)
        await sequencer.refresh(isUrgent: true)
        try await expectRefused(.unknownMember) { _ = try await administration.invite(nil, member: other.member) }
    }

    @Test("What there is not cannot be administered", arguments: Hand.allCases)
    func unknown(hand: Hand) async throws {
        let administration = administration(hand)
        for days in [-1, 0, 91] {
            try await expectRefused(.invalidDays) { _ = try await administration.invite(.admin, days: days) }
        }
        try await expectRefused(.unknownMember) {
            _ = try await administration.invite(.admin, member: "member/zzzzzz")
        }
        try await expectRefused(.unknownMember) { _ = try await administration.invite(nil) }
        try await expectRefused(.unknownDevice) { try await administration.revoke("device/zzzzzz") }
        try await expectRefused(.unknownInvite) { try administration.withdrawInvite("0123456789abcdef") }
        #expect(try administration.openInvites().isEmpty)
    }

    @Test("An invite that is taken back lets nobody in", arguments: Hand.allCases)
    func withdrawing(hand: Hand) async throws {
        let administration = administration(hand)
        let made = try await administration.invite(.admin)
        try administration.withdrawInvite(made.invite.id)
        try await expectRefused(.unknownInvite) { try administration.withdrawInvite(made.invite.id) }
        let enrolment = Enrolment(invite: made.code, memberName: "Deelnemer", deviceName: "Laptop", key: nil)
        await #expect(throws: EnrolmentError.self) { try await sequencer.enrol(enrolment) }
    }

    @Test("A device is revoked once, whoever asks again", arguments: Hand.allCases)
    func revoking(hand: Hand) async throws {
        let administration = administration(hand)
        try await administration.revoke(other.device)
        await sequencer.refresh(isUrgent: true)
        let size = sequencer.head.size
        try await administration.revoke(other.device)
        #expect(try rig.store.head().size == size)
        #expect(sequencer.access.role(ofDevice: other.device) == nil)
    }

    @Test("A member who has left takes part again with the role that is given", arguments: Hand.allCases)
    func granting(hand: Hand) async throws {
        let administration = administration(hand)
        try await administration.grant(.auditor, to: other.member)
        await sequencer.refresh(isUrgent: true)
        #expect(sequencer.access.role(ofDevice: other.device) == .auditor)
        #expect(try rig.entries().last?.contains(#""data":{"role":"auditor"}"#) == true)
        try await administration.remove(other.member)
        await sequencer.refresh(isUrgent: true)
        #expect(sequencer.access.role(ofDevice: other.device) == nil)
        try await administration.grant(.editor, to: other.member)
        await sequencer.refresh(isUrgent: true)
        #expect(sequencer.access.role(ofDevice: other.device) == .editor)
        try rig.checkTree()
    }

    @Test("The last admin stays, and what is refused is said", arguments: Hand.allCases)
    func lastAdmin(hand: Hand) async throws {
        let administration = administration(hand)
        await #expect(throws: EventProblem.self) { try await administration.remove(admin.member) }
        await #expect(throws: EventProblem.self) { try await administration.grant(.editor, to: admin.member) }
        #expect(try rig.store.access().role(ofDevice: admin.device) == .admin)
    }

    @Test("A device whose member is no admin any more administers nothing")
    func demoted() async throws {
        let administration = administration(.device)
        let second = try await rig.enrol(sequencer, as: .admin)
        let data = #"{"role":"recorder"}"#
        _ = try await sequencer.record(type: "member.granted", subject: admin.member.rawValue, data: data)
        await #expect(throws: PushError.self) { try await administration.invite(.admin) }
        await #expect(throws: PushError.self) { try await administration.revoke(second.device) }
        await #expect(throws: PushError.self) { try await administration.remove(second.member) }
        #expect(try administration.openInvites().isEmpty)
    }

    @Test("Founding an agenda escapes its title")
    func founding() async throws {
        let title = "Drente \"en\" \\ verder\u{7}"
        try await administration(.keyHolder).found("proef", title: title)
        let last = try #require(try rig.entries().last)
        #expect(last.contains(#""data":{"title":"Drente \"en\" \\ verder\u0007"}"#))
    }
}
