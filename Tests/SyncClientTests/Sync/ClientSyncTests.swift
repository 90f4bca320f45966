import AgendaModel
import Foundation
import LogClient
import SyncClient
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

struct ClientSyncTests {
    @Test("A clone has the server's log, and says who it is")
    func cloning() async throws {
        let agenda = try TestAgenda()
        agenda.fill(700)
        let replica = try await agenda.clone("laptop")
        let status = try replica.status()
        #expect(status.size == agenda.server.size)
        #expect(status.isCaughtUp)
        #expect(status.settings.device == "device/laptop1")
        #expect(status.role == "admin")
        #expect(status.lastSync != nil)
        #expect(try replica.documents(kind: "organisation").count == 700)
        let mode =
            try FileManager.default.attributesOfItem(atPath: replica.folder + "/token")[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("What the server has is asked past caches, at each sync by another address")
    func pastCaches() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        for _ in 1...3 { _ = try await agenda.sync(replica) }
        let asked = agenda.server.requests.filter { $0.hasPrefix("GET /checkpoint") }
        #expect(asked.count >= 4)
        #expect(asked.allSatisfy { $0.hasPrefix("GET /checkpoint?fresh=") } && Set(asked).count == asked.count)
    }

    @Test("What two laptops record offline is on both after syncing, with equal digests")
    func bothWays() async throws {
        let agenda = try TestAgenda()
        let (one, two) = (try await agenda.clone("een"), try await agenda.clone("twee"))
        let theme = try one.record(type: "theme.opened", data: #"{"title":"Groene stad","order":1,"status":"open"}"#)
        #expect(theme.subject == "theme/laptop1-1")
        let ambition = try one.record(
            type: "ambition.proposed",
            data: #"{"theme":"theme/laptop1-1","title":"Nieuwe woningen"}"#
        )
        try two.record(type: "organisation.registered", data: #"{"name":"Gemeente Assen","sort":"municipality"}"#)
        #expect(try one.status().pending == 2)
        #expect(try one.document(of: ambition.subject)?.document.contains("Nieuwe woningen") == true)

        let first = try await agenda.sync(one)
        #expect(first.accepted == 2)
        try await _ = agenda.sync(two)
        try await _ = agenda.sync(one)
        #expect(try one.status().pending == 0)
        #expect(try one.digest() == two.digest())
        #expect(try one.entries(0..<agenda.server.size.rawValue) == two.entries(0..<agenda.server.size.rawValue))
        #expect(try two.document(of: ambition.subject) == one.document(of: ambition.subject))
    }

    @Test("A conflict shows on both laptops, and is settled by a later write")
    func conflict() async throws {
        let agenda = try TestAgenda()
        let (one, two) = (try await agenda.clone("een"), try await agenda.clone("twee"))
        let project = try one.record(type: "project.started", data: #"{"title":"Havenkwartier"}"#).subject
        try await _ = agenda.sync(one)
        try await _ = agenda.sync(two)
        try one.record(type: "project.revised", subject: project, data: #"{"title":"Havenkwartier Assen"}"#)
        try two.record(type: "project.revised", subject: project, data: #"{"title":"Havenkwartier-Zuid"}"#)
        for replica in [one, two, one] { try await _ = agenda.sync(replica) }
        #expect(try one.conflicts().map(\.path) == ["/title"])
        #expect(try two.conflicts() == one.conflicts())
        #expect(try one.status().conflicts == 1)
        try two.record(type: "project.revised", subject: project, data: #"{"title":"Havenkwartier"}"#)
        #expect(try two.conflicts().isEmpty)
        for replica in [two, one] { try await _ = agenda.sync(replica) }
        #expect(try one.conflicts().isEmpty)
        #expect(try one.digest() == two.digest())
    }

    @Test("Recording and reading go on without a server, also after opening again")
    func offline() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        try replica.record(type: "theme.opened", data: #"{"title":"Veiligheid","order":3,"status":"open"}"#)
        replica.close()
        let again = try Replica(opening: replica.folder, environment: agenda.clock.environment)
        #expect(try again.pending().map(\.id) == [1])
        let revised = try again.record(type: "theme.revised", subject: "laptop1-1", data: #"{"order":2}"#)
        #expect(revised.subject == "theme/laptop1-1")
        #expect(
            try again.document(of: "theme/laptop1-1")?.document == #"{"order":2,"status":"open","title":"Veiligheid"}"#
        )
    }

    @Test(
        "A pull that is cut anywhere goes on, and no whole segment is fetched twice",
        arguments: [0, 1, 31, 32, 40, 500, 3_000, 9_999, 20_000, 22_000]
    )
    func cut(at offset: Int) async throws {
        let agenda = try TestAgenda()
        agenda.fill(1_100)
        agenda.server.fail("GET /events", .cut(at: offset))
        let error = await failure {
            try await Replica.clone(
                url: FakeServer.url,
                into: agenda.folder.file("laptop"),
                invite: "invite-admin",
                memberName: "een",
                deviceName: "een",
                transport: agenda.server,
                environment: agenda.clock.environment,
                options: .noRetries
            )
        }
        #expect(error?.code == .unreachable)
        let replica = try Replica(opening: agenda.folder.file("laptop"), environment: agenda.clock.environment)
        #expect(try replica.status().size == 0)
        try await _ = agenda.sync(replica)
        #expect(try replica.status().size == agenda.server.size)
        let asked = agenda.server.requests.filter { $0.hasPrefix("GET /events") }
        let resumed = try #require(asked.last?.split(separator: "=")[1].split(separator: "&").first.flatMap { Int($0) })
        #expect(resumed % 256 == 0)
        #expect(offset < 22_000 || resumed > 0)
        #expect(asked.count == 2)
    }

    @Test("Within one sync a cut pull goes on by itself")
    func cutAndRetried() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        agenda.fill(1_000)
        for offset in [12_000, 100, 4_000] { agenda.server.fail("GET /events", .cut(at: offset)) }
        let summary = try await agenda.sync(replica)
        #expect(summary.retries == 3)
        #expect(try replica.status().size == agenda.server.size)
        #expect(agenda.clock.slept.count == 3)
    }

    @Test("A lost answer to a push makes no duplicates", arguments: [1, 3])
    func lostAnswer(times: Int) async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let size = agenda.server.size
        for index in 1...5 {
            try replica.record(
                type: "theme.opened",
                data: #"{"title":"Thema \#(index)","order":\#(index),"status":"open"}"#
            )
        }
        for _ in 0..<times { agenda.server.fail("POST /events", .lostAnswer) }
        try await _ = agenda.sync(replica)
        #expect(agenda.server.size == size + 5)
        #expect(try replica.status().pending == 0)
        #expect(try replica.documents(kind: "theme").count == 5)
    }

    @Test("A sync that stops after its push goes on with the next")
    func stoppedAfterPush() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        agenda.server.fail("GET /events", .unreachable(.refused))
        #expect(await failure { try await agenda.sync(replica, .noRetries) }?.code == .unreachable)
        #expect(try replica.status().pending == 1)
        #expect(try replica.document(of: "theme/laptop1-1") != nil)
        try await _ = agenda.sync(replica)
        #expect(try replica.status().pending == 0)
        #expect(try replica.documents(kind: "theme").count == 1)
    }

    @Test("A refused event is kept with its reason and does not hold up the others")
    func refused() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        agenda.server.refuse("theme.opened", problem: "not-allowed")
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        try replica.record(type: "organisation.registered", data: #"{"name":"Provincie","sort":"other"}"#)
        let summary = try await agenda.sync(replica)
        #expect(summary.accepted == 1 && summary.refused == 1)
        #expect(try replica.refused().map(\.problem) == ["not-allowed"])
        #expect(try replica.refused().map(\.id) == [1])
        #expect(try replica.document(of: "theme/laptop1-1") == nil)
        #expect(try replica.status().pending == 0)
        #expect(try replica.discardRefused() == 1)
        #expect(try replica.record(type: "theme.opened", data: #"{"title":"Z","order":2,"status":"open"}"#).id == 3)
    }

    @Test("How long to wait is for the server to say, not for what answers in its place", arguments: [true, false])
    func retryAfter(isServer: Bool) async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let problem = String(decoding: ProblemDetails(.busy, "").encoded(), as: UTF8.self)
        agenda.server.fail(
            "GET /checkpoint",
            .answer(
                status: 503,
                headers: ["Content-Type": isServer ? ProtocolConstants.problem : "text/html", "Retry-After": "50"],
                body: isServer ? problem : "<html></html>"
            )
        )
        #expect(try await agenda.sync(replica).retries == 1)
        let slept = try #require(agenda.clock.slept.first)
        #expect(isServer ? slept == .seconds(50) : slept <= .milliseconds(500))
    }

    @Test("From a server that takes no pushes everything is received, and what is pending waits")
    func readOnly() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let synced = try replica.status().lastSync
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        agenda.fill(300)
        let problem = ProblemDetails(.readOnly, "")
        agenda.server.fail(
            "POST /events",
            .answer(
                status: 503,
                headers: ["Content-Type": ProtocolConstants.problem, "Retry-After": "30"],
                body: String(decoding: problem.encoded(), as: UTF8.self)
            )
        )
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .unavailable && error?.problem == "read-only")
        #expect(agenda.clock.slept.isEmpty)
        let status = try replica.status()
        #expect(status.size == agenda.server.size && status.pending == 1 && status.lastSync == synced)
        #expect(try await agenda.sync(replica).accepted == 1)
    }

    @Test("A second sync takes its turn when the first has ended")
    func secondSync() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let (arrived, announce) = AsyncStream.makeStream(of: Void.self)
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        var environment = agenda.clock.environment
        let run = Mutex<SyncRun?>(nil)
        environment.sleep = { _ in
            // The first time that it has to wait, the first sync is let go on, to its end.
            open.yield()
            _ = try await run.withLock { $0.take() }?.finish()
        }
        let other = try Replica(opening: replica.folder, environment: environment)
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        agenda.server.fail(
            "GET /checkpoint",
            .held {
                announce.yield()
                for await _ in opened { break }
            }
        )
        let first = replica.sync(over: agenda.server)
        run.withLock { $0 = first }
        for await _ in arrived { break }
        try other.record(type: "theme.opened", data: #"{"title":"Groen","order":1,"status":"open"}"#)
        let summary = try await other.sync(over: agenda.server).finish()
        #expect(summary.size == agenda.server.size)
        #expect(try replica.status().pending == 0)
        #expect(try replica.documents(kind: "theme").count == 2)
    }

    @Test("What a sync pushed before it was interrupted between batches is not pushed again")
    func interruptedBetweenBatches() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let count = 10_500
        let lines = (1...count).map {
            #"{"type":"organisation.registered","data":{"name":"Verzonnen \#($0)","sort":"other"}}"#
        }
        try replica.importEvents(Array(lines.joined(separator: "\n").utf8))
        let size = agenda.server.size
        // The first batch gets through, the second one does not.
        agenda.server.failSecond("POST /events", .unreachable(.noRoute))
        #expect(await failure { try await agenda.sync(replica, .noRetries) }?.code == .unreachable)
        #expect(agenda.server.size == size + 10_000)
        #expect(try replica.status().pending == 500)
        let recorded = try replica.record(type: "theme.opened", data: #"{"title":"Z","order":2,"status":"open"}"#)
        #expect(recorded.id == count + 1)
        let summary = try await agenda.sync(replica)
        #expect(summary.accepted == 501)
        #expect(agenda.server.size == size + count + 1)
        #expect(try replica.status().pending == 0)
    }

    @Test("Two syncs of one replica do not run at once, and recording goes on meanwhile")
    func twoSyncs() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let other = try Replica(opening: replica.folder, environment: agenda.clock.environment)
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        let (arrived, announce) = AsyncStream.makeStream(of: Void.self)
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        agenda.server.fail(
            "GET /events",
            .held {
                announce.yield()
                for await _ in opened { break }
            }
        )
        let run = replica.sync(over: agenda.server)
        for await _ in arrived { break }
        #expect(await failure { try await agenda.sync(other) }?.code == .syncRunning)
        // It had waited for its turn.
        #expect(agenda.clock.slept == Array(repeating: .milliseconds(100), count: 100))
        try other.record(type: "theme.opened", data: #"{"title":"Groen","order":1,"status":"open"}"#)
        open.yield()
        let summary = try await run.finish()
        #expect(summary.accepted == 2)
        #expect(try replica.status().pending == 0)
    }
}
