import AgendaModel
import Deflate
import EventLog
import EventLogTesting
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Permits for what is done at once")
struct ServerPermitTests {
    private static func options(_ change: (inout ServerOptions.Capacity) -> Void) -> ServerOptions {
        var options = ServerOptions.withoutRates
        change(&options.capacity)
        return options
    }

    @Test("Nobody whose body does not arrive keeps an admin from administering, or others from enrolling")
    func slowBodies() async throws {
        let rig = try await ServiceRig(
            Self.options {
                $0.administration = 1
                $0.enrolments = 1
                $0.repairs = 1
            }
        )
        let admin = try await rig.enrol(.admin)
        let code = try rig.invite(.recorder)
        let enrolment = #"{"invite":"\#(code)","member":"Testpersoon","device":"x"}"#

        /// What has to go on while another request waits for its body.
        @Sendable func administer() async throws {
            let invite = rig.request("/invites", by: admin, #"{"role":"recorder"}"#)
            #expect(try await rig.answer(invite).status == .created)
            let device = try await rig.enrol(.recorder).device.id
            let revocation = rig.request("/devices/\(device)", .delete, by: admin)
            #expect(try await rig.answer(revocation).status == .noContent)
            #expect(try await rig.answer(rig.request("/token", by: admin)).status == .created)
            let further = rig.request("/devices", by: admin, #"{"device":"x"}"#)
            #expect(try await rig.answer(further).status == .created)
        }
        let enrolling = rig.request("/devices", by: nil, enrolment, after: administer)
        #expect(try await rig.answer(enrolling).status == .created)
        let inviting = rig.request("/invites", by: admin, #"{"role":"admin"}"#, after: administer)
        #expect(try await rig.answer(inviting).status == .created)
        let repair = rig.request("/heal", by: admin, type: ProtocolConstants.ndjson, "{}", after: administer)
        await #expect(throws: (any Error).self, "it gives back nothing") { try await rig.answer(repair) }
    }

    @Test("Short bodies that are to arrive are bounded for each client")
    func manyBodies() async throws {
        let rig = try await ServiceRig(Self.options { $0.bodiesEach = 1 })
        let (admin, other) = (try await rig.enrol(.admin), try await rig.enrol(.admin))
        let code = try rig.invite(.recorder)
        for path in ["/invites", "/devices", "/checkpoint"] {
            await confirmation("\(path)") { arrived in
                let held = rig.request(path, by: admin, "x") {
                    let another = rig.request("/invites", by: admin, #"{"role":"recorder"}"#)
                    let refusal = await #expect(throws: ProblemDetails.self) { try await rig.answer(another) }
                    #expect(refusal?.problem == .busy, "\(path)")
                    let others = rig.request("/invites", by: other, #"{"role":"recorder"}"#)
                    let answer = try? await rig.answer(others)
                    #expect(answer?.status == .created)
                    arrived()
                }
                let problem = await #expect(throws: ProblemDetails.self) { try await rig.answer(held) }
                #expect(problem?.problem != .busy, "its body is nothing")
            }
        }
        let body = #"{"invite":"\#(code)","member":"Testpersoon","device":"x"}"#
        let enrolling = rig.request("/devices", by: nil, body) {
            let another = rig.request("/devices", by: nil, "{}")
            let refusal = await #expect(throws: ProblemDetails.self) { try await rig.answer(another) }
            #expect(refusal?.problem == .busy)
            let elsewhere = rig.request("/devices", by: nil, "{}")
            let answered = await #expect(throws: ProblemDetails.self) {
                try await rig.answer(elsewhere, from: "192.0.2.2")
            }
            #expect(answered?.problem != .busy)
        }
        #expect(try await rig.answer(enrolling).status == .created)
        #expect(rig.service.limiter.count(of: .body) == 0)
    }

    @Test("The connection of a device's request is kept while it has a permit, and that of anybody else is not")
    func kept() async throws {
        let table = ConnectionTable(ConnectionLimits(all: 1, each: 1))
        let channels = (0..<5).map { _ in EmbeddedChannel() }
        for channel in channels { try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).get() }
        func scope(_ client: ConcurrencyLimiter.Client, over channel: EmbeddedChannel) -> PermitScope {
            PermitScope(
                limiter: ConcurrencyLimiter(.init()),
                connections: table,
                client: client,
                connection: Connection(channel),
                work: .pull
            )
        }
        table.add(channels[0], from: nil)
        let device = scope(.member("member/a", of: "assen"), over: channels[0])
        let (push, long) = (try device.permit(for: .push), try device.permit(for: .longPush))
        long.release()
        table.add(channels[1], from: nil)
        #expect(channels[0].isActive && !channels[1].isActive)
        table.remove(channels[1])
        push.release()
        table.add(channels[2], from: nil)
        #expect(!channels[0].isActive && channels[2].isActive)
        table.remove(channels[0])
        let permit = try scope(.address("192.0.2.1"), over: channels[2]).permit(for: .pull)
        table.add(channels[3], from: nil)
        #expect(!channels[2].isActive && channels[3].isActive)
        table.remove(channels[2])
        table.add(channels[4], from: nil)
        #expect(!channels[3].isActive && channels[4].isActive, "no permit was taken for it")
        withExtendedLifetime(permit) {}
    }

    @Test("Nobody can take all permits", arguments: [ConcurrencyLimiter.Work.longPush, .pull, .follower, .read])
    func shares(work: ConcurrencyLimiter.Work) throws {
        var capacity = ServerOptions.Capacity()
        for (all, each) in [
            (\ServerOptions.Capacity.longPushes, \ServerOptions.Capacity.longPushesEach), (\.pulls, \.pullsEach),
            (\.followers, \.followersEach), (\.reads, \.readsEach),
        ] {
            #expect(capacity[keyPath: each] < capacity[keyPath: all], "that is so unless somebody changes it")
            capacity[keyPath: all] = 3
            capacity[keyPath: each] = 2
        }
        let limiter = ConcurrencyLimiter(capacity)
        // Each of an agenda of its own: one agenda has no more than a share.
        func permit(_ member: MemberID) throws -> Permit {
            let agenda = try #require(AgendaName(rawValue: "agenda-\(member.rawValue.suffix(1))"))
            return try limiter.permit(for: work, of: .member(member, of: agenda))
        }
        var permits = [try permit("member/a"), try permit("member/a")]
        let problem = #expect(throws: ProblemDetails.self) { try permit("member/a") }
        #expect(problem?.problem == .busy)
        let other = try permit("member/b")
        permits.removeLast()
        permits.append(try permit("member/a"))
        #expect(throws: ProblemDetails.self) { try permit("member/c") }
        for _ in 1...2 { permits[0].release() }
        #expect(limiter.count(of: work) == 2, "a permit that is released twice is given back once")
        let third = try permit("member/c")
        permits = []
        #expect(
            limiter.count(of: work) == 2,
            "a permit that is dropped is given back, and one that was released is not"
        )
        withExtendedLifetime((other, third)) {}
    }

    @Test(
        "Whoever has work done that gives no way leaves room for who comes later",
        arguments: [ConcurrencyLimiter.Work.push, .administration, .enrolment]
    )
    func room(work: ConcurrencyLimiter.Work) throws {
        let limiter = ConcurrencyLimiter(ServerOptions.Capacity())
        /// As many as one client gets, which asks for more until it hears that it is too much.
        func all(of work: ConcurrencyLimiter.Work, for number: Int) -> [Permit] {
            let client: ConcurrencyLimiter.Client =
                work == .enrolment
                ? .address("192.0.2.\(number)") : .member(MemberID(unchecked: "member/\(number)"), of: "assen")
            var held: [Permit] = []
            while let permit = try? limiter.permit(for: work, of: client) { held.append(permit) }
            return held
        }
        var held = [1, 2].map { all(of: work, for: $0) }
        #expect(held[0].count > 2 && held[1].count <= held[0].count)
        for number in 3...5 {
            // The first who comes again gets no more than the others have.
            held[0] = []
            held[0] = all(of: work, for: 1)
            held.append(all(of: work, for: number))
            #expect(!held[number - 1].isEmpty, "client \(number) of \(held.map(\.count))")
        }
        // The canary: of reading, which gives way, three have all of an agenda's.
        let reads = (1...3).map { all(of: .read, for: $0) }
        #expect(all(of: .read, for: 4).isEmpty)
        withExtendedLifetime(reads) {}
    }

    @Test("The members of one agenda leave permits for those of others", arguments: ConcurrencyLimiter.Work.allCases)
    func agendas(work: ConcurrencyLimiter.Work) throws {
        var capacity = ServerOptions.Capacity()
        capacity.followers = 100
        let limiter = ConcurrencyLimiter(capacity)
        var held: [Permit] = []
        for number in 0..<10_000 {
            let member = MemberID(unchecked: "member/\(number)")
            guard let permit = try? limiter.permit(for: work, of: .member(member, of: "assen")) else { break }
            held.append(permit)
        }
        #expect(!held.isEmpty && held.count < 10_000)
        // There is one for those without a token, whatever they ask for.
        guard work != .publicHistoricalRead else { return }
        held.append(try limiter.permit(for: work, of: .member("member/0", of: "borger")))
        #expect(limiter.count(of: work) == held.count)
    }

    @Test("Members of the same name in two agendas have nothing to do with each other")
    func sameName() throws {
        var capacity = ServerOptions.Capacity()
        capacity.pullsEach = 1
        let limiter = ConcurrencyLimiter(capacity)
        let first = try limiter.permit(for: .pull, of: .member("member/a", of: "assen"))
        #expect(throws: ProblemDetails.self) { try limiter.permit(for: .pull, of: .member("member/a", of: "assen")) }
        let second = try limiter.permit(for: .pull, of: .member("member/a", of: "borger"))
        withExtendedLifetime((first, second)) {}
    }

    @Test("When there is no permit left, a request gives way that waits for its own client")
    func givingWay() async throws {
        var capacity = ServerOptions.Capacity()
        capacity.pulls = 2
        capacity.pullsEach = 1
        capacity.waitAllowance = .zero
        let limiter = ConcurrencyLimiter(capacity)
        let channels = (0..<4).map { _ in EmbeddedChannel() }
        for channel in channels { try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).get() }
        let connections = channels.map { Connection($0) }
        let agendas: [AgendaName] = ["assen", "borger", "coevorden"]
        func permit(_ number: Int, over connection: Int) throws -> Permit {
            try limiter.permit(for: .pull, of: .member("member/a", of: agendas[number]), over: connections[connection])
        }
        let held = try [permit(0, over: 0), permit(1, over: 1)]
        #expect(throws: ProblemDetails.self, "nobody waits") { try permit(2, over: 2) }

        connections[0].wait.begin()
        #expect(throws: ProblemDetails.self, "one's own places come first") { try permit(1, over: 2) }
        let third = try permit(2, over: 2)
        #expect(channels.map(\.isActive) == [false, true, true, true])
        held[0].release()
        #expect(limiter.count(of: .pull) == 2, "it has been given away")
        withExtendedLifetime((held, third)) {}
        #expect(throws: ProblemDetails.self) { try permit(0, over: 3) }
    }

    @Test("Whoever has not waited for long gives no way")
    func allowance() throws {
        var capacity = ServerOptions.Capacity()
        capacity.pulls = 1
        capacity.waitAllowance = .seconds(3600)
        let limiter = ConcurrencyLimiter(capacity)
        let connection = Connection(EmbeddedChannel())
        let held = try limiter.permit(for: .pull, of: .member("member/a", of: "assen"), over: connection)
        connection.wait.begin()
        #expect(throws: ProblemDetails.self) {
            try limiter.permit(for: .pull, of: .member("member/b", of: "borger"))
        }
        withExtendedLifetime(held) {}
    }

