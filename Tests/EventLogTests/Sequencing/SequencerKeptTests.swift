import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

@Suite("What is kept of refused lines")
struct SequencerKeptTests {
    let rig: SequencerRig

    init() throws { rig = try SequencerRig() }

    private func start(_ bytesPerDay: Int? = nil) throws -> Sequencer {
        try Sequencer(
            store: rig.store,
            key: rig.key,
            environment: rig.environment,
            refusedBytesPerDay: bytesPerDay
        )
    }

    private func rejections() throws -> [Rejection] {
        try rig.store.rejections(after: 0, limit: 1000).map(\.rejection)
    }

    /// An event about a subject that does not exist, of about so many bytes.
    private func refused(_ id: Int, bytes: Int) -> Draft {
        let title = String(repeating: "x", count: bytes)
        return Draft(id: id, subject: "project/nergens-1", data: #"{"title":"\#(title)"}"#)
    }

    @Test("A line that is no event is cut, and one that is valid is kept whole")
    func cutting() async throws {
        let sequencer = try start()
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let broken = #"{"specversion":"1.0","x":"\#(String(repeating: "a", count: 5_000))"}"#
        let valid = refused(1, bytes: 1_500).line(of: device)
        let short = #"{"x":1}"#
        let first = try await sequencer.push(lines: [broken, valid, short], by: device)
        #expect(first.problems == [.malformedEvent, .unknownSubject, .malformedEvent])
        let found = try rejections()
        #expect(found.map(\.bytes) == [Array(broken.utf8.prefix(1024)), Array(valid.utf8), Array(short.utf8)])
        let whole = Rejection.Line(length: broken.utf8.count, hash: Hash.sha256(Array(broken.utf8)))
        #expect(found.map(\.line) == [whole, nil, nil])

        let again = try await sequencer.push(lines: [broken, valid, short], by: device)
        #expect(again.rejected.map(\.problem) == first.rejected.map(\.problem))
        #expect(try rejections() == found)
    }

    @Test("A line that is longer than an event may be is known again by all of its bytes")
    func tooLong() async throws {
        let sequencer = try start()
        let device = try await rig.enrol(sequencer, as: .recorder).device
        let long = refused(1, bytes: 70_000).line(of: device)
        #expect(try await sequencer.push(lines: [long], by: device).problems == [.tooLarge])
        let kept = try #require(rejections().first)
        #expect(kept.counter == Counter(1) && kept.bytes == Array(long.utf8.prefix(Push.maximumEventLength)))
        #expect(kept.line == Rejection.Line(length: long.utf8.count, hash: Hash.sha256(Array(long.utf8))))
        #expect(try await sequencer.push(lines: [long], by: device).problems == [.tooLarge])
        let other = long.dropLast(4) + #"y"}}"#
        #expect(try await sequencer.push(lines: [String(other)], by: device).problems == [.identityReused])
        // As it was stored before there were hashes.
        var old = kept
        old.line = nil
        #expect(Array(long.utf8).lend { old.isOf($0) } && !Array("{}".utf8).lend { old.isOf($0) })
    }

    @Test("A member has so much kept in a day, over all devices; a push beyond that stores nothing")
    func budget() async throws {
        let sequencer = try start(86_400)
        let member = try await rig.enrol(sequencer, as: .recorder)
        let device = member.device
        let other = try await rig.enrol(sequencer, as: .recorder).device
        let right = Enrolment.Right.continuing(device)
        let further = try await sequencer.enrol(Enrolment(right, deviceName: "x", key: nil)).device

        let first = [refused(1, bytes: 40_000), refused(2, bytes: 40_000)]
        #expect(try await sequencer.push(first, by: device).problems.count == 2)
        let size = sequencer.head.size
        func expectLimited(_ drafts: [Draft], by device: DeviceID) async throws -> Int {
            var seconds = 0
            do {
                let outcome = try await sequencer.push(drafts, by: device)
                Issue.record("\(outcome.rejected.count) were refused and kept")
            } catch {
                guard case .tooMuchRefused(let wait) = (error as? PushError)?.code else { throw error }
                seconds = wait
            }
            #expect(sequencer.head.size == size, "nothing was stored")
            #expect(try rejections().count == 2)
            return seconds
        }
        let mixed = [Draft.start(3, by: device), refused(4, bytes: 10_000)]
        let wait = try await expectLimited(mixed, by: device)
        #expect((1_000...6_000).contains(wait), "about 4,600 bytes are missing, and one is made up for in a second")
        _ = try await expectLimited([refused(1, bytes: 10_000)], by: further)

        // Others, and what has been refused before or is good, are not concerned.
        #expect(try await sequencer.push([refused(1, bytes: 10_000)], by: other).problems.count == 1)
        #expect(try await sequencer.push(first, by: device).problems.count == 2)
        #expect(try rejections().count == 3)
        rig.passed.withLock { $0 += wait - 1 }
        await #expect(throws: PushError.self) { try await sequencer.push(mixed, by: device) }
        rig.passed.withLock { $0 += 1 }
        let outcome = try await sequencer.push(mixed, by: device)
        #expect(outcome.accepted.count == 1 && outcome.problems.count == 1)
    }

    @Test("What nobody can make smaller is taken when nothing has been kept for a day")
    func large() async throws {
        let sequencer = try start(10_000)
        let device = try await rig.enrol(sequencer, as: .recorder).device
        #expect(try await sequencer.push([refused(1, bytes: 50_000)], by: device).problems.count == 1)
        let second = [refused(2, bytes: 50_000)]
        let error = await #expect(throws: PushError.self) { try await sequencer.push(second, by: device) }
        guard case .tooMuchRefused(let seconds) = error?.code else { return }
        rig.passed.withLock { $0 += seconds }
        #expect(try await sequencer.push(second, by: device).problems.count == 1)
        #expect(try await sequencer.push([.start(3, by: device)], by: device).accepted.count == 1)
    }
}
