import AgendaModel
import Deflate
import EventLog
import EventLogSQLite
import Foundation
import HTTPTypes
import HummingbirdTesting
import LogClient
import Projections
import SyncProtocol
import SyncServer
import SyncTesting
import Synchronization
import Testing

@testable import SyncClient

/// Laptops of one agenda, which reach its server where it happens to be.
private struct Laptops {
    let server: DiskServer
    var replicas: [Replica] = []

    init() async throws {
        server = try await DiskServer()
    }

    mutating func clone(_ role: Role, _ url: String) async throws {
        let name = "laptop-\(replicas.count)"
        let transport = try HTTPTransport(url: url)
        replicas.append(
            try await Replica.clone(
                url: url,
                into: server.folder.file(name),
                invite: server.invite(role),
                memberName: "Verzonnen \(name)",
                deviceName: name,
                transport: transport
            ).replica
        )
        await transport.shutDown()
    }

    func record(_ count: Int, in replica: Replica) throws {
        for number in 0..<count {
            try replica.record(
                type: "organisation.registered",
                data: #"{"name":"Verzonnen organisatie \#(number)","sort":"company"}"#
            )
        }
    }
}

/// Runs the body with a transport to an address.
private func reaching<Value>(_ url: String, _ body: (any Transport) async throws -> Value) async throws -> Value {
    let transport = try HTTPTransport(url: url)
    let result = await Result.running { try await body(transport) }
    await transport.shutDown()
    return try result.get()
}

/// Flips one byte of the entries that are given back.
private struct AlteringTransport: Transport {
    let base: any Transport

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        guard request.path == "/heal" else { return try await base.send(request) }
        var request = request
        if request.headers.removeValue(forKey: "Content-Encoding") != nil { request.body = try inflated(request.body) }
        // The first digit of the last entry's recorded time, which gets later: an earlier one is no entry at all.
        let year = request.body.count - #"2026-01-01T00:00:00.000Z"}"#.utf8.count - 1
        request.body[year] ^= 1
        return try await base.send(request)
    }
}

@Suite("A server that was put back from a backup")
struct RepairEndToEndTests {
    /// Three laptops, and a backup of the server that lacks what two of them have synced since.
    private func setUp(pendingInBackup: Int = 30) async throws -> (laptops: Laptops, backup: String) {
        var made = try await Laptops()
        let backup = made.server.folder.file("backup.sqlite")
        let box = Mutex(made)
        made = try await made.server.serve { url in
            var laptops = box.withLock { $0 }
            for role in [Role.admin, .recorder, .recorder] { try await laptops.clone(role, url) }
            for replica in laptops.replicas {
                try laptops.record(pendingInBackup, in: replica)
                _ = try await reaching(url) { try await replica.sync(over: $0, options: .signing).finish() }
            }
            // While the server runs.
            let store = try laptops.server.openStore()
            let head = try store.backUp(to: backup)
            // Each laptop has signed what it recorded.
            #expect(head.size == LogSize(7 + 3 * (pendingInBackup + 1)))
            #expect(throws: LogError.self) { try store.backUp(to: backup) }
            try store.close()
            for round in 0..<3 {
                for replica in laptops.replicas.prefix(2) {
                    try laptops.record(200 + round, in: replica)
                    _ = try await reaching(url) { try await replica.sync(over: $0, options: .signing).finish() }
                }
            }
            try await laptops.clone(.recorder, url)
            _ = try await reaching(url) { try await laptops.replicas[0].sync(over: $0, options: .signing).finish() }
            return laptops
        }
        return (made, backup)
    }

    @Test("Laptops notice and keep everything; an admin's replica repairs it, and all of them sync")
    func wholeStory() async throws {
        let (laptops, backup) = try await setUp()
        let (admin, recorder, behind, late) = (
            laptops.replicas[0], laptops.replicas[1], laptops.replicas[2], laptops.replicas[3]
        )
        let lost = try admin.log.head().size
        try laptops.server.putBack(backup)
        var options = ServerOptions()
        options.takesPushes = false
        try await laptops.server.serve(options) { url in
            try await noticing(laptops, url)
            let altered = await failure {
                try await reaching(url) {
                    try await admin.repairServer(over: AlteringTransport(base: $0), options: .noRetries)
                }
            }
            #expect(altered?.problem == "invalid-proof")
            #expect(try laptops.server.openStore().head().size == LogSize(100))
            let refused = await failure {
                try await reaching(url) { try await recorder.repairServer(over: $0, options: .noRetries) }
            }
            #expect(refused?.code == .notAllowed)

            let repaired = try await reaching(url) { try await admin.repairServer(over: $0, options: .noRetries) }
            #expect(repaired.given == lost.rawValue - 100)
            #expect(repaired.size == lost)
            // What the admin recorded meanwhile waits until the server takes pushes.
            #expect(repaired.sync == nil)
            let again = try await reaching(url) { try await admin.repairServer(over: $0, options: .noRetries) }
            #expect(again.given == 0)
            // Caches that know the log from before hear that what they have is out of date.
            #expect(try laptops.server.openStore().head().erasureMark > 0)
        }
        try await laptops.server.serve { url in
            for _ in 0..<2 {
                for replica in [admin, recorder, behind] {
                    let summary = try await reaching(url) {
                        try await replica.sync(over: $0, options: .signing).finish()
                    }
                    #expect(summary.refused == 0)
                }
            }
            let digests = try [admin, recorder, behind].map { try $0.digest() }
            #expect(Set(digests).count == 1)
            #expect(Set(try [admin, recorder, behind].map { try $0.log.head().size }) == [LogSize(lost.rawValue + 11)])
            // The one who was let in after the backup is a device of the log, and its token is lost.
            let unknown = await failure {
                try await reaching(url) { try await late.sync(over: $0, options: .signing).finish() }
            }
            #expect(unknown?.code == .unauthenticated)
            #expect(unknown?.nextStep?.contains("ambit rejoin") == true)
            let access = try laptops.server.openStore().access()
            #expect(try access.devices[late.settings.device]?.isRevoked == false)
        }
    }

