import AgendaModel
import NIOCore
import NIOEmbedded
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

/// Requests that wait for their clients, on a clock of their own.
@Suite("Who gives way when there is no permit left")
struct GivingWayTests {
    /// A request that has a permit.
    private struct Request {
        let permit: Permit
        let wait: PeerWait
        let channel: EmbeddedChannel
        var hasItsConnection: Bool { channel.isActive }
    }

    private let clock = ServerClock()
    private let limiter: ConcurrencyLimiter

    init() {
        var capacity = ServerOptions.Capacity()
        capacity.pulls = 8
        capacity.pullsEach = 4
        capacity.longPushes = 3
        capacity.longPushesEach = 1
        capacity.waitAllowance = .seconds(5)
        limiter = ConcurrencyLimiter(capacity, now: clock.environment.elapsed)
    }

    private func begin(
        _ work: ConcurrencyLimiter.Work = .pull,
        by member: MemberID,
        waiting: Bool = true
    ) throws -> Request {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).wait()
        let wait = PeerWait(now: clock.environment.elapsed)
        let connection = Connection(channel, wait: wait)
        let permit = try limiter.permit(for: work, of: .member(member, of: "assen"), over: connection)
        if waiting { wait.begin() }
        return Request(permit: permit, wait: wait, channel: channel)
    }

    private func end(_ request: Request) {
        request.wait.end(after: 0)
        request.permit.release()
    }

    @Test("Whoever has more permits gives way to whoever has fewer, however short it was waited for")
    func shares() throws {
        let first = try (1...4).map { _ in try begin(by: "member/a") }
        let second = try (1...2).map { _ in try begin(by: "member/b") }
        let other = try begin(by: "member/c")
        #expect(first.count(where: \.hasItsConnection) == 3 && second.allSatisfy(\.hasItsConnection))
        // Of six, a has three, b has two: one more of a's own would have to take b's.
        #expect(throws: ProblemDetails.self) { try begin(by: "member/a") }
        let further = try begin(by: "member/c")
        #expect(first.count(where: \.hasItsConnection) == 2)
        // Each has two now.
        #expect(throws: ProblemDetails.self) { try begin(by: "member/c") }
        withExtendedLifetime((other, further)) {}
    }

    @Test("Whoever does not wait for its client keeps its permit")
    func working() throws {
        let held = try (1...4).map { _ in try begin(by: "member/a", waiting: false) }
        let others = try (1...2).map { _ in try begin(by: "member/b", waiting: false) }
        clock.advance(seconds: 3600)
        #expect(throws: ProblemDetails.self) { try begin(by: "member/c") }
        let haveAll = (held + others).allSatisfy(\.hasItsConnection)
        #expect(haveAll)
    }

    @Test("An answer that waits in line gives way to who has fewer permits, and that is no time of its client's")
    func inLine() async throws {
        let first = try (1...4).map { _ in try begin(by: "member/a", waiting: false) }
        let second = try (1...2).map { _ in try begin(by: "member/b", waiting: false) }
        let other = try await first[0].wait.inLine {
            clock.advance(seconds: 3600)
            #expect(throws: ProblemDetails.self, "it would have more") { try begin(by: "member/a") }
            return try begin(by: "member/c")
        }
        #expect(first.map(\.hasItsConnection) == [false, true, true, true])
        #expect(first[0].wait.spent == .zero && !first[0].wait.isWaiting)
        let long = try (["member/a", "member/b"] as [MemberID]).map { try begin(.longPush, by: $0, waiting: false) }
        try await long[0].wait.inLine {
            clock.advance(seconds: 3600)
            #expect(throws: ProblemDetails.self, "it has no more") { try begin(.longPush, by: "member/c") }
        }
        withExtendedLifetime((first, second, other, long)) {}
    }

    @Test("Whoever ends each request in time, and begins the next, is waited for no less")
    func rotating() throws {
        func attack() throws -> [Request] {
            let held = [try begin(.longPush, by: "member/a"), try begin(.longPush, by: "member/b")]
            clock.advance(seconds: 4)
            return held
        }
        let once = try attack()
        #expect(throws: ProblemDetails.self, "so long anybody may take") { try begin(.longPush, by: "member/c") }
        for request in once { end(request) }
        let twice = try attack()
        let honest = try begin(.longPush, by: "member/c")
        #expect(twice.count(where: \.hasItsConnection) == 1)
        // Whoever had to go takes the place of the other one.
        for member in ["member/a", "member/b", "member/a"] {
            clock.advance(seconds: 0.25)
            let again = try? begin(.longPush, by: MemberID(unchecked: member))
            clock.advance(seconds: 0.25)
            #expect(honest.hasItsConnection, "\(member)")
            withExtendedLifetime(again) {}
        }
        withExtendedLifetime(twice) {}
    }

    @Test("What a client did is forgotten after two minutes, and counts for no other class of work")
    func forgetting() throws {
        for member in ["member/a", "member/b"] as [MemberID] {
            let request = try begin(.longPush, by: member)
            clock.advance(seconds: 1000)
            end(request)
        }
        func isGivenWay() throws -> Bool {
            let held = try [begin(.longPush, by: "member/a"), begin(.longPush, by: "member/b")]
            defer { for request in held { end(request) } }
            let other = try? begin(.longPush, by: "member/c")
            defer { if let other { end(other) } }
            return other != nil
        }
        #expect(try isGivenWay())
        let pushes = try ["a", "b", "c", "d", "e", "f"].map { try begin(by: MemberID(unchecked: "member/\($0)")) }
        #expect(throws: ProblemDetails.self) { try begin(by: "member/g") }
        clock.advance(seconds: 121)
        #expect(try !isGivenWay())
        withExtendedLifetime(pushes) {}
    }

    @Test("It is remembered of a bounded number of clients, and of those that there were first")
    func memory() {
        var recent = RecentWaits(allowance: .seconds(5))
        func add(_ name: String, at now: Duration) {
            recent.add(.seconds(5), of: .address(name), in: .pull, at: now)
        }
        for number in 0..<(RecentWaits.maximumCount + 100) { add("\(number)", at: .zero) }
        #expect(recent.count == RecentWaits.maximumCount)
        #expect(recent.duration(of: .address("0"), in: .pull, at: .seconds(30)) == .seconds(2.5))
        #expect(recent.duration(of: .address("0"), in: .read, at: .zero) == .zero)
        add("another", at: .seconds(61))
        #expect(recent.count == 1, "what has been forgotten gives room")
        recent.add(.seconds(3600), of: .address("another"), in: .pull, at: .seconds(61))
        #expect(recent.duration(of: .address("another"), in: .pull, at: .seconds(61)) == .seconds(10))
    }
}
