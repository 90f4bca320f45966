import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Who may do what, by the log's order and by what its authors had seen")
struct MemberRightsTests {
    private let rig: SequencerRig
    private let sequencer: Sequencer

    init() throws {
        rig = try SequencerRig()
        sequencer = try rig.start()
    }

    private func draft(_ id: Int, _ type: String, _ member: MemberID, _ data: String, basis: LogSize? = nil) -> Draft {
        Draft(id: id, type: type, subject: member.rawValue, data: data, basis: basis?.rawValue)
    }

    /// Holds what the documents say against what going through the entries in order makes of them, at every size.
    private func expectOneTruth(_ what: String) throws {
        var check = EntryCheck()
        var replay = AccessReplay()
        var state = State()
        for entry in try rig.entries() {
            try Array(entry.utf8).lend { (bytes: UnsafeBufferPointer<UInt8>) throws in
                try replay.take(check.take(bytes))
                try state.fold(entry: bytes)
            }
            for (name, member) in replay.members {
                let bytes = try #require(state.document(of: name.rawValue))
                let document = try JSONValue(parsing: bytes)
                #expect(document["role"]?.text == member.role.rawValue, "\(name) at \(state.size), \(what)")
                #expect((document["active"]?.bool ?? true) == member.isActive, "\(name) at \(state.size), \(what)")
            }
        }
        #expect(state.conflicts.isEmpty, "\(what)")
        #expect(sequencer.access.members == replay.members, "\(what)")
    }

