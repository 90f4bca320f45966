import AgendaModel
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import SyncProtocol
import Testing

@testable import SyncServer

@Suite("Permits that rest while their requests wait for others")
struct RestingPermitTests {
    /// Four permits of each class, of which a member may have three, and an agenda too.
    private static func limiter(_ change: (inout ServerOptions.Capacity) -> Void = { _ in }) -> ConcurrencyLimiter {
        var capacity = ServerOptions.Capacity()
        (capacity.pulls, capacity.pullsEach) = (4, 3)
        (capacity.reads, capacity.readsEach) = (4, 3)
        capacity.waitAllowance = .seconds(3600)
        change(&capacity)
        return ConcurrencyLimiter(capacity)
    }

    private static func member(_ name: String) -> ConcurrencyLimiter.Client {
        .member(MemberID(unchecked: "member/\(name)"), of: "assen")
    }

    @Test(
        "Who waits takes no permit from anybody else, and has no more of them than others",
        arguments: [ConcurrencyLimiter.Work.pull, .read]
    )
    func shares(work: ConcurrencyLimiter.Work) throws {
        let limiter = Self.limiter()
        let waiting = try (1...3).map { _ in try limiter.permit(for: work, of: Self.member("a")) }
        // The canary: as long as they do not rest, they are all that there are.
        #expect(throws: ProblemDetails.self) { try limiter.permit(for: work, of: Self.member("b")) }
        for permit in waiting { permit.rest() }
        #expect(limiter.count(of: work) == 0 && limiter.restingCount(of: work) == 3)
        #expect(throws: ProblemDetails.self, "one's own") { try limiter.permit(for: work, of: Self.member("a")) }
        let others = try (1...3).map { _ in try limiter.permit(for: work, of: Self.member("b")) }
        let problem = #expect(throws: ProblemDetails.self) { try waiting[0].resume() }
        #expect(problem?.problem == .busy)
        #expect(limiter.count(of: work) == 3 && limiter.restingCount(of: work) == 3)
        others[0].release()
        try waiting[0].resume()
        #expect(limiter.count(of: work) == 3 && limiter.restingCount(of: work) == 2)
        #expect(throws: ProblemDetails.self) { try waiting[1].resume() }
        withExtendedLifetime(others) {}
    }

    @Test("A permit that rests can be given back or dropped, and then it neither rests nor resumes")
    func ending() throws {
        let limiter = Self.limiter()
        do {
            let dropped = try limiter.permit(for: .pull, of: Self.member("a"))
            dropped.rest()
        }
        let released = try limiter.permit(for: .pull, of: Self.member("a"))
        released.rest()
        released.release()
        #expect(limiter.restingCount(of: .pull) == 0)
        try released.resume()
        released.rest()
        #expect(limiter.count(of: .pull) == 0 && limiter.restingCount(of: .pull) == 0)
        let permits = try (1...3).map { _ in try limiter.permit(for: .pull, of: Self.member("a")) }
        withExtendedLifetime(permits) {}
    }

