import AgendaModel
import EventLogTesting
import Synchronization
import Testing

@testable import EventLog

@Suite("A server's clock that cannot be right")
struct SequencerClockTests {
    private static let hour = 60 * 60 * 1000
    private static let day = 24 * hour
    private static let start = 1_800_000_000_000

    private let rig: SequencerRig

    init() throws { rig = try SequencerRig() }

    private func moment(_ milliseconds: Int) -> Timestamp { Timestamp(millisecondsSince1970: milliseconds) }

    private func set(_ milliseconds: Int) { rig.clock.withLock { $0 = milliseconds } }

    private func sequencer(accepting acceptsClock: Bool = false, _ reports: UpkeepReports = UpkeepReports()) throws
        -> Sequencer
    {
        try Sequencer(
            store: rig.store,
            key: rig.key,
            environment: rig.environment,
            seen: SeenInMemory(),
            acceptsClock: acceptsClock,
            reporting: reports.add
        )
    }

    private func push(_ sequencer: Sequencer, _ id: Int, by device: DeviceID, at time: Int?) async throws -> PushOutcome
    {
        let push = try Push(
            source: EventSource(device),
            body: Array((Draft.start(id, by: device).line(of: device) + "\n").utf8)
        )
        return try await sequencer.push(push, at: time.map(moment))
    }

    @Test(
        "A log begins by a clock that is no day behind what is known of the time, and no year ahead of it",
        arguments: [
            (-40 * 365, false), (-2, false), (-1, true), (0, true), (2, true), (150, true), (365, true), (367, false),
            (70 * 365, false),
        ]
    )
    func beginning(days: Int, mayBegin: Bool) {
        let newest = moment(Self.start)
        let clock = moment(Self.start + days * Self.day)
        #expect(ClockFault.mayBegin(at: clock, after: newest) == mayBegin)
        #expect(ClockFault.mayBegin(at: clock, after: nil))
    }

    @Test("Whoever opens a log that is ahead of the clock can say so, unless every clock is accepted")
    func opened() async throws {
        set(4_083_955_200_000)
        _ = try await rig.enrol(sequencer(accepting: true), as: .admin, expires: 4_200_000_000_000)
        set(Self.start)
        #expect(try sequencer().clockFault?.explanation.contains("2099-06-01") == true)
        #expect(try sequencer(accepting: true).clockFault == nil)
        set(4_083_955_200_000)
        #expect(try sequencer().clockFault == nil)
    }

