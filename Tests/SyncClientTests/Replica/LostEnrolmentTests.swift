import AgendaModel
import EventLog
import EventLogSQLite
import Foundation
import LogClient
import SyncServer
import SyncTesting
import Synchronization
import Testing

@testable import SyncClient

/// Carries requests to a server, and loses the answers to enrolments.
private final class LosingTransport: Transport {
    private let base: HTTPTransport
    private let losses: Mutex<Int>

    init(_ base: HTTPTransport, losing count: Int) {
        self.base = base
        losses = Mutex(count)
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let response = try await base.send(request)
        guard request.path == "/devices",
            losses.withLock({ count in
                count -= 1
                return count >= 0
            })
        else { return response }
        _ = try await response.read(limit: 100_000)
        throw LogClientError(.cut, "as the test wants")
    }
}

/// Carries requests to a server, and puts a folder where the answer to an enrolment is to be kept.
private final class BlockingTransport: Transport {
    private let base: HTTPTransport
    private let path: String

    init(_ base: HTTPTransport, at path: String) {
        self.base = base
        self.path = path
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let response = try await base.send(request)
        if request.path == "/devices" {
            try FileManager.default.createDirectory(atPath: path + "/in the way", withIntermediateDirectories: true)
        }
        return response
    }
}

/// Carries requests to a server, and reaches it with no push as long as it is cut.
private final class PushlessTransport: Transport {
    private let base: HTTPTransport
    private let isCut = Mutex(true)

    init(_ base: HTTPTransport) { self.base = base }

    func mend() { isCut.withLock { $0 = false } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        if request.method == "POST", request.path == "/events", isCut.withLock({ $0 }) {
            throw LogClientError(.noRoute, "as the test wants")
        }
        return try await base.send(request)
    }
}

/// What a sync has said, in its order.
private final class Steps: Sendable {
    private let steps = Mutex<[SyncProgress]>([])

    func add(_ step: SyncProgress) { steps.withLock { $0.append(step) } }

    var first: SyncProgress? { steps.withLock { $0.first } }
}

@Suite("Enrolments whose answers are lost")
struct LostEnrolmentTests {
    private func reaching<Value: Sendable>(
        _ url: String,
        losing count: Int,
        _ body: (LosingTransport) async throws -> Value
    ) async throws -> Value {
        let http = try HTTPTransport(url: url)
        let result = await Result.running { try await body(LosingTransport(http, losing: count)) }
        await http.shutDown()
        return try result.get()
    }

    private func clone(_ url: String, _ folder: String, _ invite: String, losing count: Int) async throws -> Replica {
        try await reaching(url, losing: count) { try await clone(url, folder, invite, over: $0) }
    }

    private func clone(
        _ url: String,
        _ folder: String,
        _ invite: String,
        over transport: any Transport
    ) async throws -> Replica {
        try await Replica.clone(
            url: url,
            into: folder,
            invite: invite,
            memberName: "Verzonnen",
            deviceName: "laptop",
            transport: transport
        ).replica
    }

