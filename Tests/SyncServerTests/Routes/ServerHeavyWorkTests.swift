import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

@Suite("The threads that requests are worked on", .timeLimit(.minutes(10)))
struct ServerHeavyWorkTests {
    private final class Record: Sendable {
        let begun = Mutex(0)
        let isOpen = Mutex(false)
        let isAnswered = Mutex(false)

        func hold() {
            begun.withLock { $0 += 1 }
            while !isOpen.withLock({ $0 }) { sched_yield() }
        }
    }

    /// Gives visitors' or members' share of the threads for what takes long so much to do that nothing else gets there.
    private static func holding(
        _ work: HeavyWork,
        _ record: Record,
        isForVisitors: Bool = true
    ) async -> [Task<Void, any Error>] {
        let held = (0..<32).map { number in
            Task {
                try await work.run(for: "\(number)", takesLong: true, isForVisitors: isForVisitors) { record.hold() }
            }
        }
        while work.waitingCount + record.begun.withLock({ $0 }) < held.count { await Task.yield() }
        return held
    }

    @Test(
        "What may take long is worked on with what takes others without a token long, if a visitor asks for it",
        arguments: [("/progress", "/progress"), ("/state?at=1", "/state?at=2")]
    )
    func visitors(path: String, ofMember: String) async throws {
        let rig = try await ServiceRig()
        let admin = try await rig.enrol(.admin)
        _ = try await rig.enrol(.recorder)
        try rig.store.open(to: .public)
        await rig.agenda.sequencer.refresh(isUrgent: true)
        let (work, record) = (rig.service.heavyWork, Record())
        let held = await Self.holding(work, record)
        func count() -> Int { work.waitingCount + record.begun.withLock { $0 } }
        let visitor = Task {
            let status = try await rig.answer(rig.request(path, .get, by: nil)).status
            record.isAnswered.withLock { $0 = true }
            return status
        }
        #expect(try await rig.answer(rig.request(ofMember, .get, by: admin)).status == .ok)
        while count() <= held.count, !record.isAnswered.withLock({ $0 }) { await Task.yield() }
        #expect(!record.isAnswered.withLock { $0 })
        record.isOpen.withLock { $0 = true }
        for each in held { try await each.value }
        #expect(try await visitor.value == .ok)
    }

    @Test("Pages of an address from which one took long are worked on with what takes long, and no others")
    func slowPages() async throws {
        let rig = try await ServiceRig()
        _ = try await rig.enrol(.admin)
        try rig.store.open(to: .public)
        await rig.agenda.sequencer.refresh(isUrgent: true)
        let (work, record) = (rig.service.heavyWork, Record())
        let held = await Self.holding(work, record)
        @Sendable func page(from address: String) async throws -> HTTPResponse.Status {
            let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/agendas/assen")
            return try await rig.answer(Request(head: head, body: RequestBody(buffer: ByteBuffer())), from: address)
                .status
        }
        rig.service.slowVisitors.note(.seconds(1), for: .address("192.0.2.1"))
        let slow = Task {
            let status = try await page(from: "192.0.2.1")
            record.isAnswered.withLock { $0 = true }
            return status
        }
        #expect(try await page(from: "192.0.2.2") == .ok)
        while work.waitingCount + record.begun.withLock({ $0 }) <= held.count, !record.isAnswered.withLock({ $0 }) {
            await Task.yield()
        }
        #expect(!record.isAnswered.withLock { $0 })
        record.isOpen.withLock { $0 = true }
        for each in held { try await each.value }
        #expect(try await slow.value == .ok)
    }

