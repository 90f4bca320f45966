import AgendaModel
import EventLog
import LogClient
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncClient

@Suite("Servers that have moved")
struct ClientAddressTests {
    private static let moved = "https://nieuw.test/elders/agendas/drenthe"

    let agenda: TestAgenda
    let replica: Replica

    /// The replica has two events to send.
    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
        try replica.plan("Voorbeeldhaven")
    }

    /// Requests without what is put behind them for the sake of caches.
    private static func paths(_ requests: ArraySlice<String>) -> [String] {
        requests.map { String($0.prefix { $0 != "?" }) }
    }

    private func rejoin(_ server: FakeServer) async throws -> SyncSummary {
        try await replica.rejoin(
            invite: "invite-admin",
            memberName: "een",
            deviceName: "een",
            url: Self.moved,
            transport: server
        )
    }

    @Test("The new address is kept once the same log is seen there, and nothing is sent before that")
    func moving() async throws {
        let before = agenda.server.requests.count
        try await replica.changeAddress(to: Self.moved + "/", over: agenda.server)
        #expect(Self.paths(agenda.server.requests[before...]) == ["GET /checkpoint"])
        var settings = try replica.settings
        #expect(settings.url == Self.moved && settings.agenda == "drenthe")
        #expect(try await agenda.sync(replica).accepted == 2)
        let again = try Replica(opening: replica.folder, environment: agenda.clock.environment)
        #expect(try again.settings == settings)
        settings.url = FakeServer.url
        settings.agenda = "assen"
        try await again.changeAddress(to: FakeServer.url, over: agenda.server)
        #expect(try replica.settings == settings)
    }

    @Test("Another log, or none, leaves the address as it is", arguments: ["key", "origin", "none", "url", "token"])
    func elsewhere(what: String) async throws {
        let other = try FakeServer(
            seed: what == "key" ? 9 : 7,
            origin: what == "origin" ? "ambit.test/agendas/emmen" : FakeServer.origin
        )
        // Somebody there has the same token.
        let enrolment = EnrolmentRequest(invite: "invite-admin", member: "een", device: "een", key: nil)
        _ = try await other.send(SyncRequests.enrolment(try ProtocolJSON.encode(enrolment)))
        if what == "none" { other.fail("GET /checkpoint", .answer(status: 200, headers: [:], body: "<html>")) }
        if what == "token" { try other.revoke(replica.settings.device) }
        let settings = try replica.settings
        let url = what == "url" ? "https://nieuw.test" : Self.moved
        let error = try #require(await failure { try await replica.changeAddress(to: url, over: other) })
        let codes: [String: ReplicaError.Code] = [
            "none": .notAnAmbitServer, "url": .invalidAddress, "token": .revoked,
        ]
        #expect(error.code == codes[what] ?? .badCheckpoint)
        #expect(what == "url" || error.message.hasPrefix("the agenda's address was not changed: "))
        #expect(error.code != .badCheckpoint || error.nextStep?.contains("ambit token renew") == true)
        #expect(Self.paths(other.requests.dropFirst()) == (what == "url" ? [] : ["GET /checkpoint"]))
        #expect(try replica.settings == settings)
        #expect(try await agenda.sync(replica).accepted == 2)
    }

    @Test("A server that has lost entries keeps its new address, so that it can be healed there")
    func behind() async throws {
        let log = agenda.server.log()
        agenda.fill(3)
        try await _ = agenda.sync(replica)
        agenda.server.restore(log)
        try await replica.changeAddress(to: Self.moved, over: agenda.server)
        #expect(try replica.settings.url == Self.moved)
        #expect(await failure { try await agenda.sync(replica) }?.code == .serverBehind)
    }

    @Test("A replica that is becoming another device keeps the address that it is given meanwhile")
    func changingDevice() async throws {
        let copy = try agenda.copy(of: replica, as: "kopie")
        try copy.plan("Voorbeeldspoor")
        try replica.plan("Voorbeeldbrug")
        try await _ = agenda.sync(copy)
        // The answer to the enrolment is stored, and the sync that asked for it ended there.
        let server = agenda.server
        let requests = SyncRequests(token: try replica.files.readToken())
        let now = Timestamp(millisecondsSince1970: 0)
        let request = try requests.continuation(deviceName: "een", key: "", size: 0, at: now)
        let answer = try await server.send(request).enrolment()
        try replica.files.keep(
            StoredEnrolment(url: FakeServer.url, answer: answer, continues: copy.settings.device.rawValue)
        )
        #expect(try replica.status().changesDevice)
        try await replica.changeAddress(to: Self.moved, over: server)
        #expect(try await agenda.sync(replica).deviceChange != nil)
        #expect(try replica.settings.device.rawValue == answer.device && replica.settings.url == Self.moved)
    }

    @Test("A laptop that the server does not know rejoins at its new address, and nowhere else")
    func rejoining() async throws {
        try agenda.server.revoke(replica.settings.device)
        let settings = try replica.settings
        let other = try FakeServer(seed: 9)
        let refusal = await failure { try await rejoin(other) }
        #expect(refusal?.code == .badCheckpoint && refusal?.nextStep?.contains("the invite was not used") == true)
        #expect(other.size == .zero)
        // A server of before enrols first, and says afterwards which log it has.
        let key = other.log().key.verifier.description
        agenda.server.fail(
            "POST /devices",
            .changed { body in
                guard var answer = try? ProtocolJSON.decode(EnrolmentAnswer.self, from: body) else { return body }
                answer.verifierKey = key
                return (try? ProtocolJSON.encode(answer)) ?? body
            }
        )
        #expect(await failure { try await rejoin(agenda.server) }?.code == .badCheckpoint)
        // It says that it is the same log, and cannot show it.
        let note = try FakeServer(seed: 9).log().checkpoint
        agenda.server.fail("GET /checkpoint", .changed { _ in Array(note.utf8) })
        #expect(await failure { try await rejoin(agenda.server) }?.code == .badCheckpoint)
        #expect(try replica.settings == settings && !replica.status().changesDevice)
        #expect(try await rejoin(agenda.server).accepted == 2)
        #expect(try replica.settings.url == Self.moved && replica.settings.device != settings.device)
    }
}
