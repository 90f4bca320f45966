import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

@Suite("Devices that continue others, and tokens")
struct SequencerDeviceTests {
    let rig: SequencerRig
    let sequencer: Sequencer

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    private func goOn(from device: DeviceID) async throws -> Enrolled {
        try await sequencer.enrol(Enrolment(.continuing(device), deviceName: "Laptop", key: nil))
    }

    private func refusal(_ body: () async throws -> some Sendable) async -> EnrolmentError.Code? {
        do { _ = try await body() } catch { return (error as? EnrolmentError)?.code }
        return nil
    }

    private func hash(_ token: String) -> Hash { Hash.sha256(Array(token.utf8)) }

    private func isGood(_ token: String) -> Bool {
        sequencer.access.tokens[hash(token)].flatMap { sequencer.access.role(ofDevice: $0) } != nil
    }

    @Test("A device goes on as another one of the same member, which the log says")
    func goingOn() async throws {
        let first = try await rig.enrol(sequencer, as: .editor)
        let second = try await goOn(from: first.device)
        #expect(second.member == first.member && second.role == .editor)
        #expect(second.device != first.device && second.token != first.token)
        let entry = try #require(try rig.entries().last)
        #expect(entry.contains(#""continues":"\#(first.device)""#) && entry.contains(#""source":"server""#))
        #expect(sequencer.access.devices[second.device]?.continues == first.device)
        #expect(try rig.store.access() == sequencer.access)
        for device in [first.device, second.device] {
            #expect(try await sequencer.push([.start(1, by: device)], by: device).accepted.count == 1)
        }
    }

