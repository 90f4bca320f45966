import AgendaModel
import EventLog
import EventLogSQLite
import Files
import Foundation
import GRDB
import LogClient
import SyncTesting
import Testing

@testable import SyncClient

/// Going on as another device: interrupted at every point, refused, and with an invite.
@Suite("Going on as another device")
struct ClientDeviceChangeTests {
    let copied: CopiedReplica
    let replica: Replica
    let former: DeviceID
    private var agenda: TestAgenda { copied.agenda }

    /// The replica shares its identity, and has two events to send.
    init() async throws {
        copied = try await CopiedReplica()
        replica = copied.second
        former = try replica.settings.device
        try copied.first.plan("Voorbeeldhaven")
        try await _ = copied.agenda.sync(copied.first)
        try replica.plan("Voorbeeldspoor")
    }

    private func expectMoved(_ replica: Replica) async throws {
        try await _ = agenda.sync(replica)
        let status = try replica.status()
        #expect(status.settings.device != former && status.pending == 0 && status.refused == 0)
        #expect(!FileManager.default.fileExists(atPath: replica.folder + "/enrolment.json"))
        #expect(try replica.titles == ["Voorbeeldhaven", "Voorbeeldspoor"])
        #expect(try agenda.misplacedMilestones(in: replica).isEmpty)
        #expect(try read("token") == "token-\(status.settings.device.id.dropFirst("laptop".count))\n")
    }

