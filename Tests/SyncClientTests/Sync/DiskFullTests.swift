import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import LogClient
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import EventLogSQLite
@testable import Projections
@testable import SyncClient
@testable import SyncServer

/// Lets a file grow by so many pages only; nil for as many as it likes.
private func limit(_ pool: DatabasePool, to pages: Int?) throws {
    try pool.writeWithoutTransaction { db in
        let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages.map { count + $0 } ?? 1 << 30)")
    }
}

@Suite("A full disk")
struct DiskFullTests {
    private func record(_ count: Int, in replica: Replica) throws {
        let line = #"{"type":"organisation.registered","data":{"name":"Verzonnen organisatie","sort":"other"}}"# + "\n"
        try replica.importEvents(Array(String(repeating: line, count: count).utf8))
    }

    enum Step: CaseIterable { case record, importing, sync }

    @Test(
        "Whichever page of a laptop's log there is no room for, nothing is half there, and it goes on with room",
        arguments: Step.allCases
    )
    func laptop(step: Step) async throws {
        var failures = 0
        var pages = 0
        while pages < 400 {
            defer { pages += 1 + pages / 5 }
            let agenda = try TestAgenda()
            let replica = try await agenda.clone("laptop")
            defer { replica.close() }
            if step == .sync {
                try record(20, in: replica)
                agenda.fill(600)
            }
            let size = try replica.log.head().size
            let counts = try replica.store.outbox.counts()
            func perform() async throws {
                switch step {
                case .record: for _ in 0..<30 { try record(1, in: replica) }
                case .importing: try record(400, in: replica)
                case .sync: _ = try await agenda.sync(replica)
                }
            }
            try limit(replica.store.pool, to: pages)
            guard let error = await failure(of: perform) else {
                #expect(failures > 0, "no page was missing")
                return
            }
            failures += 1
            #expect(error.code == .diskFull, "\(error)")
            #expect(error.description.contains("free some space"))
            #expect(try replica.log.head().size >= size)
            let left = try replica.store.outbox.counts()
            if step == .importing { #expect(left == counts) }
            try limit(replica.store.pool, to: nil)
            try await perform()
            let summary = try await agenda.sync(replica)
            #expect(summary.refused == 0)
            #expect(try replica.store.outbox.counts() == Outbox.Counts())
            #expect(try replica.state().size() == replica.log.head().size)
            #expect(
                try replica.digest()
                    == TimeTravel.digest(of: TimeTravel.state(of: replica.log, at: replica.log.head().size)).description
            )
        }
        Issue.record("there was never room enough")
    }

    @Test("Without room for the state alone, everything is sent and received, and shown later")
    func stateOnly() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        defer { replica.close() }
        try record(50, in: replica)
        agenda.fill(500)
        try limit(replica.stateFile.pool, to: 0)
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .diskFull)
        #expect(try replica.store.outbox.counts() == Outbox.Counts())
        let size = try replica.log.head().size
        #expect(size > LogSize(550))
        #expect(try replica.stateFile.size() < size)
        try limit(replica.stateFile.pool, to: nil)
        #expect(try replica.state().size() == size)
    }

    @Test("A server without room for its read models gives them as they stand, and says for which size")
    func readModels() async throws {
        var generator = CommitGenerator(seed: 41)
        let store = InMemoryLogStore(identity: generator.identity)
        func append(_ count: Int) throws {
            let size = try store.head().size
            #expect(try store.append(generator.next(count: count), expecting: size) == .committed)
        }
        try append(100)
        let folder = try TestFolder()
        let opened = Mutex<StateFile?>(nil)
        let models = ReadModels(of: store, at: folder.file("state.sqlite"), agenda: "assen") { path in
            let file = try StateFile(at: path)
            opened.withLock { $0 = file }
            return file
        }
        #expect(try await models.read(atLeast: LogSize(100)) { _, size in size } == LogSize(100))
        let file = try #require(opened.withLock { $0 })
        try limit(file.pool, to: 0)
        try append(900)
        models.logHasGrown()
        for _ in 0..<3 {
            let (digest, size) = try await models.read(atLeast: LogSize(1000)) { (try $0.digest(), $1) }
            #expect(size == LogSize(100))
            #expect(digest == TimeTravel.digest(of: try TimeTravel.state(of: store, at: LogSize(100))))
        }
        try limit(file.pool, to: nil)
        models.logHasGrown()
        #expect(try await models.read(atLeast: LogSize(1000)) { _, size in size } == LogSize(1000))
        await models.stop()
    }

    /// Keeps what it opened.
    private final class KeepingSource: AgendaSource {
        let folder: DataFolder
        let store = Mutex<SQLiteLogStore?>(nil)

        init(_ folder: DataFolder) { self.folder = folder }

        func names() throws -> [AgendaName] { try folder.list() }

        func open(_ name: AgendaName) throws -> OpenedAgenda? {
            let agenda = try folder.open(name)
            store.withLock { $0 = agenda.store }
            return OpenedAgenda(
                store: agenda.store,
                key: agenda.key,
                seen: agenda.seen,
                statePath: agenda.statePath
            ) {
                try agenda.store.close()
            }
        }
    }

    @Test(
        "A server without room for its log says so to whoever writes, gives everything to read, and recovers by itself"
    )
    func server() async throws {
        let server = try await DiskServer()
        let source = KeepingSource(DataFolder(at: server.data))
        let invites = try [server.invite(.admin), server.invite(.recorder)]
        try await server.serve(source: source) { url in
            let transport = try HTTPTransport(url: url)
            let replica = try await Replica.clone(
                url: url,
                into: server.folder.file("laptop"),
                invite: invites[0],
                memberName: "Verzonnen",
                deviceName: "laptop",
                transport: transport
            ).replica
            let store = try #require(source.store.withLock { $0 })
            try limit(store.pool, to: 0)
            try record(400, in: replica)
            let error = await failure { try await replica.sync(over: transport, options: .noRetries).finish() }
            #expect(error?.code == .unavailable)
            #expect(error?.problem == ProblemType.storageFull.rawValue)
            let enrolment = EnrolmentRequest(invite: invites[1], member: "Verzonnen", device: "tweede", key: nil)
            let refused = try await transport.send(SyncRequests.enrolment(ProtocolJSON.encode(enrolment)))
            #expect(refused.status == 507)
            #expect(refused.headers["retry-after"] != nil)
            let token = try replica.files.readToken()
            for path in ["", "/events", "/checkpoint", "/state", "/progress", "/conflicts"] {
                let request = TransportRequest(path: path, headers: ["Authorization": "Bearer \(token)"])
                #expect(try await transport.send(request).status == 200, "\(path)")
            }
            try limit(store.pool, to: nil)
            #expect(try await replica.sync(over: transport, options: .noRetries).finish().accepted == 400)
            #expect(try await transport.send(SyncRequests.enrolment(ProtocolJSON.encode(enrolment))).status == 201)
            replica.close()
            await transport.shutDown()
        }
    }
}