    /// Those who are ahead are told so, whoever they are, and go on recording.
    private func noticing(_ laptops: Laptops, _ url: String) async throws {
        for (index, replica) in laptops.replicas.prefix(3).enumerated() {
            let size = try replica.log.head().size
            try laptops.record(index == 2 ? 1 : 2, in: replica)
            let pending = try replica.store.outbox.counts().pending
            let error = await failure {
                try await reaching(url) { try await replica.sync(over: $0, options: .noRetries).finish() }
            }
            if index == 2 {
                // At the backup's size or below: its events would take the place of those that are lost.
                #expect(error?.code == .unavailable)
                #expect(error?.problem == "read-only")
            } else {
                #expect(error?.code == .serverBehind)
                #expect(error?.nextStep?.contains("ambit heal") == true)
            }
            #expect(try replica.log.head().size == size)
            #expect(try replica.store.outbox.counts().pending == pending)
            try laptops.record(1, in: replica)
        }
    }

    @Test(
        "A laptop that was let in after the backup writes nothing in the gap, and rejoins when the server is repaired"
    )
    func rejoining() async throws {
        let (laptops, backup) = try await setUp()
        try laptops.server.putBack(backup)
        let (admin, late) = (laptops.replicas[0], laptops.replicas[3])
        let size = try admin.log.head().size.rawValue
        try laptops.record(2, in: late)
        try await laptops.server.serve { url in
            let unknown = await failure {
                try await reaching(url) { try await late.sync(over: $0, options: .signing).finish() }
            }
            #expect(unknown?.code == .unauthenticated)
            #expect(unknown?.nextStep?.contains("put back from a backup, wait until an admin has healed it") == true)
            let invite = try laptops.server.invite(.recorder)
            func rejoin() async throws -> SyncSummary {
                try await reaching(url) { transport in
                    try await late.rejoin(invite: invite, memberName: "Een", deviceName: "Laptop", transport: transport)
                }
            }
            let behind = await failure { try await rejoin() }
            #expect(behind?.code == .unavailable && behind?.problem == "read-only")
            #expect(behind?.message.contains("ambit heal") == true)
            #expect(try laptops.server.openStore().head().size == LogSize(100))
            #expect(try !late.status().changesDevice)

            let repaired = try await reaching(url) { try await admin.repairServer(over: $0, options: .noRetries) }
            #expect(repaired.given == size - 100)
            let summary = try await rejoin()
            #expect(summary.deviceChange?.moved == 2 && summary.accepted == 2 && summary.refused == 0)
            _ = try await reaching(url) { try await admin.sync(over: $0, options: .signing).finish() }
            #expect(try late.digest() == admin.digest())
        }
    }