    private func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(replica.folder)/\(name)", encoding: .utf8)
    }

    private func write(_ text: String, _ name: String) throws {
        try SecretFile.write(text, at: "\(replica.folder)/\(name)", replacing: true)
    }

    private func reopened() throws -> Replica {
        replica.close()
        return try Replica(opening: replica.folder, environment: agenda.clock.environment)
    }

    /// Makes every change of a pending event fail, from outside.
    private func forbidMoving(_ isForbidden: Bool) throws {
        let queue = try DatabaseQueue(path: replica.folder + "/log.sqlite")
        try queue.write { db in
            try db.execute(
                sql: isForbidden
                    ? """
                    CREATE TRIGGER fault BEFORE UPDATE ON outbox WHEN NEW.counter = 2
                    BEGIN SELECT RAISE(ABORT, 'fault'); END
                    """ : "DROP TRIGGER fault"
            )
        }
        try queue.close()
    }

    @Test("The key and the token are the new device's, and nobody else can read them")
    func files() async throws {
        let (token, key) = (try read("token"), try read("device.key"))
        try await expectMoved(replica)
        #expect(try read("token") != token && read("device.key") != key)
        for name in ["token", "device.key"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(replica.folder)/\(name)")
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
        }
    }

    @Test("Interrupted when the answer was stored: nothing is enrolled twice, nothing is sent as the former device")
    func beforeTheTransaction() async throws {
        try forbidMoving(true)
        #expect(await failure { try await agenda.sync(replica, .noRetries) } != nil)
        #expect(try read("enrolment.json").contains(former.rawValue))
        #expect(try replica.settings.device == former)
        #expect(try replica.status().changesDevice)
        #expect(try replica.status().pending == 2)
        let open = try reopened()
        #expect(try open.settings.device == former)
        // Recorded in between, it moves with the others.
        let project = try open.plan("Voorbeeldbrug")
        #expect(project.contains(former.id))
        try forbidMoving(false)
        let enrolments = agenda.server.requests.filter { $0 == "POST /devices" }.count
        let summary = try await agenda.sync(open)
        #expect(summary.deviceChange?.moved == 4)
        #expect(agenda.server.requests.filter { $0 == "POST /devices" }.count == enrolments)
        #expect(try open.titles == ["Voorbeeldbrug", "Voorbeeldhaven", "Voorbeeldspoor"])
        #expect(try agenda.misplacedMilestones(in: open).isEmpty)
    }

    @Test("Interrupted after the transaction: opening the folder brings token and key along", arguments: [true, false])
    func afterTheTransaction(isTokenWritten: Bool) async throws {
        let (token, key) = (try read("token"), try read("device.key"))
        try forbidMoving(true)
        #expect(await failure { try await agenda.sync(replica, .noRetries) } != nil)
        let answer = try read("enrolment.json")
        try forbidMoving(false)
        try await expectMoved(replica)
        let (newToken, newKey) = (try read("token"), try read("device.key"))
        try write(answer, "enrolment.json")
        if !isTokenWritten { try write(token, "token") }
        try write(key, "device.key")
        let open = try reopened()
        #expect(try read("token") == newToken && read("device.key") == newKey)
        try await expectMoved(open)
    }

    @Test("A stored answer of an earlier change is not taken for a new one")
    func staleAnswer() async throws {
        try forbidMoving(true)
        #expect(await failure { try await agenda.sync(replica, .noRetries) } != nil)
        let answer = try read("enrolment.json")
        try forbidMoving(false)
        try await expectMoved(replica)
        let other = try agenda.copy(of: replica, as: "nog een kopie")
        try other.plan("Voorbeeldsluis")
        try await _ = agenda.sync(other)
        try await _ = agenda.sync(replica)
        let settings = try replica.settings
        let token = try read("token")
        try write(answer, "enrolment.json")
        let open = try reopened()
        #expect(try open.settings == settings)
        #expect(try read("token") == token)
        #expect(!FileManager.default.fileExists(atPath: replica.folder + "/enrolment.json"))
    }

    @Test("A lost answer to the enrolment costs a device, and no event")
    func lostAnswer() async throws {
        agenda.server.fail("POST /devices", .lostAnswer)
        try await expectMoved(replica)
    }

    @Test("Without a network after the pull, the replica still knows that its identity is shared")
    func unreachable() async throws {
        let idle = try agenda.copy(of: copied.first, as: "stil")
        try copied.first.plan("Voorbeeldbrug")
        try await _ = agenda.sync(copied.first)
        agenda.server.fail("POST /devices", .unreachable(.noRoute))
        let error = await failure { try await agenda.sync(idle, .noRetries) }
        #expect(error?.code == .unreachable)
        #expect(try idle.status().changesDevice)
        // It does not take the other's subjects for its own.
        let own = try idle.plan("Voorbeeldsluis")
        let summary = try await agenda.sync(idle)
        #expect(summary.deviceChange?.moved == 2)
        #expect(try idle.document(of: own) == nil)
        #expect(try agenda.misplacedMilestones(in: idle).isEmpty)
        #expect(try idle.status().pending == 0)
    }

    /// A laptop with a theme and a project that hangs on it, both refused, of which the theme has been re-recorded; a
    /// copy of it, which has made something else under the theme's new name.
    private func rerecorded() async throws -> (replica: Replica, copy: Replica, theirs: String) {
        let types = ["theme.opened", "project.started"]
        let replica = try await agenda.clone("weigering")
        for type in types { agenda.server.refuse(type, problem: "not-allowed") }
        let theme = try replica.record(type: "theme.opened", data: #"{"title":"Water"}"#).subject
        try replica.record(type: "project.started", data: #"{"title":"Voorbeeldbeek","theme":"\#(theme)"}"#)
        #expect(try await agenda.sync(replica).refused == 2)
        for type in types { agenda.server.refuse(type, problem: nil) }
        let copy = try agenda.copy(of: replica, as: "kopie van de weigering")
        let theirs = try copy.record(type: "theme.opened", data: #"{"title":"Voetbal"}"#).subject
        #expect(try replica.retryRefused([1]).events.map(\.event.subject) == [theirs])
        return (replica, copy, theirs)
    }

    /// The title of the theme that a project hangs on.
    private func theme(of project: String, in replica: Replica) throws -> String? {
        func field(_ name: String, of subject: String) throws -> String? {
            let document = try #require(try replica.document(of: subject))
            return try JSONValue(parsing: document.document)[name]?.text
        }
        let theme = try #require(try field("theme", of: project))
        return try field("title", of: theme)
    }

    @Test("What was refused follows its subject through a change of device", arguments: [false, true])
    func refusedFollows(isCopied: Bool) async throws {
        let (replica, copy, theirs) = try await rerecorded()
        if isCopied {
            try await _ = agenda.sync(copy)
            #expect(try await agenda.sync(replica).deviceChange?.moved == 1)
            // Meant as it says, and pending: not to be taken for the one that had this name here.
            try replica.record(type: "project.started", data: #"{"title":"Voorbeeldveld","theme":"\#(theirs)"}"#)
        } else {
            try agenda.server.revoke(replica.settings.device)
            _ = try await replica.rejoin(
                invite: "invite-admin",
                memberName: "Een",
                deviceName: "Laptop",
                transport: agenda.server
            )
        }
        let again = try replica.retryRefused([2]).events
        #expect(again.count == 1)
        #expect(try theme(of: again[0].event.subject, in: replica) == "Water")
        #expect(try await agenda.sync(replica).refused == 0)
        #expect(try theme(of: again[0].event.subject, in: replica) == "Water")
        guard isCopied else { return }
        let field = try "project/\(replica.settings.device.id)-4"
        #expect(try theme(of: field, in: replica) == "Voetbal")
    }

    @Test("A device that may not enrol any more keeps everything, and goes on with an invite")
    func rejoining() async throws {
        agenda.server.revoke(former)
        let error = try #require(await failure { try await agenda.sync(replica) })
        #expect(error.code == .revoked && error.nextStep?.contains("ambit rejoin") == true)
        #expect(try replica.status().pending == 2)
        let summary = try await replica.rejoin(
            invite: "invite-admin",
            memberName: "Een ander",
            deviceName: "Laptop",
            transport: agenda.server
        )
        #expect(summary.deviceChange?.moved == 2 && summary.accepted == 2)
        try await expectMoved(replica)
    }

    @Test("What the server has already is not sent again by a laptop that rejoins")
    func rejoiningAfterLostAnswer() async throws {
        let other = try await agenda.clone("tweede")
        try other.plan("Voorbeeldbrug")
        agenda.server.fail("POST /events", .lostAnswer)
        #expect(await failure { try await agenda.sync(other, .noRetries) }?.code == .unreachable)
        try other.plan("Voorbeeldsluis")
        try agenda.server.revoke(other.settings.device)
        let summary = try await other.rejoin(
            invite: "invite-recorder",
            memberName: "Tweede",
            deviceName: "Laptop",
            transport: agenda.server
        )
        #expect(summary.deviceChange?.moved == 2)
        #expect(try other.titles == ["Voorbeeldbrug", "Voorbeeldhaven", "Voorbeeldsluis"])
        #expect(try agenda.misplacedMilestones(in: other).isEmpty)
    }

    @Test("A replica without its token says so, and goes on with an invite")
    func missingToken() async throws {
        try FileManager.default.removeItem(atPath: replica.folder + "/token")
        let error = try #require(await failure { try await agenda.sync(replica) })
        #expect(error.code == .unauthenticated && error.nextStep?.contains("ambit rejoin") == true)
        try await _ = replica.rejoin(
            invite: "invite-admin",
            memberName: "Een",
            deviceName: "Laptop",
            transport: agenda.server
        )
        try await expectMoved(replica)
    }

    @Test("A token is read whatever an editor put behind it", arguments: ["", "\n", "\r\n", "\r\n\r\n", "\n\n"])
    func tokenWithNewlines(end: String) async throws {
        let token = try read("token").trimmingCharacters(in: .newlines)
        try write(token + end, "token")
        #expect(try replica.files.readToken() == token)
        try await expectMoved(replica)
    }

    @Test(
        "A file that holds no token is not sent as one",
        arguments: ["", "\n", "een twee", "een\ntwee", "één", "\u{FEFF}a"]
    )
    func noToken(text: String) async throws {
        try write(text, "token")
        let error = try #require(await failure { try await agenda.sync(replica) })
        #expect(error.code == .unauthenticated && error.message.contains(replica.files.token))
        #expect(error.nextStep?.contains("ambit rejoin") == true)
        #expect(text.count < 3 || !error.description.contains(text))
    }

    @Test("Who rejoins without reaching the server is told what became of the invite")
    func rejoiningWithoutServer() async throws {
        func nextStep(_ fault: FakeServer.Fault) async -> String? {
            agenda.server.fail("POST /devices", fault)
            return await failure {
                try await replica.rejoin(
                    invite: "invite-admin",
                    memberName: "Een",
                    deviceName: "L",
                    transport: agenda.server
                )
            }?.nextStep
        }
        for code in [LogClientError.Code.refused, .noRoute] {
            #expect(await nextStep(.unreachable(code))?.hasPrefix("the invite was not used") == true)
        }
        for fault in [FakeServer.Fault.lostAnswer, .answer(status: 503, headers: [:], body: "")] {
            #expect(await nextStep(fault)?.contains("the same invite lets this laptop in") == true)
        }
    }

    @Test("An invite that does not work changes nothing, nor does the server of another log")
    func badInvite() async throws {
        let settings = try replica.settings
        func rejoin(_ invite: String, _ server: FakeServer) async -> ReplicaError? {
            await failure {
                try await replica.rejoin(invite: invite, memberName: "Een", deviceName: "L", transport: server)
            }
        }
        #expect(await rejoin("verlopen", agenda.server)?.code == .invalidInvite)
        let other = try FakeServer(seed: 9)
        #expect(await rejoin("invite-admin", other)?.code == .badCheckpoint)
        #expect(try replica.settings == settings)
        #expect(try replica.status().pending == 2)
        #expect(!FileManager.default.fileExists(atPath: replica.folder + "/enrolment.json"))
        try await expectMoved(replica)
    }
}
