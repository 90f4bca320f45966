import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("What a subject may hold")
struct SequencerWeightTests {
    /// So many heads of this text fit into a subject beside a title; not one more.
    private static let fitting = 20
    /// So many partners with this text fit into it.
    private static let fittingPartners = 15
    private static let text = String(repeating: "a", count: 50_000)

    let rig: SequencerRig

    init() throws { rig = try SequencerRig() }

    /// A sequencer that can ask what has been folded of subjects, here always all of the log.
    private func start() throws -> Sequencer {
        let sequencer = try rig.start()
        sequencer.weigh(with: SequencerRig.folded(of: rig.store))
        return sequencer
    }

    private func partner(_ id: Int, _ organisation: Int, of project: Draft, by device: DeviceID) -> Draft {
        Draft(
            id: id,
            type: "project.partner-joined",
            subject: project.subject,
            data: #"{"partners":{"organisation/\#(device.id)-\#(organisation)":"\#(Self.text)"}}"#
        )
    }

    /// A project and thirty organisations, with the counters 1 to 31.
    private func fill(_ sequencer: Sequencer, by device: DeviceID) async throws -> Draft {
        let project = Draft.start(1, by: device)
        let organisations = (2...31).map { id in
            Draft(
                id: id,
                type: "organisation.registered",
                subject: "organisation/\(device.id)-\(id)",
                data: #"{"name":"Verzonnen"}"#
            )
        }
        let outcome = try await sequencer.push([project] + organisations, by: device)
        #expect(outcome.rejected.isEmpty)
        return project
    }