    @Test("A clone is begun again with the same invite, and leaves one device and one member")
    func clone() async throws {
        let server = try await DiskServer()
        let folder = server.folder.file("laptop")
        try await server.serve { url in
            let invite = try server.invite(.recorder)
            for _ in 0..<2 {
                let error = await failure { try await clone(url, folder, invite, losing: 1) }
                #expect(error?.nextStep?.contains("the same invite") == true)
            }
            // Nobody else gets in by it.
            let other = await failure { try await clone(url, server.folder.file("ander"), invite, losing: 0) }
            #expect(other?.code == .invalidInvite)
            let replica = try await clone(url, folder, invite, losing: 0)
            let access = try server.openStore().access()
            #expect(access.devices.count == 1 && access.members.count == 1 && access.tokens.count == 1)
            #expect(try replica.settings.device == access.devices.keys.first)
            _ = try replica.record(type: "organisation.registered", data: #"{"name":"Verzonnen"}"#)
            #expect(try await reaching(url, losing: 0) { try await replica.sync(over: $0).finish() }.accepted == 1)
        }
    }

    @Test("So is one of which the answer could not be kept on the laptop's disk")
    func unkept() async throws {
        let server = try await DiskServer()
        let folder = server.folder.file("laptop")
        try await server.serve { url in
            let invite = try server.invite(.recorder)
            let http = try HTTPTransport(url: url)
            let blocking = BlockingTransport(http, at: folder + "/enrolment.json")
            let error = await failure { try await clone(url, folder, invite, over: blocking) }
            await http.shutDown()
            #expect(error != nil)
            try FileManager.default.removeItem(atPath: folder + "/enrolment.json")
            let replica = try await clone(url, folder, invite, losing: 0)
            let access = try server.openStore().access()
            #expect(access.devices.count == 1 && access.members.count == 1)
            #expect(try replica.settings.device == access.devices.keys.first)
        }
    }

    @Test("So is a laptop that rejoins")
    func rejoin() async throws {
        let server = try await DiskServer()
        try await server.serve { url in
            let replica = try await clone(url, server.folder.file("laptop"), try server.invite(.recorder), losing: 0)
            let former = try replica.settings.device
            let invite = try server.invite(.recorder)
            func rejoin(losing count: Int) async throws -> SyncSummary {
                try await reaching(url, losing: count) {
                    try await replica.rejoin(invite: invite, memberName: "Een", deviceName: "laptop", transport: $0)
                }
            }
            for _ in 0..<2 { #expect(await failure { try await rejoin(losing: 1) } != nil) }
            _ = try await rejoin(losing: 0)
            let access = try server.openStore().access()
            #expect(access.devices.count == 2)
            #expect(try replica.settings.device != former)
            #expect(!FileManager.default.fileExists(atPath: replica.folder + "/device.key.next"))
        }
    }

    @Test("A laptop that has rejoined, and whose sync was cut off then, is let in again by the same invite")
    func rejoinedBefore() async throws {
        let server = try await DiskServer()
        try await server.serve { url in
            let http = try HTTPTransport(url: url)
            let result = await Result.running { try await rejoinTwice(to: server, url, over: http) }
            await http.shutDown()
            try result.get()
        }
    }

    private func rejoinTwice(to server: DiskServer, _ url: String, over http: HTTPTransport) async throws {
        let used = try server.invite(.recorder)
        _ = try await clone(url, server.folder.file("ander"), used, losing: 0)
        let replica = try await clone(url, server.folder.file("laptop"), try server.invite(.recorder), losing: 0)
        let former = try replica.settings.device
        _ = try replica.record(type: "organisation.registered", data: #"{"name":"Verzonnen"}"#)
        let invite = try server.invite(.recorder)
        let transport = PushlessTransport(http)
        let steps = Steps()
        func rejoin(_ invite: String) async throws -> SyncSummary {
            try await replica.rejoin(
                invite: invite,
                memberName: "Een",
                deviceName: "laptop",
                transport: transport,
                options: .noRetries
            ) { steps.add($0) }
        }
        #expect(await failure { try await rejoin(invite) }?.code == .unreachable)
        let device = try replica.settings.device
        // It is said before anything else happens.
        #expect(device != former && steps.first == .enrolled(device))

        transport.mend()
        let token = try replica.files.readToken()
        #expect(await failure { try await rejoin(used) }?.code == .invalidInvite)
        #expect(try replica.files.readToken() == token)
        #expect(try await rejoin(invite).accepted == 1)
        #expect(try replica.settings.device == device)
        #expect(try replica.files.readToken() != token)
        // Also when its token is lost.
        try FileManager.default.removeItem(atPath: replica.files.token)
        _ = try await rejoin(invite)
        #expect(try server.openStore().access().devices.count == 3)
    }
}