    @Test("A request says whether it waits for its body")
    func bodies() async throws {
        let rig = try await ServiceRig()
        let device = try await rig.enrol(.recorder)
        let connection = Connection(EmbeddedChannel())
        let body = rig.request("/events", by: device, "{}") {
            #expect(connection.wait.isWaiting)
        }
        #expect(!connection.wait.isWaiting)
        _ = try await body.asking(over: connection).body(atMost: 100, within: .seconds(3600))
        #expect(!connection.wait.isWaiting)
    }

    @Test(
        "Readers without a token get half of the permits, whatever their addresses",
        arguments: [ConcurrencyLimiter.Work.pull, .follower, .read]
    )
    func withoutToken(work: ConcurrencyLimiter.Work) throws {
        var capacity = ServerOptions.Capacity()
        capacity.pulls = 6
        capacity.followers = 6
        capacity.reads = 6
        let limiter = ConcurrencyLimiter(capacity)
        let held = try (1...3).map { try limiter.permit(for: work, of: .address("192.0.2.\($0)")) }
        #expect(throws: ProblemDetails.self) { try limiter.permit(for: work, of: .address("192.0.2.4")) }
        let members = try (1...3).map {
            try limiter.permit(for: work, of: .member(MemberID(unchecked: "member/\($0)"), of: "assen"))
        }
        withExtendedLifetime((held, members)) {}
    }

