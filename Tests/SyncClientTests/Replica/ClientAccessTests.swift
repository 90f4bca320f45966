import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import LogClient
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncClient
@testable import SyncServer

@Suite("A replica's token, and administration from it")
struct ClientAccessTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Runs the test with a replica on a server in this process.
    private func run(
        _ role: Role = .admin,
        _ test: (TestServer, RouterTransport, Replica) async throws -> Void
    ) async throws {
        nonisolated(unsafe) let test = test
        try await TestServer.run { [folder] server, _ in
            let transport = RouterTransport(server.client)
            let replica = try await Replica.clone(
                url: "http://localhost/agendas/assen",
                into: folder.file(UUID().uuidString),
                invite: try server.invite(role),
                memberName: "Verzonnen Beheerder",
                deviceName: "laptop",
                transport: transport
            ).replica
            try await test(server, transport, replica)
            replica.close()
        }
    }

    private func token(of replica: Replica) throws -> String { try replica.files.readToken() }

    private func tokens(_ server: TestServer, of replica: Replica) throws -> Set<Hash> {
        let access = try #require(server.source.store("assen")).access()
        let device = try replica.settings.device
        return Set(access.tokens.filter { $0.value == device }.keys)
    }

    private func hash(_ token: String) -> Hash { Hash.sha256(Array(token.utf8)) }

    @Test("A renewed token is stored and the only one that is good")
    func renewing() async throws {
        try await run { server, transport, replica in
            let old = try token(of: replica)
            try await replica.renewToken(over: transport)
            let new = try token(of: replica)
            #expect(new != old)
            #expect(try tokens(server, of: replica) == [hash(new)])
            let mode = try FileManager.default.attributesOfItem(atPath: replica.files.token)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            _ = try await replica.sync(over: transport).finish()
        }
    }

    private struct Interruption: Error {}

    @Test("A renewal that is interrupted anywhere leaves a token that works, and ends well when it is done again")
    func interrupted() async throws {
        enum Point: CaseIterable {
            case askingLost, tokenLost, beforeStoring, afterStoring, endingLost, answerLost
        }
        for point in Point.allCases {
            try await run { server, transport, replica in
                let old = try token(of: replica)
                let path = replica.files.token
                switch point {
                case .askingLost: transport.fail(0, .requestLost)
                case .tokenLost: transport.fail(0, .answerLost)
                case .endingLost: transport.fail(1, .requestLost)
                case .answerLost: transport.fail(1, .answerLost)
                case .beforeStoring, .afterStoring: break
                }
                let result = await Result.running {
                    try await replica.renewToken(over: transport) { token in
                        if point == .beforeStoring { throw Interruption() }
                        // As the real one does, which is tested above.
                        try Data((token + "\n").utf8).write(to: URL(fileURLWithPath: path))
                        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                        if point == .afterStoring { throw Interruption() }
                    }
                }
                #expect(throws: ReplicaError.self, "\(point)") { try result.get() }
                let isStored = ![.askingLost, .tokenLost, .beforeStoring].contains(point)
                #expect(try (token(of: replica) != old) == isStored, "\(point)")
                let good = try tokens(server, of: replica)
                #expect(good.contains(hash(try token(of: replica))) && good.count <= 2, "\(point)")
                transport.fail(.max, .requestLost)
                try replica.record(type: "organisation.registered", data: #"{"name":"Verzonnen"}"#)
                #expect(try await replica.sync(over: transport).finish().accepted == 1, "\(point)")
                try await replica.renewToken(over: transport)
                #expect(try tokens(server, of: replica) == [hash(token(of: replica))], "\(point)")
                #expect(try token(of: replica) != old)
            }
        }
    }

    @Test("Storing comes before the former token is ended: in the other order an interruption would lock out")
    func canary() async throws {
        try await run { server, transport, replica in
            let other = TokenAnswer(
                token: try await replica.asking(over: transport, token: try token(of: replica)) {
                    try await $0.ask("POST", "/token", status: 201, for: TokenAnswer.self)
                }.token
            )
            try await replica.asking(over: transport, token: other.token) { try await $0.send("DELETE", "/token") }
            let error = await failure { try await replica.sync(over: transport).finish() }
            #expect(error?.code == .unauthenticated)
        }
    }

    @Test("A token is not renewed while a sync uses it")
    func lock() async throws {
        try await run { _, transport, replica in
            let lock = try FolderLock(replica.files.lock)
            let error = await failure { try await replica.renewToken(over: transport) }
            #expect(error?.code == .syncRunning && lock != nil)
        }
    }

    @Test("An admin's replica makes, lists and takes back invites, and revokes devices")
    func administration() async throws {
        try await run { server, transport, replica in
            let admin = replica.administration(over: transport)
            let invite = try await admin.invite(.editor, days: 3)
            let second = try await admin.invite(.admin, member: replica.settings.member)
            #expect(try invite.role == "editor" && second.member == replica.settings.member.rawValue)
            let open = try await admin.invites()
            #expect(open.count == 2 && open[0].role == "editor")
            try await admin.withdrawInvite(open[0].id)
            #expect(try await admin.invites() == [open[1]])
            for id in [open[0].id, "", "../devices/x", "nonsense"] {
                #expect(await failure { try await admin.withdrawInvite(id) }?.code == .unknownSubject)
            }
            let device = try await server.enrol(code: server.invite(.recorder))
            try await admin.revoke(DeviceID(unchecked: device.answer.device))
            for text in ["device/zzzzzz", "device/../invites/x", "zzzzzz", ""] {
                let error = await failure { try await admin.revoke(DeviceID(unchecked: text)) }
                #expect(error?.code == .unknownSubject, "\(text)")
            }
            _ = try await replica.sync(over: transport).finish()
            #expect(try replica.devices().first { $0.subject == device.answer.device }?.isRevoked == true)
            #expect(try replica.members().contains { $0.name == "Verzonnen Beheerder" && $0.role == "admin" })
        }
    }

    @Test("A sync that is told to come back later waits as long as it is told, and ends well")
    func limited() async throws {
        let clock = ServerClock()
        let slept = Mutex<[Duration]>([])
        var options = ServerOptions()
        options.rates = Rates([.push: Rate(perSecond: 0.02, burst: 1)])
        try await TestServer.run(options: options, environment: clock.environment) { [folder] server, _ in
            let transport = RouterTransport(server.client)
            let replica = try await Replica.clone(
                url: "http://localhost/agendas/assen",
                into: folder.file("limited"),
                invite: try server.invite(.recorder),
                memberName: "Verzonnen",
                deviceName: "laptop",
                transport: transport,
                environment: RuntimeEnvironment(
                    now: clock.environment.now,
                    random: clock.environment.random,
                    sleep: { duration in
                        slept.withLock { $0.append(duration) }
                        clock.advance(seconds: Double(duration.components.seconds))
                    }
                )
            ).replica
            for _ in 1...2 {
                try replica.record(type: "organisation.registered", data: #"{"name":"Verzonnen"}"#)
                #expect(try await replica.sync(over: transport).finish().accepted == 1)
            }
            let waits = slept.withLock { $0 }
            #expect(waits.count == 1 && waits.allSatisfy { $0 >= .seconds(50) }, "\(waits)")
            replica.close()
        }
    }

    @Test("Who is no admin is told so")
    func notAdmin() async throws {
        try await run(.editor) { _, transport, replica in
            let error = await failure { try await replica.administration(over: transport).invites() }
            #expect(error?.code == .notAllowed)
        }
    }

    @Test("A replay says who could do what, and when")
    func membershipsInTheLog() async throws {
        try await run { server, transport, replica in
            let other = try await server.enrol(code: server.invite(.recorder))
            var counter = 0
            var allowed: [Int: Role] = [:]
            /// Tries an event that takes an editor; remembers at which size it was taken.
            func attempt(expecting isTaken: Bool) async throws {
                counter += 1
                let line = other.event(counter, "theme.opened", "theme/\(other.id)-\(counter)", #"{"title":"T"}"#)
                let response = try await server.push([line], by: other)
                guard response.status == .ok else {
                    #expect(!isTaken)
                    return
                }
                let answer = try response.decode(PushAnswer.self)
                #expect(answer.accepted.isEmpty != isTaken)
                if let run = answer.accepted.first { allowed[run.position] = .editor }
            }
            func change(_ type: String, _ data: String) async throws {
                _ = try await replica.sync(over: transport).finish()
                try replica.record(type: type, subject: other.answer.member, data: data)
                #expect(try await replica.sync(over: transport).finish().refused == 0)
            }
            try await attempt(expecting: false)
            try await change("member.granted", #"{"role":"editor"}"#)
            try await attempt(expecting: true)
            try await change("member.left", #"{"active":false}"#)
            try await attempt(expecting: false)
            try await change("member.granted", #"{"role":"editor","active":true}"#)
            try await attempt(expecting: true)
            try await change("member.granted", #"{"role":"recorder"}"#)
            try await attempt(expecting: false)
            #expect(allowed.count == 2)

            let size = try server.source.store("assen")?.head().size.rawValue ?? 0
            var couldWrite: Set<Int> = []
            for at in 0..<size {
                struct Page: Decodable {
                    struct Item: Decodable {
                        struct Member: Decodable {
                            var role: String
                            var active: Bool?
                        }
                        var subject: String
                        var document: Member
                    }
                    var documents: [Item]
                }
                let page = try await server.get("/state?at=\(at)&kind=member", by: await me(replica)).decode(Page.self)
                let member = page.documents.first { $0.subject == other.answer.member }?.document
                if member?.role == "editor", member?.active != false { couldWrite.insert(at) }
            }
            #expect(Set(allowed.keys).isSubset(of: couldWrite))
            let log = try #require(server.source.store("assen"))
            for position in 0..<size where !couldWrite.contains(position) {
                let entry = String(
                    decoding: try log.entries(Position(position)..<Position(position + 1)),
                    as: UTF8.self
                )
                #expect(!(entry.contains("theme.opened") && entry.contains(other.answer.device)), "\(position)")
            }
        }
    }

    /// The replica as a caller of the server.
    private func me(_ replica: Replica) async throws -> TestDevice {
        let settings = try replica.settings
        return TestDevice(
            answer: EnrolmentAnswer(
                device: settings.device.rawValue,
                token: try token(of: replica),
                member: settings.member.rawValue,
                role: settings.role,
                origin: settings.origin,
                verifierKey: settings.verifierKey
            )
        )
    }
}