    @Test(
        "What members wait for takes no place from anybody else, and no more of it is waited for than one may have",
        arguments: [
            ("/progress", "/state?limit=1"), ("/state?at=1", "/state?limit=1"), ("/diff?from=1", "/conflicts"),
            ("/snapshots/1/log.ndjson", "/events"),
        ]
    )
    func waitingMembers(path: String, ofOther: String) async throws {
        var options = ServerOptions.withoutRates
        (options.capacity.reads, options.capacity.readsEach) = (3, 2)
        (options.capacity.pulls, options.capacity.pullsEach) = (3, 2)
        options.deadlines.snapshot = .seconds(3600)
        let rig = try await ServiceRig(options)
        let (admin, other) = (try await rig.enrol(.admin), try await rig.enrol(.admin))
        let (limiter, record) = (rig.service.limiter, Record())
        let held = await Self.holding(rig.service.heavyWork, record, isForVisitors: false)
        @Sendable func status(_ path: String, by device: Enrolled) async throws -> HTTPResponse.Status {
            try await rig.answer(rig.request(path, .get, by: device)).status
        }
        let waiting = (1...2).map { _ in Task { try await status(path, by: admin) } }
        let works = [ConcurrencyLimiter.Work.read, .pull]
        while works.reduce(0, { $0 + limiter.count(of: $1) + limiter.restingCount(of: $1) }) < waiting.count {
            await Task.yield()
        }
        let problem = await #expect(throws: ProblemDetails.self) { try await status(path, by: admin) }
        #expect(problem?.problem == .busy)
        // An agenda has two of three places.
        #expect(try await status(ofOther, by: other) == .ok)
        record.isOpen.withLock { $0 = true }
        for each in held { try await each.value }
        for each in waiting { #expect(try await each.value == .ok) }
        #expect(works.allSatisfy { limiter.count(of: $0) == 0 && limiter.restingCount(of: $0) == 0 })
    }

    @Test("What visitors wait for takes no place from other visitors")
    func waitingVisitors() async throws {
        var options = ServerOptions.withoutRates
        (options.capacity.reads, options.capacity.readsEach) = (8, 2)
        let rig = try await ServiceRig(options)
        _ = try await rig.enrol(.admin)
        try rig.store.open(to: .public)
        await rig.agenda.sequencer.refresh(isUrgent: true)
        let (limiter, record) = (rig.service.limiter, Record())
        let held = await Self.holding(rig.service.heavyWork, record)
        @Sendable func status(_ page: String, from address: String) async throws -> HTTPResponse.Status {
            let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/agendas/assen\(page)")
            return try await rig.answer(Request(head: head, body: RequestBody(buffer: ByteBuffer())), from: address)
                .status
        }
        let waiting = (1...4).map { number in
            Task { try await status("/find?q=zonder", from: "192.0.2.\(number % 2)") }
        }
        while limiter.count(of: .read) + limiter.restingCount(of: .read) < waiting.count { await Task.yield() }
        #expect(try await status("/find?q=zonder", from: "192.0.2.1") == .serviceUnavailable, "one's own")
        // All without a token have four places.
        #expect(try await status("", from: "192.0.2.9") == .ok)
        record.isOpen.withLock { $0 = true }
        for each in held { try await each.value }
        for each in waiting { #expect(try await each.value == .ok) }
    }

    @Test(
        "What reads much of a large agenda is worked on with what takes long, and what reads little of it is not",
        arguments: [
            (true, "/agendas/assen/all/organisation", "/agendas/assen/all/theme"),
            (true, "/v1/agendas/assen/state?limit=10000", "/v1/agendas/assen/state?limit=10"),
            (false, "/v1/agendas/assen/state?limit=1", "/v1/agendas/assen/state?after=a&limit=10"),
            (false, "/v1/agendas/assen/changes?since=1100", "/v1/agendas/assen/changes?since=1100&digest=false"),
        ]
    )
    func largeReads(isForVisitors: Bool, path: String, other: String) async throws {
        let rig = try await ServiceRig()
        let admin = try await rig.enrol(.admin)
        let id = admin.device.rawValue.dropFirst("device/".count)
        let lines = (1...1100).map { number in
            #"{"specversion":"1.0","id":"\#(number)","source":"device/\#(id)","type":"organisation.registered","#
                + #""subject":"organisation/\#(id)-\#(number)","time":"2026-11-12T10:11:12.123Z","basis":0,"#
                + #""data":{"name":"Organisatie \#(number)","sort":"company"}}"#
        }
        let push = rig.request("/events", by: admin, type: ProtocolConstants.ndjson, lines.joined(separator: "\n"))
        #expect(try await rig.answer(push).status == .ok)
        try #require(rig.agenda.sequencer.head.size.rawValue > 1100)
        try rig.store.open(to: .public)
        await rig.agenda.sequencer.refresh(isUrgent: true)
        let (work, record) = (rig.service.heavyWork, Record())
        let held = await Self.holding(work, record, isForVisitors: isForVisitors)
        @Sendable func answer(_ path: String, from address: String) async throws -> HTTPResponse.Status {
            var head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
            if !isForVisitors { head.headerFields[.authorization] = "Bearer \(admin.token)" }
            return try await rig.answer(Request(head: head, body: RequestBody(buffer: ByteBuffer())), from: address)
                .status
        }
        #expect(try await answer(other, from: "192.0.2.2") == .ok)
        let slow = Task {
            let status = try await answer(path, from: "192.0.2.1")
            record.isAnswered.withLock { $0 = true }
            return status
        }
        while work.waitingCount + record.begun.withLock({ $0 }) <= held.count, !record.isAnswered.withLock({ $0 }) {
            await Task.yield()
        }
        #expect(!record.isAnswered.withLock { $0 })
        #expect(try await answer(other, from: "192.0.2.2") == .ok)
        record.isOpen.withLock { $0 = true }
        for each in held { try await each.value }
        #expect(try await slow.value == .ok)
    }
}