    @Test("A member's permits are those of all the member's devices, and each address has its own")
    func clients() async throws {
        var options = Self.options {
            $0.pullsEach = 1
            $0.followersEach = 1
        }
        options.deadlines.heartbeat = .seconds(600)
        let rig = try await ServiceRig(options)
        try rig.store.open(to: .publicLog)
        await rig.agenda.sequencer.refresh(isUrgent: true)
        let first = try await rig.enrol(.recorder)
        let right = Enrolment.Right.continuing(first.device)
        let second = try await rig.agenda.sequencer.enrol(Enrolment(right, deviceName: "x", key: nil))
        let other = try await rig.enrol(.recorder)
        for type in [ProtocolConstants.ndjson, ProtocolConstants.eventStream] {
            func ask(_ device: Enrolled?, from address: String = "192.0.2.1") async throws -> Response {
                var head = rig.request("/events", .get, by: device).head
                head.headerFields[.accept] = type
                let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
                return try await rig.answer(request, from: address)
            }
            let held = try await ask(first)
            await #expect(throws: ProblemDetails.self, "another device of the same member") { try await ask(second) }
            let others = [try await ask(other), try await ask(nil)]
            await #expect(throws: ProblemDetails.self, "the same address") { try await ask(nil) }
            let another = try await ask(nil, from: "192.0.2.2")
            withExtendedLifetime((held, others, another)) {}
        }
    }