    @Test(
        "Entries of a map end where the subject holds enough, in one push or many, also after a start",
        arguments: [false, true],
        [false, true]
    )
    func partners(areApart: Bool, isStartedAgain: Bool) async throws {
        var sequencer = try start()
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let project = try await fill(sequencer, by: device)
        if isStartedAgain { sequencer = try start() }
        let drafts = (2...31).map { partner($0 + 30, $0, of: project, by: device) }
        var problems: [EventProblem] = []
        for part in areApart ? drafts.map({ [$0] }) : [drafts] {
            problems += try await sequencer.push(part, by: device).rejected.map(\.problem)
        }
        #expect(problems.map(\.code) == Array(repeating: .tooLarge, count: 30 - Self.fittingPartners))
        #expect(problems.allSatisfy { $0.detail.contains("the lists of \(project.subject) would hold ") })
        // What is no list has room all the same.
        let title = Draft(id: 99, subject: project.subject, data: #"{"title":"Verzonnen","summary":"\#(Self.text)"}"#)
        #expect(try await sequencer.push([title], by: device).rejected.isEmpty)
        // What takes something away is taken, and makes room.
        let left = Draft(
            id: 100,
            type: "project.partner-left",
            subject: project.subject,
            data: #"{"partners":{"organisation/\#(device.id)-2":null}}"#
        )
        let outcome = try await sequencer.push([left, partner(101, 31, of: project, by: device)], by: device)
        #expect(outcome.rejected.isEmpty)
        let another = partner(102, 30, of: project, by: device)
        #expect(try await sequencer.push([another], by: device).problems == [.tooLarge])
    }

    @Test("Values in conflict end where the subject holds enough; whoever has seen them settles them")
    func heads() async throws {
        let sequencer = try start()
        let owner = try await rig.enrol(sequencer, as: .recorder).device
        let project = try await fill(sequencer, by: owner)
        var problems: [EventProblem.Code] = []
        for _ in 0..<25 {
            let device = try await rig.enrol(sequencer, as: .recorder).device
            let draft = Draft(id: 1, subject: project.subject, data: #"{"summary":"\#(Self.text)"}"#)
            problems += try await sequencer.push([draft], by: device).problems
        }
        #expect(problems == Array(repeating: .tooLarge, count: 25 - Self.fitting))
        let settling = Draft(
            id: 50,
            subject: project.subject,
            data: #"{"summary":"\#(Self.text)"}"#,
            basis: sequencer.head.size.rawValue
        )
        #expect(try await sequencer.push([settling], by: owner).rejected.isEmpty)
    }

    @Test("What replaces what was there goes on for ever")
    func revisions() async throws {
        let sequencer = try start()
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let project = try await fill(sequencer, by: device)
        for first in [100, 200, 300] {
            let drafts = (first..<first + 30).map { id in
                Draft(id: id, subject: project.subject, data: #"{"summary":"\#(id) \#(Self.text)"}"#)
            }
            #expect(try await sequencer.push(drafts, by: device).rejected.isEmpty)
        }
    }

    @Test("A subject that comes into being with the push is held to the same")
    func inOnePush() async throws {
        let sequencer = try start()
        let device = try await rig.enrol(sequencer, as: .recorder).device
        _ = try await fill(sequencer, by: device)
        let other = Draft.start(40, by: device)
        let drafts = [other] + (2...31).map { partner($0 + 60, $0, of: other, by: device) }
        let outcome = try await sequencer.push(drafts, by: device)
        #expect(outcome.problems == Array(repeating: .tooLarge, count: 30 - Self.fittingPartners))
    }

    @Test("What has been added since is told of what is forgotten too, as long as nothing later is")
    func added() throws {
        let tip = try LogTip(of: rig.store, verifier: rig.key.verifier)
        var cache = WeightCache()
        func learn(_ added: [String: Int], weighed: Int? = nil) {
            var batch = Batch(base: tip, now: rig.environment.now())
            for (name, bytes) in added { batch.note(bytes, of: name, weighed: weighed) }
            cache.learn(from: batch)
        }
        func write(others generation: Int) {
            // The first are a whole generation; the second leave room for one more.
            let names = (generation...WeightCache.maximumNames / 2).map { "project/\(generation)-\($0)" }
            learn(Dictionary(uniqueKeysWithValues: names.map { ($0, 1) }))
        }
        let name = "project/aaaaaa-1"
        learn([name: 100], weighed: 1000)
        let before = cache.known(of: name)
        #expect(before.bytes == 1000)
        learn([name: 10])
        #expect(cache.added(to: name, since: before) == 10)
        #expect(cache.bytes(of: name, from: nil) == 1010)
        let known = cache.known(of: name)
        for generation in 1...2 { write(others: generation) }
        #expect(cache.known(of: name).bytes == nil, "it is forgotten")
        #expect(cache.bytes(of: name, from: known) == 1010)
        #expect(cache.added(to: name, since: before) == nil, "by now that may be anything")
        learn([name: 7])
        #expect(cache.bytes(of: name, from: nil) == nil)
        #expect(cache.bytes(of: name, from: known) == 1017)
        cache.learn(known, of: name)
        #expect(cache.bytes(of: name, from: nil) == 1017)
        write(others: 3)
        #expect(cache.added(to: name, since: known) == nil)
        let last = cache.known(of: name)
        cache.forget()
        #expect(cache.added(to: name, since: last) == nil)
        #expect(cache.added(to: name, since: cache.known(of: name)) == 0)
    }

    @Test("Pushes at the same time do not add up to more")
    func together() async throws {
        let sequencer = try start()
        let owner = try await rig.enrol(sequencer, as: .recorder).device
        let project = try await fill(sequencer, by: owner)
        var devices: [DeviceID] = []
        for _ in 0..<30 { devices.append(try await rig.enrol(sequencer, as: .recorder).device) }
        let refused = try await withThrowingTaskGroup(of: Int.self) { group in
            for device in devices {
                let draft = Draft(id: 1, subject: project.subject, data: #"{"summary":"\#(Self.text)"}"#)
                group.addTask { try await sequencer.push([draft], by: device).rejected.count }
            }
            return try await group.reduce(0, +)
        }
        #expect(refused == 30 - Self.fitting)
    }
}