    @Test("Who is unknown, revoked or has left cannot go on")
    func withoutAccess() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin)
        let other = try await rig.enrol(sequencer, as: .recorder)
        #expect(await refusal { try await goOn(from: "device/zzzzzz") } == .revoked)
        let left = Draft(id: 1, type: "member.left", subject: other.member.rawValue, data: #"{"active":false}"#)
        _ = try await sequencer.push([left], by: admin.device)
        #expect(await refusal { try await goOn(from: other.device) } == .revoked)
        _ = try await rig.enrol(sequencer, as: .admin)
        _ = try await sequencer.record(
            type: "device.revoked",
            subject: admin.device.rawValue,
            data: #"{"revoked":true}"#
        )
        #expect(await refusal { try await goOn(from: admin.device) } == .revoked)
    }

    @Test("Revoking a device revokes all that continue it, in one commit", arguments: [true, false])
    func chain(byServer: Bool) async throws {
        let admin = try await rig.enrol(sequencer, as: .admin)
        let first = try await rig.enrol(sequencer, as: .recorder)
        let second = try await goOn(from: first.device)
        let third = try await goOn(from: second.device)
        let branch = try await goOn(from: first.device)
        let other = try await rig.enrol(sequencer, as: .recorder, member: first.member)
        let before = sequencer.head.size.rawValue
        let data = #"{"revoked":true}"#
        if byServer {
            _ = try await sequencer.record(type: "device.revoked", subject: first.device.rawValue, data: data)
        } else {
            let draft = Draft(id: 1, type: "device.revoked", subject: first.device.rawValue, data: data)
            #expect(try await sequencer.push([draft], by: admin.device).accepted.count == 1)
        }
        let entries = try rig.entries()[before...]
        #expect(entries.count == 4 && entries.allSatisfy { $0.contains("device.revoked") })
        #expect(Set(entries.map { $0.suffix(39) }).count == 1, "one commit has one recorded time")
        for device in [first, second, third, branch] {
            #expect(sequencer.access.role(ofDevice: device.device) == nil)
            #expect(entries.count { $0.contains(#""subject":"\#(device.device)""#) } == 1)
        }
        #expect(sequencer.access.role(ofDevice: other.device) == .recorder)
        #expect(sequencer.access.role(ofDevice: admin.device) == .admin)
        #expect(try rig.start().access == sequencer.access)
        _ = try await sequencer.record(type: "device.revoked", subject: second.device.rawValue, data: data)
        #expect(sequencer.head.size.rawValue == before + 5, "what is revoked already is not revoked once more")
    }

    @Test("A device that goes on while its former self is revoked has no access afterwards")
    func racing() async throws {
        for _ in 0..<20 {
            let first = try await rig.enrol(sequencer, as: .recorder)
            async let revoked = sequencer.record(
                type: "device.revoked",
                subject: first.device.rawValue,
                data: #"{"revoked":true}"#
            )
            async let next = goOn(from: first.device)
            _ = try await revoked
            if let next = try? await next { #expect(sequencer.access.role(ofDevice: next.device) == nil) }
        }
    }

    @Test("Whoever has a token can make so many devices with it and no more")
    func bounded() async throws {
        var last = try await rig.enrol(sequencer, as: .recorder)
        let first = last.device
        for _ in 0..<Access.maximumContinuations { last = try await goOn(from: last.device) }
        let size = sequencer.head.size
        for device in [first, last.device] {
            #expect(await refusal { try await goOn(from: device) } == .tooManyDevices)
        }
        #expect(sequencer.head.size == size)
        _ = try await sequencer.record(
            type: "device.revoked",
            subject: last.device.rawValue,
            data: #"{"revoked":true}"#
        )
        #expect(await refusal { try await goOn(from: first) } == nil)
        #expect(await refusal { try await rig.enrol(sequencer, as: .recorder) } == nil)
    }

    @Test("A device has two good tokens at most, and ends the others itself")
    func tokens() async throws {
        let enrolled = try await rig.enrol(sequencer, as: .recorder)
        let size = sequencer.head.size
        let lost = try await sequencer.renewToken(hash(enrolled.token))
        let second = try await sequencer.renewToken(hash(enrolled.token))
        #expect(Set([enrolled.token, lost, second]).count == 3)
        #expect(isGood(enrolled.token) && isGood(second) && !isGood(lost))
        let third = try await sequencer.renewToken(hash(second))
        #expect(isGood(second) && isGood(third) && !isGood(enrolled.token))
        #expect(await refusal { try await sequencer.renewToken(hash(enrolled.token)) } == .revoked)
        try await sequencer.endTokens(except: hash(third))
        try await sequencer.endTokens(except: hash(third))
        #expect(isGood(third) && !isGood(second))
        #expect(sequencer.access.tokens.count == 1)
        #expect(sequencer.head.size == size)
        #expect(try rig.start().access == sequencer.access)
    }

    @Test("An unknown outcome leaves the token that asked for another good", arguments: [true, false])
    func unknownOutcome(isApplied: Bool) async throws {
        let enrolled = try await rig.enrol(sequencer, as: .recorder)
        rig.store.onAppend { number, append in
            if number > 0 { return try append() }
            if isApplied { _ = try append() }
            throw LogError(.inputOutput, "as planned")
        }
        let next = try await sequencer.renewToken(hash(enrolled.token))
        #expect(isGood(enrolled.token) && isGood(next))
        #expect(try rig.store.access().tokens.count == 2)
        #expect(try rig.store.access() == sequencer.access)
    }

    @Test("What another process changes of the access is noticed, with and without entries")
    func otherWriter() async throws {
        let enrolled = try await rig.enrol(sequencer, as: .recorder)
        let other = try rig.start()
        try await other.endTokens(except: hash(try await other.renewToken(hash(enrolled.token))))
        try rig.store.open(to: .public)
        #expect(isGood(enrolled.token) && sequencer.access.openness == .members)
        await sequencer.refresh(isUrgent: true)
        #expect(!isGood(enrolled.token) && sequencer.access.openness == .public)
        #expect(try rig.store.access() == sequencer.access)
    }

    @Test("The last admin can be neither let go nor given another role")
    func lastAdmin() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin)
        let other = try await rig.enrol(sequencer, as: .recorder)
        func push(_ id: Int, _ type: String, _ subject: String, _ data: String) async throws -> PushOutcome {
            try await sequencer.push([Draft(id: id, type: type, subject: subject, data: data)], by: admin.device)
        }
        for (id, type, data) in [
            (1, "member.left", #"{"active":false}"#), (2, "member.granted", #"{"role":"editor"}"#),
        ] {
            let outcome = try await push(id, type, admin.member.rawValue, data)
            #expect(outcome.problems == [.notAllowed])
            #expect(outcome.rejected.first?.problem.detail.contains("only admin") == true)
        }
        #expect(try await push(3, "member.granted", admin.member.rawValue, #"{"role":"admin"}"#).problems.isEmpty)
        #expect(try await push(4, "member.granted", other.member.rawValue, #"{"role":"admin"}"#).problems.isEmpty)
        #expect(try await push(5, "member.left", admin.member.rawValue, #"{"active":false}"#).problems.isEmpty)
        let left = try await sequencer.record(
            type: "member.left",
            subject: other.member.rawValue,
            data: #"{"active":false}"#
        )
        #expect(left.problems == [.notAllowed], "nor by the server itself")
        #expect(sequencer.access.role(ofDevice: other.device) == .admin)
    }

    @Test("Nor can the last admin's last device be revoked, at once or along with the one that it continues")
    func lastDevice() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin)
        func revoke(_ id: Int, _ device: DeviceID, by author: DeviceID) async throws -> PushOutcome {
            try await sequencer.push(
                [Draft(id: id, type: "device.revoked", subject: device.rawValue, data: #"{"revoked":true}"#)],
                by: author
            )
        }
        #expect(try await revoke(1, admin.device, by: admin.device).problems == [.notAllowed])
        // One who has the role and no device does not count.
        let joined = Draft(
            id: 2,
            type: "member.joined",
            subject: "member/zonderapparaat",
            data: #"{"name":"Verzonnen","role":"admin"}"#
        )
        let line = joined.line(of: admin.device).dropLast() + #","salt":"AAAAAAAAAAAAAAAAAAAAAA"}"#
        #expect(try await sequencer.push(lines: [String(line)], by: admin.device).accepted.count == 1)
        #expect(try await revoke(3, admin.device, by: admin.device).problems == [.notAllowed])
        // Nor does a device that has no token, as after an import.
        let ghost = try await sequencer.record(
            type: "device.enrolled",
            subject: "device/zondertoken",
            data: #"{"member":"\#(admin.member)"}"#
        )
        #expect(ghost.accepted.count == 1)
        #expect(try await revoke(4, admin.device, by: admin.device).problems == [.notAllowed])
        let next = try await sequencer.enrol(Enrolment(.continuing(admin.device), deviceName: "laptop", key: nil))
        #expect(
            try await revoke(1, admin.device, by: next.device).problems == [.notAllowed],
            "the next one would go too"
        )
        let recorded = try await sequencer.record(
            type: "device.revoked",
            subject: admin.device.rawValue,
            data: #"{"revoked":true}"#
        )
        #expect(recorded.problems == [.notAllowed], "nor by the server itself")
        let other = try await rig.enrol(sequencer, as: .admin, member: admin.member)
        #expect(try await revoke(2, admin.device, by: next.device).accepted.count == 1)
        #expect(sequencer.access.role(ofDevice: next.device) == nil)
        #expect(sequencer.access.role(ofDevice: other.device) == .admin)
    }

    @Test(
        "After an event that takes away the author's own right, nothing more of the same push counts",
        arguments: [
            ("member.granted", #"{"role":"auditor"}"#), ("member.granted", #"{"role":"recorder"}"#),
            ("member.left", #"{"active":false}"#), ("device.revoked", #"{"revoked":true}"#),
        ]
    )
    func ownRight(_ type: String, _ data: String) async throws {
        _ = try await rig.enrol(sequencer, as: .admin)
        let leaving = try await rig.enrol(sequencer, as: .admin)
        let subject = type.hasPrefix("member") ? leaving.member.rawValue : leaving.device.rawValue
        let outcome = try await sequencer.push(
            [
                Draft(id: 1, type: "theme.opened", subject: "theme/\(leaving.device.id)-1", data: #"{"title":"A"}"#),
                Draft(id: 2, type: type, subject: subject, data: data),
                Draft(id: 3, type: "theme.opened", subject: "theme/\(leaving.device.id)-3", data: #"{"title":"B"}"#),
            ],
            by: leaving.device
        )
        #expect(outcome.accepted.count == 1 && outcome.accepted.first?.count == 2)
        #expect(outcome.problems == [.notAllowed])
    }

    @Test("Of two events in one push that would let both admins go, the second is refused")
    func lastAdminInOnePush() async throws {
        let first = try await rig.enrol(sequencer, as: .admin)
        let second = try await rig.enrol(sequencer, as: .admin)
        let drafts = [second, first].enumerated().map { index, admin in
            Draft(id: index + 1, type: "member.left", subject: admin.member.rawValue, data: #"{"active":false}"#)
        }
        let outcome = try await sequencer.push(drafts, by: first.device)
        #expect(outcome.accepted.count == 1 && outcome.problems == [.notAllowed])
        #expect(sequencer.access.role(ofDevice: first.device) == .admin)
    }

    @Test("An invite that is withdrawn while an enrolment is being written lets nobody in")
    func withdrawnMeanwhile() async throws {
        let code = try rig.invite(.admin)
        rig.store.onAppend { [store = rig.store] number, append in
            if number == 0 { _ = try store.withdrawInvite(hash: InviteCode.hash(code)) }
            return try append()
        }
        let enrolment = Enrolment(invite: code, memberName: "Deelnemer", deviceName: "Laptop", key: nil)
        #expect(await refusal { try await sequencer.enrol(enrolment) } == .unknownInvite)
        #expect(sequencer.head.size == .zero && sequencer.access.devices.isEmpty)
    }

    @Test("An invite stops to work at its moment")
    func expiry() async throws {
        let now = rig.clock.withLock { $0 }
        let code = try rig.invite(.recorder, expires: now + 1000)
        let enrolment = Enrolment(invite: code, memberName: "Deelnemer", deviceName: "Laptop", key: nil)
        rig.clock.withLock { $0 = now + 1000 }
        #expect(await refusal { try await sequencer.enrol(enrolment) } == .expiredInvite)
        rig.clock.withLock { $0 = now + 999 }
        #expect(await refusal { try await sequencer.enrol(enrolment) } == nil)
    }
}
