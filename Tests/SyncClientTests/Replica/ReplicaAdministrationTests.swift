import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import LogClient
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncClient
@testable import SyncServer

@Suite("What an admin's replica decides")
struct ReplicaAdministrationTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// A network that can be gone.
    private final class Network: Transport {
        private let transport: any Transport
        let isGone = Mutex(false)
        /// What was read, by path and query.
        let read = Mutex<[String]>([])

        init(_ transport: any Transport) { self.transport = transport }

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            if request.method == "GET" { read.withLock { $0.append(request.path) } }
            if isGone.withLock({ $0 }) { throw LogClientError(.noRoute, "there is no network") }
            return try await transport.send(request)
        }
    }

    private func clone(_ name: String, _ role: Role, _ server: TestServer) async throws -> Replica {
        try await Replica.clone(
            url: "http://localhost/agendas/assen",
            into: folder.file(name),
            invite: try server.invite(role),
            memberName: "Verzonnen",
            deviceName: name,
            transport: RouterTransport(server.client)
        ).replica
    }

    private func run(_ test: (TestServer, Network, Replica) async throws -> Void) async throws {
        nonisolated(unsafe) let test = test
        try await TestServer.run { server, _ in
            let replica = try await clone("beheer", .admin, server)
            try await test(server, Network(RouterTransport(server.client)), replica)
            replica.close()
        }
    }

    private func member(_ member: MemberID, _ server: TestServer) throws -> String? {
        try server.source.store("assen")?.access().members[member]
            .map { $0.isActive ? $0.role.rawValue : "left" }
    }

    @Test("Lists are asked for past caches, each time by another address")
    func pastCaches() async throws {
        try await run { _, network, replica in
            let admin = replica.administration(over: network)
            for _ in 1...2 {
                _ = try await admin.invites()
                _ = try await admin.devicesSeen()
            }
            let asked = network.read.withLock { $0.filter { !$0.hasPrefix("/events") } }
            #expect(asked.count >= 4 && Set(asked).count == asked.count, "\(asked)")
            #expect(asked.allSatisfy { $0.contains("?fresh=") }, "\(asked)")
        }
    }

    @Test("Who joined or left since the last sync is known by then", arguments: ["grant", "remove", "invite"])
    func newcomer(_ what: String) async throws {
        try await run { server, network, replica in
            let newcomer = MemberID(unchecked: try await server.enrol(code: server.invite(.recorder)).answer.member)
            #expect(try !replica.members().contains { $0.subject == newcomer.rawValue })
            let outdated = Mutex(0)
            let admin = replica.administration(over: network) { progress in
                if case .outdated = progress { outdated.withLock { $0 += 1 } }
            }
            switch what {
            case "grant":
                try await admin.grant(.editor, to: newcomer)
                #expect(try member(newcomer, server) == "editor")
            case "remove":
                try await admin.remove(newcomer)
                #expect(try member(newcomer, server) == "left")
            default: #expect(try await admin.invite(.admin, member: newcomer).role == "recorder")
            }
            #expect(outdated.withLock { $0 } == 0)
            #expect(try replica.status().pending == 0 && replica.refused().isEmpty)
        }
    }

    @Test("Who was let go on another laptop takes part again with a role")
    func again() async throws {
        try await run { server, network, replica in
            let other = try await clone("ander", .editor, server)
            let second = try await clone("tweede", .admin, server)
            let member = try other.settings.member
            try await replica.administration(over: network).remove(member)
            try await second.administration(over: network).grant(.auditor, to: member)
            #expect(try self.member(member, server) == "auditor")
        }
    }

    @Test("What was recorded in a role that is gone by then is kept with what was refused, and holds nothing up")
    func lessRole() async throws {
        try await run { server, network, replica in
            let other = try await clone("ander", .recorder, server)
            let member = try other.settings.member
            for number in 1...3 {
                try other.record(type: "organisation.registered", data: #"{"name":"Verzonnen \#(number)"}"#)
            }
            try await replica.administration(over: network).grant(.auditor, to: member)
            let summary = try await other.sync(over: network).finish()
            #expect(summary.refused == 3 && summary.accepted == 0 && summary.size > 0)
            #expect(try other.refused().map(\.problem) == ["not-allowed", "not-allowed", "not-allowed"])
            #expect(try other.pending().isEmpty)
            try await replica.administration(over: network).grant(.recorder, to: member)
            _ = try await other.sync(over: network).finish()
            _ = try other.retryRefused()
            #expect(try await other.sync(over: network).finish().accepted == 3)
        }
    }

    @Test("Without a network that is said, and what is unknown may only be new")
    func offline() async throws {
        try await run { server, network, replica in
            let known = try await clone("ander", .recorder, server).settings.member
            _ = try await replica.sync(over: network).finish()
            let newcomer = MemberID(unchecked: try await server.enrol(code: server.invite(.recorder)).answer.member)
            network.isGone.withLock { $0 = true }
            let outdated = Mutex<[ReplicaError.Code]>([])
            let admin = replica.administration(over: network) { progress in
                if case .outdated(let reason) = progress { outdated.withLock { $0.append(reason.code) } }
            }
            for body in [
                { try await admin.grant(.editor, to: newcomer) }, { try await admin.remove(newcomer) },
                { _ = try await admin.invite(.editor, member: newcomer) },
            ] {
                let error = await failure { try await body() }
                #expect(error?.code == .unknownSubject)
                #expect(error?.nextStep?.contains("when the server can be reached") == true)
            }
            #expect(outdated.withLock { $0 } == [.unreachable, .unreachable, .unreachable])
            #expect(try replica.status().pending == 0)
            // What is known is decided, and sent when that is possible.
            #expect(await failure { try await admin.grant(.editor, to: known) }?.code == .unreachable)
            #expect(try replica.status().pending == 1)
            network.isGone.withLock { $0 = false }
            _ = try await replica.sync(over: network).finish()
            #expect(try member(known, server) == "editor")
        }
    }

    @Test(
        "The last day of a token is counted from the server's time, whatever the laptop's clock says",
        arguments: [0, 4_070_908_800_000]
    )
    func lastDay(clock: Int) async throws {
        try await TestServer.run(environment: ServerClock().environment) { server, _ in
            let transport = RouterTransport(server.client)
            let replica = try await Replica.clone(
                url: "http://localhost/agendas/assen",
                into: folder.file("klok"),
                invite: try server.invite(.admin),
                memberName: "Verzonnen",
                deviceName: "klok",
                transport: transport,
                environment: TestClock(clock).environment
            ).replica
            defer { replica.close() }
            let admin = replica.administration(over: transport)
            let (answer, limits) = try await admin.makeToken(named: "Verzonnen taak", .auditor) { now in
                AccessLimits(expires: String(now.description.prefix(10)))
            }
            #expect(limits.expires == "2027-01-15")
            let devices = try server.source.store("assen")?.access().devices
            #expect(devices?[DeviceID(unchecked: answer.device)]?.limits.expires == "2027-01-15")
            // Where no day can be given, nothing is left that lets anybody in.
            let open = try await admin.invites()
            await #expect(throws: CancellationError.self) {
                _ = try await admin.makeToken(named: "Nog een", .auditor) { _ in throw CancellationError() }
            }
            #expect(try await admin.invites() == open)
        }
    }

    /// Carries requests, and lets nobody in.
    private struct Closed: Transport {
        let transport: any Transport
        let failure: LogClientError

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            if request.path == "/devices" { throw failure }
            return try await transport.send(request)
        }
    }

    @Test("A token that is not made leaves no invite open")
    func noInviteLeft() async throws {
        try await run { server, network, replica in
            let open = try await replica.administration(over: network).invites()
            for name in ["", " ", "Twee  spaties", "Om\u{202E}gekeerd", String(repeating: "a", count: 201)] {
                let error = await failure {
                    try await replica.administration(over: network).makeToken(named: name, .auditor)
                }
                #expect(error?.code == .invalidEvent && error?.problem == "invalid-data")
            }
            let failures: [(LogClientError, ReplicaError.Code)] = [
                (.answer(status: 400, ProblemDetails(.badRequest, ""), retryAfter: nil), .refusedRequest),
                (LogClientError(.timeout, "as the test wants"), .tooSlow),
            ]
            for (cause, code) in failures {
                let admin = replica.administration(over: Closed(transport: network, failure: cause))
                let error = await failure { try await admin.makeToken(named: "Verzonnen taak", .auditor) }
                #expect(error?.code == code)
            }
            #expect(try await replica.administration(over: network).invites() == open)
        }
    }

    @Test("What the server refuses is said, and kept")
    func refused() async throws {
        try await run { server, network, replica in
            let own = try replica.settings.member
            // The server has an admin of its own from the beginning, or this is the last one.
            let names =
                try server.source.store("assen")?.access().members.keys.sorted { $0.rawValue < $1.rawValue } ?? []
            for name in names where name != own {
                try await replica.administration(over: network).remove(name)
            }
            let error = await failure { try await replica.administration(over: network).remove(own) }
            #expect(error?.code == .refusedEvent && error?.problem == "not-allowed", "\(String(describing: error))")
            #expect(try replica.refused().map(\.subject) == [own.rawValue])
            #expect(try member(own, server) == "admin")
        }
    }

    @Test("A pull brings over what is there, and sends nothing")
    func pulling() async throws {
        try await run { server, network, replica in
            try replica.record(type: "organisation.registered", data: #"{"name":"Verzonnen"}"#)
            let newcomer = MemberID(unchecked: try await server.enrol(code: server.invite(.recorder)).answer.member)
            #expect(try await replica.pull(over: network) == nil)
            #expect(try replica.members().contains { $0.subject == newcomer.rawValue })
            #expect(try replica.status().pending == 1)
            network.isGone.withLock { $0 = true }
            #expect(try await replica.pull(over: network)?.code == .unreachable)
        }
    }
}
