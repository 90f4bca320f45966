import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Signatures that devices push")
struct SequencerSignatureTests {
    let rig: SequencerRig
    let sequencer: Sequencer
    let key = DeviceKey.generate()
    let device: DeviceID

    init() async throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
        device = try await rig.enrol(sequencer, as: .recorder, key: key.publicKey).device
    }

    /// Entries of a device as they stand in the log.
    private func covered(_ device: DeviceID, _ counters: [Int]) throws -> CoveredEntries {
        var covered = CoveredEntries()
        for counter in counters {
            let run = try #require(try rig.store.run(of: EventSource(device), containing: Counter(counter)))
            let entry = try rig.store.entry(at: run.position(of: Counter(counter)))
            covered.add(Counter(counter), leaf: entry.lend { Merkle.leaf($0) })
        }
        return covered
    }

    private func signature(
        _ counters: [Int],
        of device: DeviceID? = nil,
        origin: String? = nil,
        by key: DeviceKey? = nil
    ) throws -> DeviceSignature {
        let device = device ?? self.device
        return try #require(
            DeviceSignature(
                on: try covered(device, counters),
                of: device,
                origin: origin ?? rig.key.origin,
                by: key ?? self.key
            )
        )
    }

    private func draft(_ id: Int, _ signature: DeviceSignature, of device: DeviceID? = nil) -> Draft {
        Draft(id: id, type: DeviceSignature.type, subject: (device ?? self.device).rawValue, data: signature.json)
    }

    private func record(_ counters: [Int]) async throws {
        let outcome = try await sequencer.push(counters.map { .start($0, by: device) }, by: device)
        #expect(outcome.accepted.reduce(0) { $0 + $1.last.rawValue - $1.first.rawValue + 1 } == counters.count)
    }

    private func expectRefused(
        _ draft: Draft,
        _ words: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let size = sequencer.head.size
        let outcome = try await sequencer.push([draft], by: device)
        #expect(outcome.problems == [.invalidSignature], sourceLocation: location)
        let detail = outcome.rejected.first?.problem.detail ?? ""
        #expect(detail.contains(words), "\(detail)", sourceLocation: location)
        #expect(sequencer.head.size == size, sourceLocation: location)
        #expect(sequencer.access.devices[device]?.signedThrough == Counter(0), sourceLocation: location)
    }

    private func checkLog(unsigned: [Int]) throws {
        var check = AuthorshipCheck(origin: rig.key.origin)
        var reader = EventReader()
        for (position, entry) in try rig.entries().enumerated() {
            let finding = try Array(entry.utf8).lend { bytes in
                let attributes = try reader.read(bytes, as: .entry)
                return check.look(at: bytes, attributes, leaf: Merkle.leaf(bytes), position: Position(position))
            }
            #expect(finding == nil)
        }
        #expect(check.unsigned.map(\.count) == unsigned)
    }

    @Test("A signature on what the log has is taken, and the next one goes on behind it")
    func good() async throws {
        try await record([1, 2, 3])
        let first = try signature([1, 2])
        try await record([5])
        // 3 and 5 came before the signature, and are not among what it covers.
        #expect(try await sequencer.push([draft(6, first)], by: device).accepted.count == 1)
        #expect(sequencer.access.devices[device]?.signedThrough == Counter(2))
        try await record([7])
        let second = try signature([3, 5])
        let third = try signature([7])
        let outcome = try await sequencer.push([draft(8, second), draft(9, third), .start(10, by: device)], by: device)
        #expect(outcome.accepted.count == 1 && outcome.rejected.isEmpty)
        #expect(try rig.store.access() == sequencer.access)
        #expect(sequencer.access.devices[device]?.signedThrough == Counter(7))
        try checkLog(unsigned: [1])
        // The same push again.
        let again = try await sequencer.push([draft(8, second), draft(9, third)], by: device)
        #expect(again.duplicate.count == 1 && again.rejected.isEmpty)
        let restarted = try rig.start()
        #expect(restarted.access.devices[device]?.signedThrough == Counter(7))
        let next = try await restarted.push([draft(11, try signature([10]))], by: device)
        #expect(next.accepted.count == 1)
        try checkLog(unsigned: [])
    }

    @Test("A signature by another key, on another log or on altered entries is refused")
    func forged() async throws {
        try await record([1, 2])
        let words = "did not sign these entries"
        try await expectRefused(draft(3, signature([1, 2], by: .generate())), words)
        try await expectRefused(draft(4, signature([1, 2], origin: "log.voorbeeld.nl/agendas/ander")), words)
        var altered = CoveredEntries()
        altered.add(Counter(1), leaf: Hash.sha256([1]))
        altered.add(Counter(2), leaf: Hash.sha256([2]))
        let wrong = try #require(DeviceSignature(on: altered, of: device, origin: rig.key.origin, by: key))
        try await expectRefused(draft(5, wrong), words)
    }

    @Test("A signature has to cover exactly what is not covered yet, and the refusal says what that is")
    func otherEntries() async throws {
        try await record([1, 2, 4])
        let words = "these are 2, with the ids 1 to 2"
        try await expectRefused(draft(5, signature([2])), words)
        try await expectRefused(draft(6, signature([2, 4])), "these are 3, with the ids 1 to 4")
        // The counter 3 was never used, 7 is not there yet.
        var beyond = try covered(device, [1, 2, 4])
        beyond.add(Counter(7), leaf: Hash.sha256([7]))
        let early = try #require(DeviceSignature(on: beyond, of: device, origin: rig.key.origin, by: key))
        try await expectRefused(draft(8, early), "these are 3, with the ids 1 to 4")
        let good = try signature([1, 2, 4])
        #expect(try await sequencer.push([draft(9, good)], by: device).accepted.count == 1)
        let replayed = try await sequencer.push([draft(10, good)], by: device)
        #expect(replayed.problems == [.invalidSignature], "what is covered is not covered again")
    }

    @Test("Two signatures on the same entries in one push: the second one is refused")
    func twice() async throws {
        try await record([1])
        let good = try signature([1])
        let outcome = try await sequencer.push([draft(2, good), draft(3, good)], by: device)
        #expect(outcome.accepted.count == 1 && outcome.problems == [.invalidSignature])
        try checkLog(unsigned: [])
    }

    @Test("Entries of the same push cannot be covered: nobody has seen them in the log")
    func samePush() async throws {
        var covered = CoveredEntries()
        covered.add(Counter(1), leaf: Hash.sha256([1]))
        let early = try #require(DeviceSignature(on: covered, of: device, origin: rig.key.origin, by: key))
        let outcome = try await sequencer.push([.start(1, by: device), draft(2, early)], by: device)
        #expect(outcome.accepted.count == 1 && outcome.problems == [.invalidSignature])
    }

    @Test("A device without a key does not sign, and nobody signs for another device")
    func withoutKey() async throws {
        try await record([1])
        let script = try await rig.enrol(sequencer, as: .recorder).device
        #expect(try await sequencer.push([.start(1, by: script)], by: script).accepted.count == 1)
        let own = draft(2, try signature([1], of: script), of: script)
        #expect(try await sequencer.push([own], by: script).problems == [.invalidSignature])
        let other = draft(3, try signature([1]))
        #expect(try await sequencer.push([other], by: script).problems == [.notAllowed])
        // The server's word for a signature that is none.
        let broken = Draft(
            id: 2,
            type: DeviceSignature.type,
            subject: device.rawValue,
            data: #"{"from":1,"through":1,"count":1,"signature":"AAAA"}"#
        )
        try await expectRefused(broken, "its data is not that of a signature")
    }

    @Test("A recorder who became an auditor signs what was recorded before")
    func auditor() async throws {
        try await record([1])
        let member = try #require(sequencer.access.devices[device]?.member)
        _ = try await sequencer.record(type: "member.granted", subject: member.rawValue, data: #"{"role":"auditor"}"#)
        #expect(try await sequencer.push([.start(2, by: device)], by: device).problems == [.notAllowed])
        #expect(try await sequencer.push([draft(3, signature([1]))], by: device).accepted.count == 1)
    }

    @Test("More than a thousand entries take several signatures")
    func many() async throws {
        try await record(Array(1...1500))
        let all = try covered(device, Array(1...1500))
        #expect(DeviceSignature(on: all, of: device, origin: rig.key.origin, by: key) == nil)
        let drafts = [draft(1501, try signature(Array(1...1000))), draft(1502, try signature(Array(1001...1500)))]
        #expect(try await sequencer.push(drafts, by: device).rejected.isEmpty)
        try checkLog(unsigned: [])
    }

    @Test("One push has a hundred signatures at most, good or bad: the rest is refused without a look")
    func manyInOnePush() async throws {
        try await record(Array(1...101))
        let bad = try draft(300, signature([1], by: .generate()))
        var drafts = try (1...99).map { draft(200 + $0, try signature([$0])) }
        drafts.append(bad)
        drafts.append(try draft(301, signature([100])))
        let outcome = try await sequencer.push(drafts, by: device)
        #expect(outcome.problems == [.invalidSignature, .invalidSignature])
        #expect(outcome.rejected.last?.problem.detail.contains("at most 100") == true)
        #expect(sequencer.access.devices[device]?.signedThrough == Counter(99))
        let next = try await sequencer.push([draft(400, try signature([100, 101]))], by: device)
        #expect(next.accepted.count == 1)
        try checkLog(unsigned: [])
    }

    @Test("A revoked device keeps how far it has signed")
    func revoked() async throws {
        try await record([1])
        _ = try await sequencer.push([draft(2, signature([1]))], by: device)
        _ = try await sequencer.record(type: "device.revoked", subject: device.rawValue, data: #"{"revoked":true}"#)
        #expect(sequencer.access.devices[device]?.signedThrough == Counter(1))
        #expect(try rig.store.access() == sequencer.access)
    }
}
