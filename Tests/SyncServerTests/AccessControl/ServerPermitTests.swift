import AgendaModel
import Deflate
import EventLog
import EventLogTesting
import HTTPTypes
import Hummingbird
import NIOCore
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
        let healing = rig.request("/heal", by: admin, type: ProtocolConstants.ndjson, "{}", after: administer)
        await #expect(throws: (any Error).self, "it gives back nothing") { try await rig.answer(healing) }
    }

    @Test("Nobody can take all permits", arguments: [ConcurrencyLimiter.Work.push, .longPush, .pull, .follower, .read])
    func shares(work: ConcurrencyLimiter.Work) throws {
        var capacity = ServerOptions.Capacity()
        for (all, each) in [
            (\ServerOptions.Capacity.pushes, \ServerOptions.Capacity.pushesEach), (\.longPushes, \.longPushesEach),
            (\.pulls, \.pullsEach), (\.followers, \.followersEach), (\.reads, \.readsEach),
        ] {
            #expect(capacity[keyPath: each] < capacity[keyPath: all], "that is so unless somebody changes it")
            capacity[keyPath: all] = 3
            capacity[keyPath: each] = 2
        }
        let limiter = ConcurrencyLimiter(capacity)
        func permit(_ member: MemberID) throws -> Permit { try limiter.permit(for: work, of: .member(member)) }
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
        "Readers without a token get half of the permits, whatever their addresses",
        arguments: [ConcurrencyLimiter.Work.pull, .follower, .read]
    )
    func anonymous(work: ConcurrencyLimiter.Work) throws {
        var capacity = ServerOptions.Capacity()
        capacity.pulls = 6
        capacity.followers = 6
        capacity.reads = 6
        let limiter = ConcurrencyLimiter(capacity)
        let held = try (1...3).map { try limiter.permit(for: work, of: .address("192.0.2.\($0)")) }
        #expect(throws: ProblemDetails.self) { try limiter.permit(for: work, of: .address("192.0.2.4")) }
        let members = try (1...3).map {
            try limiter.permit(for: work, of: .member(MemberID(unchecked: "member/\($0)")))
        }
        withExtendedLifetime((held, members)) {}
    }

    @Test("A member's permits are those of all the member's devices, and each address has its own")
    func holders() async throws {
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