    @Test(
        "An answer that may be long keeps its place until it has been sent",
        arguments: ["/subjects/{member}/history", "/subjects/{member}/blame", "/diff?from=1", "/snapshots", "/state"]
    )
    func untilSent(path: String) async throws {
        let rig = try await ServiceRig(Self.options { $0.readsEach = 1 })
        let admin = try await rig.enrol(.admin)
        let request = rig.request(path.replacing("{member}", with: admin.member.rawValue), .get, by: admin)
        let unsent = try await rig.answer(request)
        #expect(unsent.status == .ok && rig.service.limiter.count(of: .read) == 1)
        let problem = await #expect(throws: ProblemDetails.self) { try await rig.answer(request) }
        #expect(problem?.problem == .busy)
        withExtendedLifetime(unsent) {}
    }

    @Test("A push that is long as sent and when inflated takes one permit of its kind")
    func longTwice() async throws {
        let rig = try await ServiceRig(Self.options { $0.longPushesEach = 1 })
        let device = try await rig.enrol(.recorder)
        var random = SplitMix64(seed: 1)
        let text = { (count: Int) in String((0..<count).map { _ in "0123456789abcdef".randomElement(using: &random)! })
        }
        let lines = (1...100).map { number in
            #"{"specversion":"1.0","id":"\#(number)","source":"\#(device.device)","type":"theme.opened","#
                + #""subject":"theme/\#(device.device.id)-\#(number)","time":"2026-11-12T10:11:12.123Z","basis":0,"#
                + #""data":{"summary":"\#(text(25_000))\#(String(repeating: "x", count: 30_000))","title":"t"}}"#
        }
        let body = Gzip.compress(Array(lines.joined(separator: "\n").utf8))
        #expect(body.count > ServerOptions.longPush)
        var head = rig.request("/events", by: device, type: ProtocolConstants.ndjson).head
        head.headerFields[.contentEncoding] = "gzip"
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        #expect(try await rig.answer(request).status == .ok)
    }
}