    @Test(
        "Whatever several admins decide of the same members, the server's access is what the documents say",
        arguments: 1...25 as ClosedRange<UInt64>
    )
    func property(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var devices: [DeviceID] = []
        var members: [String] = []
        for role in [Role.admin, .admin, .admin, .editor, .recorder] {
            let enrolled = try await rig.enrol(sequencer, as: role)
            devices.append(enrolled.device)
            members.append(enrolled.member.rawValue)
        }
        var counters: [DeviceID: Int] = [:]
        var (accepted, unseen) = (0, 0)
        for round in 0..<60 {
            let size = sequencer.head.size.rawValue
            var pushes: [(device: DeviceID, lines: [String])] = []
            for device in devices.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)) {
                let lines = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    counters[device, default: 0] += 1
                    let id = counters[device, default: 0]
                    if Int.random(in: 0..<8, using: &random) == 0 { members.append("member/\(device.id)-\(id)") }
                    return Self.line(id, by: device, about: members, size: size, &random)
                }
                pushes.append((device, lines))
            }
            // Those that are there at once come into one commit.
            let outcomes = await withTaskGroup(of: PushOutcome?.self) { group in
                for push in pushes {
                    group.addTask { [sequencer] in try? await sequencer.push(lines: push.lines, by: push.device) }
                }
                var outcomes: [PushOutcome] = []
                for await outcome in group { if let outcome { outcomes.append(outcome) } }
                return outcomes
            }
            accepted += outcomes.reduce(0) { $0 + $1.accepted.reduce(0) { $0 + $1.count } }
            unseen += outcomes.flatMap(\.rejected).count { $0.problem.detail.contains("had not seen it") }
            if round % 4 == 3 {
                let member = members[Int.random(in: 0..<5, using: &random)]
                let data = #"{"role":"admin","active":true}"#
                _ = try await sequencer.record(type: "member.granted", subject: member, data: data)
            }
        }
        try expectOneTruth("seed \(seed)")
        #expect(try rig.store.access() == sequencer.access)
        #expect(accepted > 5 && unseen > 0, "seed \(seed): \(accepted) accepted, \(unseen) refused")
    }

    /// An event about rights, by somebody who has synced just now, or a while ago.
    private static func line(
        _ id: Int,
        by device: DeviceID,
        about members: [String],
        size: Int,
        _ random: inout SplitMix64
    ) -> String {
        let role = [Role.admin, .admin, .editor, .recorder, .auditor].randomElement(using: &random)!.rawValue
        let own = "member/\(device.id)-\(id)"
        let basis = Bool.random(using: &random) ? size : Int.random(in: 0...size, using: &random)
        if members.last == own {
            let data = #"{"name":"Verzonnen","role":"\#(role)"}"#
            let line = Draft(id: id, type: "member.joined", subject: own, data: data, basis: basis).line(of: device)
            return #"\#(line.dropLast()),"salt":"AAAAAAAAAAAAAAAAAAAAAA"}"#
        }
        let (type, data) = [
            ("member.granted", #"{"role":"\#(role)"}"#), ("member.granted", #"{"role":"\#(role)","active":true}"#),
            ("member.left", #"{"active":false}"#),
        ].randomElement(using: &random)!
        let member = members.randomElement(using: &random)!
        return Draft(id: id, type: type, subject: member, data: data, basis: basis).line(of: device)
    }

    @Test("What is set of a member without having seen what another set is refused, and taken from who has seen it")
    func unseen() async throws {
        let first = try await rig.enrol(sequencer, as: .admin).device
        let second = try await rig.enrol(sequencer, as: .admin).device
        let other = try await rig.enrol(sequencer, as: .recorder)
        let basis = sequencer.head.size
        let auditor = draft(1, "member.granted", other.member, #"{"role":"auditor"}"#)
        let taken = try await sequencer.push([auditor], by: first)
        let position = try #require(taken.accepted.first).position
        let editor = draft(1, "member.granted", other.member, #"{"role":"editor"}"#, basis: basis)
        let refused = try await sequencer.push([editor], by: second)
        #expect(refused.problems == [.notAllowed])
        let detail = try #require(refused.rejected.first).problem.detail
        #expect(detail.contains("entry/\(position)") && detail.contains(other.member.rawValue))
        #expect(sequencer.access.role(ofDevice: other.device) == .auditor)
        // Its own it has seen, whatever its basis says; the access is something else than the role.
        let own = [
            draft(2, "member.granted", other.member, #"{"role":"recorder"}"#, basis: basis),
            draft(3, "member.left", other.member, #"{"active":false}"#, basis: basis),
        ]
        #expect(try await sequencer.push(own, by: first).rejected.isEmpty)
        let back = #"{"role":"editor","active":true}"#
        let size = sequencer.head.size
        for (id, basis, isTaken) in [(2, size - 1, false), (3, size, true)] {
            let event = draft(id, "member.granted", other.member, back, basis: basis)
            let outcome = try await sequencer.push([event], by: second)
            #expect(outcome.rejected.isEmpty == isTaken, "\(basis) of \(size)")
        }
        #expect(sequencer.access.role(ofDevice: other.device) == .editor)
        try expectOneTruth("decided one by one")
    }

    @Test("Of two pushes in one commit the later one has not seen the earlier one")
    func inOneCommit() async throws {
        let first = try await rig.enrol(sequencer, as: .admin).device
        let second = try await rig.enrol(sequencer, as: .admin).device
        let other = try await rig.enrol(sequencer, as: .recorder).member
        let tip = try LogTip(of: rig.store, verifier: rig.key.verifier)
        let budget = RejectionBudget(bytesPerDay: 1 << 20, now: rig.environment.elapsed)
        var cache = WriterCache(store: rig.store, at: tip.head.size, budget: budget)
        var batch = Batch(base: tip, now: rig.environment.now())
        func take(_ data: String, by device: DeviceID) throws -> PushVerdicts {
            let event = draft(1, "member.granted", other, data, basis: tip.head.size)
            let push = try Push(source: EventSource(device), body: Array(event.line(of: device).utf8))
            return try PushSequencing.take(push, into: &batch, cache: &cache)
        }
        let earlier = try take(#"{"role":"auditor"}"#, by: first)
        let later = try take(#"{"role":"editor"}"#, by: second)
        #expect(earlier.rejected.isEmpty)
        #expect(later.rejected.map(\.problem.code) == [.notAllowed])
        #expect(batch.access.members[other]?.role == .auditor)
    }

    @Test("Who has left does not come back by the erasing of a name that somebody records who has not seen it")
    func erased() async throws {
        let first = try await rig.enrol(sequencer, as: .admin).device
        let second = try await rig.enrol(sequencer, as: .admin).device
        let other = try await rig.enrol(sequencer, as: .recorder)
        let basis = sequencer.head.size
        let left = draft(1, "member.left", other.member, #"{"active":false}"#)
        #expect(try await sequencer.push([left], by: first).rejected.isEmpty)
        let redaction = Draft(
            id: 2,
            type: "entry.redacted",
            subject: "entry/\(basis - 2)",
            data: #"{"reason":"Verzonnen verzoek","redacted":true}"#,
            basis: basis.rawValue
        )
        let standing = draft(1, "member.granted", other.member, #"{"role":"recorder","active":true}"#, basis: basis)
        let outcome = try await sequencer.push([standing, redaction], by: second)
        #expect(outcome.problems == [.notAllowed] && outcome.accepted.count == 1)
        #expect(sequencer.access.role(ofDevice: other.device) == nil)
        _ = try LogStoreCheck(rig.store).run()
        // The entries alone say that much too, and what is set by who has seen them counts.
        var replay = AccessReplay()
        var check = EntryCheck()
        for entry in try rig.entries() { try Array(entry.utf8).lend { try replay.take(check.take($0)) } }
        #expect(replay.members[other.member]?.isActive == false)
        let again = draft(3, "member.granted", other.member, #"{"role":"editor","active":true}"#)
        #expect(try await sequencer.push([again], by: second).rejected.isEmpty)
        #expect(sequencer.access.role(ofDevice: other.device) == .editor)
        _ = try LogStoreCheck(rig.store).run()
    }

    @Test("Whether a member takes part is not taken back by null: documents would say that one who left is there")
    func null() async throws {
        let admin = try await rig.enrol(sequencer, as: .admin).device
        let other = try await rig.enrol(sequencer, as: .recorder).member
        let granted = draft(1, "member.granted", other, #"{"role":"editor","active":null}"#)
        #expect(try await sequencer.push([granted], by: admin).problems == [.invalidData])
    }

    @Test("A tombstone of a joining leaves a member who takes part, once a role is set anew")
    func grantedAfterErasing() throws {
        var access = Access()
        let member: MemberID = "member/verzonnen"
        let granted = AccessEvent.granted(role: .editor, isActive: nil)
        access.apply(try #require(granted.change(of: member.rawValue, in: access)))
        #expect(access.members[member] == Access.Member(role: .editor, isActive: true))
    }
}
