import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

@Suite("An enrolment whose answer was lost")
struct SequencerRepeatedEnrolmentTests {
    private let rig: SequencerRig
    private let sequencer: Sequencer
    private let key = DeviceKey.generate()

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    private func enrol(_ code: String, by key: DeviceKey, proof: [UInt8]? = nil) async throws -> Enrolled {
        try await sequencer.enrol(
            Enrolment(
                .invite(code, memberName: "Verzonnen"),
                deviceName: "Laptop",
                key: key.publicKey,
                proof: proof ?? key.sign(Enrolment.proofMessage(invite: code))
            )
        )
    }

    private func refusal(_ body: () async throws -> Enrolled) async -> EnrolmentError.Code? {
        let error = await #expect(throws: EnrolmentError.self) { try await body() }
        return error?.code
    }

    private func isGood(_ enrolled: Enrolled) -> Bool {
        sequencer.access.tokens[Hash.sha256(Array(enrolled.token.utf8))] == enrolled.device
    }

    @Test("The same invite and key give the same device another token, and record nothing more")
    func again() async throws {
        let code = try rig.invite(.recorder)
        let first = try await enrol(code, by: key)
        let size = sequencer.head.size
        var last = first
        for _ in 0..<3 {
            let next = try await enrol(code, by: key)
            #expect(next.device == first.device && next.member == first.member && next.role == .recorder)
            #expect(isGood(next) && !isGood(last))
            last = next
        }
        #expect(sequencer.head.size == size)
        #expect(try rig.store.access() == sequencer.access)
        #expect(try await sequencer.push([.start(1, by: first.device)], by: first.device).accepted.count == 1)
    }

    @Test("Two at once get one device")
    func atOnce() async throws {
        let code = try rig.invite(.recorder)
        async let one = enrol(code, by: key)
        async let two = enrol(code, by: key)
        let (first, second) = try await (one, two)
        #expect(first.device == second.device)
        #expect(isGood(first) != isGood(second))
        #expect(sequencer.access.devices.count == 1)
    }

    @Test("Nobody else gets in with it: who has another key, or has only seen this one")
    func others() async throws {
        let code = try rig.invite(.recorder)
        let first = try await enrol(code, by: key)
        let other = DeviceKey.generate()
        #expect(await refusal { try await enrol(code, by: other) } == .usedInvite)
        let wrong: [[UInt8]] = [
            other.sign(Enrolment.proofMessage(invite: code)), key.sign(Enrolment.proofMessage(invite: "anders")),
            key.sign(Array(code.utf8)), [UInt8](repeating: 0, count: 64),
        ]
        for proof in wrong { #expect(await refusal { try await enrol(code, by: key, proof: proof) } == .usedInvite) }
        #expect(
            await refusal {
                try await sequencer.enrol(
                    Enrolment(invite: code, memberName: "Verzonnen", deviceName: "Laptop", key: key.publicKey)
                )
            } == .usedInvite
        )
        #expect(isGood(first) && sequencer.access.devices.count == 1)
    }

    @Test("Of invites with one key, each gives the device that it made, and no other", arguments: [0, 1])
    func severalInvites(milliseconds: Int) async throws {
        let member = try await rig.enrol(sequencer, as: .editor).member
        let codes = [try rig.invite(.recorder), try rig.invite(.admin), try rig.invite(.editor, member: member)]
        var made: [Enrolled] = []
        for code in codes {
            rig.clock.withLock { $0 += milliseconds }
            made.append(try await enrol(code, by: key))
        }
        #expect(Set(made.map(\.device)).count == 3 && made[2].member == member)
        for _ in 0..<3 {
            for (code, first) in zip(codes, made) {
                let again = try await enrol(code, by: key)
                #expect(again.device == first.device && again.member == first.member && again.role == first.role)
            }
        }
        #expect(sequencer.access.devices.count == 4)
    }

    @Test("So do two that are used at once")
    func twoAtOnce() async throws {
        let (one, two) = (try rig.invite(.recorder), try rig.invite(.admin))
        async let first = enrol(one, by: key)
        async let second = enrol(two, by: key)
        async let third = enrol(two, by: key)
        let made = try await [first, second, third]
        #expect(made.map(\.role) == [.recorder, .admin, .admin])
        #expect(made[0].device != made[1].device && made[1].device == made[2].device)
        #expect(try await enrol(one, by: key).device == made[0].device)
        #expect(try await enrol(two, by: key).device == made[1].device)
    }

    @Test("Where nothing tells two devices apart, neither is given")
    func alike() async throws {
        let codes = [try rig.invite(.recorder), try rig.invite(.recorder)]
        for code in codes { _ = try await enrol(code, by: key) }
        for code in codes { #expect(await refusal { try await enrol(code, by: key) } == .usedInvite) }
    }

    @Test("An invite gives no device that goes on from another one with the same key")
    func continued() async throws {
        let former = try await rig.enrol(sequencer, as: .recorder)
        let code = try rig.invite(.recorder, member: former.member)
        let made = try await enrol(code, by: key)
        let next = try await sequencer.enrol(
            Enrolment(
                .continuing(former.device),
                deviceName: "Laptop",
                key: key.publicKey,
                proof: key.sign(Enrolment.proofMessage(continuing: former.device))
            )
        )
        #expect(next.device != made.device)
        #expect(try await enrol(code, by: key).device == made.device)
        #expect(isGood(next))
    }

    @Test("Somebody else's used invite gives nobody another token for their own device")
    func invitesOfOthers() async throws {
        let own = try await enrol(try rig.invite(.recorder), by: key)
        rig.clock.withLock { $0 += 1 }
        let code = try rig.invite(.recorder)
        _ = try await enrol(code, by: DeviceKey.generate())
        #expect(await refusal { try await enrol(code, by: key) } == .usedInvite)
        #expect(isGood(own))
    }

    @Test("It ends with the invite, and with the device")
    func ended() async throws {
        _ = try await rig.enrol(sequencer, as: .admin)
        let code = try rig.invite(.recorder, expires: 1_800_000_100_000)
        let first = try await enrol(code, by: key)
        rig.clock.withLock { $0 = 1_800_000_100_000 }
        #expect(await refusal { try await enrol(code, by: key) } == .expiredInvite)
        let second = try rig.invite(.recorder)
        _ = try await sequencer.record(
            type: "device.revoked",
            subject: first.device.rawValue,
            data: #"{"revoked":true}"#
        )
        rig.clock.withLock { $0 = 1_800_000_050_000 }
        #expect(await refusal { try await enrol(code, by: key) } == .usedInvite)
        #expect(try await enrol(second, by: key).device != first.device)
    }
}