    @Test("A commit in 2099 is not made, whatever it is, and the log goes on once the clock is right")
    func farAhead() async throws {
        let reports = UpkeepReports()
        let sequencer = try sequencer(reports)
        let enrolled = try await rig.enrol(sequencer, as: .admin)
        let code = try rig.invite(.recorder, expires: 4_200_000_000_000)
        set(4_083_955_200_000)
        let error = await #expect(throws: PushError.self) {
            try await push(sequencer, 1, by: enrolled.device, at: Self.start + Self.hour)
        }
        #expect(error?.code == .implausibleClock && error?.message.contains("2099-06-01") == true)
        await #expect(throws: PushError.self) {
            try await sequencer.enrol(
                Enrolment(invite: code, memberName: "Verzonnen", deviceName: "Laptop", key: nil),
                at: moment(Self.start + Self.hour)
            )
        }
        // Also where nobody says what time it is.
        await #expect(throws: PushError.self) {
            try await sequencer.record(
                type: "member.granted",
                subject: enrolled.member.rawValue,
                data: #"{"role":"admin"}"#
            )
        }
        // And where an admin decides something, on a day of the same year.
        set(Self.start + 200 * Self.day)
        let right = WriteRight(token: Hash.sha256(Array(enrolled.token.utf8)), role: .admin)
        let administration = Administration(
            of: rig.store,
            by: .device(enrolled.device, right, over: sequencer, at: moment(Self.start + Self.hour)),
            environment: rig.environment
        )
        await #expect(throws: PushError.self) { try await administration.invite(.recorder) }
        await #expect(throws: PushError.self) { try await administration.grant(.editor, to: enrolled.member) }
        #expect(try rig.store.invites(usableAt: moment(0)).count == 1)
        set(4_083_955_200_000)
        #expect(sequencer.obstacle?.contains("--accept-clock") == true)
        #expect(reports.all.count { $0.work == .timing } == 1, "said once")
        #expect(sequencer.head.size == LogSize(2))
        set(Self.start + Self.hour)
        #expect(sequencer.obstacle == nil, "known without anybody having tried")
        #expect(try await push(sequencer, 1, by: enrolled.device, at: Self.start + Self.hour).accepted.count == 1)
        #expect(sequencer.obstacle == nil)
        #expect(sequencer.head.recordedTime == moment(Self.start + Self.hour))
        #expect(
            try await sequencer.enrol(
                Enrolment(invite: code, memberName: "Verzonnen", deviceName: "Laptop", key: nil)
            ).role == .recorder
        )
    }

    @Test("A summer without work stops nobody who has the same time")
    func summer() async throws {
        let sequencer = try sequencer()
        let device = try await rig.enrol(sequencer, as: .admin).device
        set(Self.start + 100 * Self.day)
        // Recorded long ago, sent now.
        #expect(
            try await push(sequencer, 1, by: device, at: Self.start + 100 * Self.day - Self.hour).accepted.count == 1
        )
        set(Self.start + 200 * Self.day)
        #expect(
            try await sequencer.record(
                type: "device.enrolled",
                subject: "device/verzonnen",
                data: #"{"member":"member/x"}"#
            )
            .accepted.isEmpty,
            "refused for another reason than the time"
        )
        let error = await #expect(throws: PushError.self) { try await push(sequencer, 2, by: device, at: Self.start) }
        #expect(error?.code == .implausibleClock, "one of the two clocks is wrong")
    }

    @Test("Without a word from the writer its newest event says what time it is")
    func newestEvent() async throws {
        let sequencer = try sequencer()
        let device = try await rig.enrol(sequencer, as: .admin).device
        // The event is older than the log.
        set(Self.start + 11 * Self.day)
        let error = await #expect(throws: PushError.self) { try await push(sequencer, 1, by: device, at: nil) }
        #expect(error?.code == .implausibleClock)
    }

    @Test("A clock behind the log adds nothing, but for some minutes, unless it is accepted")
    func behind() async throws {
        let sequencer = try sequencer()
        let device = try await rig.enrol(sequencer, as: .admin).device
        set(Self.start - 4 * 60 * 1000)
        #expect(try await push(sequencer, 1, by: device, at: nil).accepted.count == 1)
        set(Self.start - 6 * 60 * 1000)
        #expect(sequencer.obstacle != nil, "known without anybody having tried")
        let error = await #expect(throws: PushError.self) { try await push(sequencer, 2, by: device, at: nil) }
        #expect(error?.code == .implausibleClock)
        let accepting = try self.sequencer(accepting: true)
        #expect(accepting.obstacle == nil)
        #expect(try await push(accepting, 2, by: device, at: nil).accepted.count == 1)
        #expect(accepting.head.recordedTime == moment(Self.start), "recorded times never go back")
    }

    @Test("An invite that is made after a commit in the future is good as long as it says")
    func invites() async throws {
        set(4_083_955_200_000)
        let first = try sequencer()
        _ = try await rig.enrol(first, as: .admin, expires: 4_200_000_000_000)
        await first.shutDown()
        set(Self.start)
        let sequencer = try sequencer(accepting: true)
        let code = try rig.invite(.recorder, expires: Self.start + Self.day)
        #expect(
            try await sequencer.enrol(
                Enrolment(invite: code, memberName: "Verzonnen", deviceName: "Laptop", key: nil)
            ).role == .recorder
        )
        let old = try rig.invite(.recorder, expires: Self.start - 1)
        await #expect(throws: EnrolmentError.self) {
            try await sequencer.enrol(Enrolment(invite: old, memberName: "Verzonnen", deviceName: "Laptop", key: nil))
        }
    }
}