    @Test("Whoever goes on after waiting has others give way, as whoever comes has")
    func givingWay() async throws {
        let limiter = Self.limiter()
        let waiting = try (1...2).map { _ in try limiter.permit(for: .pull, of: Self.member("a")) }
        for permit in waiting { permit.rest() }
        let channels = (1...3).map { _ in EmbeddedChannel() }
        var sent: [Permit] = []
        for channel in channels {
            try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).get()
            let connection = Connection(channel)
            sent.append(try limiter.permit(for: .pull, of: Self.member("b"), over: connection))
            connection.wait.begin()
        }
        try waiting[0].resume()
        #expect(channels.count(where: \.isActive) == 2)
        // The other one has two by now, and this would be its second.
        #expect(throws: ProblemDetails.self) { try waiting[1].resume() }
        #expect(channels.count(where: \.isActive) == 2)
        withExtendedLifetime(sent) {}
    }

    @Test("No more rest than there is room for: half of it is for those without a token, and a share for each agenda")
    func room() throws {
        let limiter = Self.limiter { $0.resting = 8 }
        func resting(_ client: ConcurrencyLimiter.Client, _ work: ConcurrencyLimiter.Work = .read) throws -> Permit {
            let permit = try limiter.permit(for: work, of: client)
            permit.rest()
            return permit
        }
        var visitors = try (1...4).map { try resting(.address("192.0.2.\($0)")) }
        #expect(throws: ProblemDetails.self) { try resting(.address("192.0.2.5")) }
        visitors.removeLast(2)
        let members = try (1...6).map { try resting(Self.member("\($0)")) }
        #expect(throws: ProblemDetails.self, "eight rest") { try resting(.member("member/a", of: "borger")) }
        visitors.removeLast()
        #expect(throws: ProblemDetails.self, "six are of one agenda") { try resting(Self.member("7")) }
        let other = try resting(.member("member/a", of: "borger"))
        #expect(limiter.restingCount(of: .read) == 8)
        let pull = try resting(Self.member("7"), .pull)
        withExtendedLifetime((visitors, members, other, pull)) {}
    }

    private func scope(
        _ limiter: ConcurrencyLimiter,
        _ client: ConcurrencyLimiter.Client,
        over channel: EmbeddedChannel = EmbeddedChannel(),
        of table: ConnectionTable = ConnectionTable(ConnectionLimits(all: 1, each: 1))
    ) -> PermitScope {
        PermitScope(
            limiter: limiter,
            connections: table,
            client: client,
            connection: Connection(channel),
            work: .read
        )
    }

    @Test("An answer has its permit while it is sent, and none while it is made")
    func answers() async throws {
        let limiter = Self.limiter()
        let scope = scope(limiter, .address("192.0.2.1"))
        do {
            let answer = try await scope.withPermitUntilSent {
                #expect(limiter.count(of: .read) == 0 && limiter.restingCount(of: .read) == 1)
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "x")))
            }
            #expect(limiter.count(of: .read) == 1 && limiter.restingCount(of: .read) == 0)
            withExtendedLifetime(answer) {}
        }
        #expect(limiter.count(of: .read) == 0)
        let empty = try await scope.withPermitUntilSent { Response(withoutContent: .notModified) }
        #expect(limiter.count(of: .read) == 0 && limiter.restingCount(of: .read) == 0, "nothing is sent")
        withExtendedLifetime(empty) {}
        await #expect(throws: CancellationError.self) {
            try await scope.withPermitUntilSent { throw CancellationError() }
        }
        #expect(limiter.restingCount(of: .read) == 0)
    }

    @Test("An answer that is made when there is no permit left is not sent")
    func refused() async throws {
        let limiter = Self.limiter()
        let scope = scope(limiter, Self.member("a"))
        let others = try (1...3).map { _ in try limiter.permit(for: .read, of: Self.member("b")) }
        for other in others { other.rest() }
        let problem = await #expect(throws: ProblemDetails.self) {
            try await scope.withPermitUntilSent {
                for other in others { try other.resume() }
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "x")))
            }
        }
        #expect(problem?.problem == .busy)
        #expect(limiter.count(of: .read) == 3 && limiter.restingCount(of: .read) == 0)
        withExtendedLifetime(others) {}
    }

    @Test("The connection of a device's request is kept while its permit rests")
    func kept() async throws {
        let table = ConnectionTable(ConnectionLimits(all: 1, each: 1))
        let channels = (0..<3).map { _ in EmbeddedChannel() }
        for channel in channels { try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).get() }
        table.add(channels[0], from: nil)
        let permit = try scope(Self.limiter(), Self.member("a"), over: channels[0], of: table).permit(for: .read)
        permit.rest()
        table.add(channels[1], from: nil)
        #expect(channels[0].isActive && !channels[1].isActive)
        permit.release()
        table.remove(channels[1])
        table.add(channels[2], from: nil)
        #expect(!channels[0].isActive && channels[2].isActive)
    }
}