    @Test("When others have written in the gap, a repair says so and changes nothing")
    func forked() async throws {
        let (laptops, backup) = try await setUp()
        try laptops.server.putBack(backup)
        // Somebody gave up what was lost, too early.
        let agenda = try DataFolder(at: laptops.server.data).open(DiskServer.agenda)
        let writer = try Sequencer(store: agenda.store, key: agenda.key, environment: .system, seen: agenda.seen)
        let remembered = StateFile.rememberedEnd(at: agenda.statePath, of: agenda.store.identity)
        writer.remember(try #require(remembered))
        #expect(try await writer.acceptLoss() != nil)
        await writer.shutDown()
        try agenda.store.close()
        try await laptops.server.serve { url in
            let behind = laptops.replicas[2]
            try laptops.record(1, in: behind)
            _ = try await reaching(url) { try await behind.sync(over: $0, options: .signing).finish() }
            let size = try laptops.server.openStore().head().size
            let error = await failure {
                try await reaching(url) { try await laptops.replicas[0].repairServer(over: $0, options: .noRetries) }
            }
            #expect(error?.code == .forked)
            #expect(error?.nextStep?.contains("put the backup back once more") == true)
            #expect(try laptops.server.openStore().head().size == size)
        }
    }

    @Test("A data folder is repaired on the server's machine, without a token")
    func onTheMachine() async throws {
        let (laptops, backup) = try await setUp()
        try laptops.server.putBack(backup)
        let admin = laptops.replicas[0]
        let agenda = try DataFolder(at: laptops.server.data).open(DiskServer.agenda)
        let sequencer = try Sequencer(store: agenda.store, key: agenda.key, environment: .system, seen: agenda.seen)
        let summary = try await admin.repair(sequencer, verifier: agenda.store.identity.verifierKey)
        #expect(summary.given == (try admin.log.head().size.rawValue) - 100)
        #expect(try agenda.store.head().checkpoint == admin.log.head().checkpoint)
        #expect(try await admin.repair(sequencer, verifier: agenda.store.identity.verifierKey).given == 0)
        await sequencer.shutDown()
        try agenda.store.close()
    }

    @Test("Entries are given back in pieces where so much does not get through at once, and named where one does not")
    func pieces() async throws {
        let (laptops, backup) = try await setUp()
        let admin = laptops.replicas[0]
        let size = try admin.log.head().size
        var options = ServerOptions()
        options.takesPushes = false
        var policy = SyncOptions.noRetries
        policy.retries.attempts = 12
        policy.retries.firstDelay = .milliseconds(1)
        for status in [413, 403, 504] {
            try laptops.server.putBack(backup)
            try await laptops.server.serve(options) { [policy] url in
                try await reaching(url) { server in
                    let blocking = Box(base: server) { _, _ in 413 }
                    let error = await failure { try await admin.repairServer(over: blocking, options: policy) }
                    #expect(error?.message.contains("position 100 ") == true)
                    #expect(error?.nextStep?.contains("--data") == true)
                    let box = Box(base: server) { sent, _ in sent.count > 3_000 ? status : nil }
                    let repaired = try await admin.repairServer(over: box, options: policy)
                    #expect(repaired.size == size && repaired.given == size - 100)
                    #expect(box.log.value.withLock { $0.contains { $0 > 3_000 } }, "nothing was ever too long")
                }
            }
        }
    }

    @Test("Whoever gives back entries must be an admin, and say what they are")
    func requests() async throws {
        try await TestServer.run { server, admin in
            let recorder = try await server.enrol(code: server.invite(.recorder))
            let path = "/v1/agendas/assen/heal"
            try await server.send(.post, path, body: []).expectProblem(.unauthenticated)
            try await server.send(.post, path, by: recorder, body: []).expectProblem(.notAllowed)
            try await server.send(.get, path, by: admin).expectProblem(.methodNotAllowed)
            try await server.send(.post, path, by: admin, body: []).expectProblem(.unsupportedEncoding)
            func heal(_ body: String) async throws -> TestResponse {
                try await server.send(
                    .post,
                    path,
                    by: admin,
                    [.contentType: ProtocolConstants.ndjson],
                    body: Array(body.utf8)
                )
            }
            try await heal("").expectProblem(.badRequest)
            try await heal("{}\n").expectProblem(.badRequest)
            try await heal(#"{"after":-1,"checkpoint":""}"#).expectProblem(.invalidRange)
            try await heal(#"{"after":0,"checkpoint":"x"}"#).expectProblem(.invalidProof)
            try await heal(#"{"after":0,"checkpoint":"x","proof":["y"]}"#).expectProblem(.invalidProof)
            let note = try await server.get("/checkpoint", by: admin).text
            let size = try #require(server.source.store("assen")?.head().size.rawValue)
            func header(_ after: Int) throws -> String {
                String(decoding: try ProtocolJSON.encode(RepairHeader(after: after, checkpoint: note)), as: UTF8.self)
            }
            let ahead = try await heal(header(size + 1) + "\n").expectProblem(.invalidProof)
            #expect(ahead.detail?.contains("beyond") == true)
            let answer = try await heal(header(size)).decode(RepairAnswer.self)
            #expect(answer == RepairAnswer(size: size, checkpoint: note))
            let entries = try await server.get("/events", by: admin).text
            #expect(try await heal(header(0) + "\n" + entries).decode(RepairAnswer.self) == answer)
            try await heal(header(0) + "\nnope\n").expectProblem(.badRequest)
            try await heal(header(0) + "\n" + entries.replacingOccurrences(of: "laptop", with: "Laptop"))
                .expectProblem(.forked)
        }
    }

    @Test("A server that takes no pushes says so to whoever writes, and gives everything to read")
    func noPushes() async throws {
        var options = ServerOptions()
        options.takesPushes = false
        let server = try await DiskServer()
        try await server.serve(options) { url in
            try await reaching(url) { transport in
                for path in ["/events", "/devices", "/invites"] {
                    let response = try await transport.send(TransportRequest(method: "POST", path: path))
                    #expect(response.status == 503)
                    #expect(response.headers["retry-after"] == "30")
                }
                #expect(try await transport.send(TransportRequest(path: "/events")).status == 401)
            }
        }
    }
}
