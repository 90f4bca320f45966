import AgendaModel
import EventLog
import EventLogSQLite
import EventLogTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

/// Witnesses in memory and on disk, over their HTTP, and the server that asks them.
@Suite("Cosignatures", .timeLimit(.minutes(10)))
struct CosignatureTests {
    private func witness(_ number: UInt8, _ memory: any WitnessMemory) throws -> Witness {
        try Witness(
            key: WitnessKey(name: "w\(number).example", seed: [UInt8](repeating: number, count: 32)),
            logs: [try MemorySource.key("assen").verifier],
            memory: memory,
            now: { Timestamp(millisecondsSince1970: 1_790_000_000_000) }
        )
    }

    /// Asks the witness's own HTTP server, without a socket.
    private static func overHTTP(_ witness: Witness) -> RemoteWitness {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = WitnessServer(witness, host: "127.0.0.1", port: 0, logger: logger)
        return RemoteWitness(key: witness.verifier) { body in
            try await server.application().test(.router) { client in
                let answer = try await client.execute(
                    uri: "/add-checkpoint",
                    method: .post,
                    body: ByteBuffer(bytes: body)
                )
                return (answer.status.code, answer.bytes)
            }
        }
    }

    /// Reads the checkpoint until so many witnesses have cosigned the log of that size.
    private func cosigned(_ server: TestServer, by count: Int, size: Int, _ admin: TestDevice) async throws -> String {
        while true {
            let answer = try await server.get("/checkpoint?cosignatures=\(count)", by: admin)
            if answer.status == .ok, answer.text.split(separator: "\n")[1] == "\(size)" { return answer.text }
            await Task.yield()
        }
    }

    @Test("Every checkpoint is cosigned by all witnesses, and replicas take it as ever")
    func gathering() async throws {
        let witnesses = try [witness(1, TestWitnessMemory()), witness(2, TestWitnessMemory())]
        var options = ServerOptions.withoutRates
        options.witnesses = witnesses.map(Self.overHTTP)
        try await TestServer.run(options: options) { server, admin in
            let policy = try WitnessPolicy(witnesses: witnesses.map(\.verifier))
            for size in [2, 3, 300, 301] {
                let missing = try size - (server.source.store("assen")?.head().size.rawValue ?? 0)
                if missing > 0 { try await server.fill(missing, by: admin, from: size - missing - 1) }
                let note = try await cosigned(server, by: 2, size: size, admin)
                #expect(try policy.check(note).count == 2)
                #expect(try MemorySource.key("assen").verifier.verify(note).checkpoint.size.rawValue == size)
                #expect(try await server.get("/checkpoint", by: admin).text == note)
            }
            try await server.get("/checkpoint?cosignatures=3", by: admin).expectProblem(.notFound)
            try await server.get("/checkpoint?cosignatures=65", by: admin).expectProblem(.invalidRange)
        }
    }

    @Test("A witness that fails holds nothing up, and cosigns when it is back")
    func failing() async throws {
        let memory = TestWitnessMemory()
        let good = try witness(1, TestWitnessMemory())
        let failing = try witness(2, memory)
        memory.fails = true
        var options = ServerOptions.withoutRates
        options.witnesses = [good, failing].map(Self.overHTTP)
        try await TestServer.run(options: options) { server, admin in
            try await server.fill(10, by: admin)
            let note = try await cosigned(server, by: 1, size: 12, admin)
            #expect(try good.verifier.cosigned(note) != nil)
            #expect(try failing.verifier.cosigned(note) == nil)
            try await server.get("/checkpoint?cosignatures=2", by: admin).expectProblem(.notFound)
            memory.fails = false
            _ = try await cosigned(server, by: 2, size: 12, admin)
        }
    }

    @Test("A witness that has seen more, or another history, never cosigns")
    func fork() async throws {
        let memory = TestWitnessMemory()
        let witness = try witness(1, memory)
        let asked = Mutex(0)
        let remote = Self.overHTTP(witness)
        var options = ServerOptions.withoutRates
        options.witnesses = [
            RemoteWitness(key: remote.key) { body in
                defer { asked.withLock { $0 += 1 } }
                return try await remote.submit(body)
            }
        ]
        // Another history of the same log, and the witness has seen it.
        let key = try MemorySource.key("assen")
        let other = key.sign(size: LogSize(2), root: Hash.sha256([1]))
        let line = try WitnessKey(name: "w1.example", seed: [UInt8](repeating: 1, count: 32)).cosign(other, at: 1)
        try memory.keep(other.note + line, of: key.origin)
        try await TestServer.run(options: options) { server, admin in
            while asked.withLock({ $0 }) < 2 { await Task.yield() }
            try await server.get("/checkpoint?cosignatures=1", by: admin).expectProblem(.notFound)
            #expect(try witness.seen(of: key.verifier)?.checkpoint == other.checkpoint)
        }
    }

    @Test("Statuses and media types are those of C2SP")
    func statuses() async throws {
        let witness = try witness(1, TestWitnessMemory())
        let key = try MemorySource.key("assen")
        var edge = TreeEdge()
        let leaves = (0..<3).map { Hash.sha256([UInt8($0)]) }
        let notes = leaves.map { leaf in
            edge.append(leaf: leaf)
            return key.sign(size: edge.size, root: edge.root).note
        }
        let server = WitnessServer(witness, host: "127.0.0.1", port: 0, logger: Logger(label: "test"))
        try await server.application().test(.router) { client in
            func add(_ body: String) async throws -> TestResponse {
                try await client.execute(uri: "/add-checkpoint", method: .post, body: ByteBuffer(string: body))
            }
            let path = "/\(Hash.sha256(Array(key.origin.utf8)))/checkpoint"
            #expect(try await client.execute(uri: path, method: .get).status == .notFound)
            #expect(try await add("old 0\n\n" + notes[0]).status == .ok)
            #expect(try await add("old 1\n\(leaves[1].base64)\n\n" + notes[1]).status == .ok)
            let conflict = try await add("old 0\n\n" + notes[2])
            #expect(conflict.status == .conflict)
            #expect(conflict.text == "2\n")
            #expect(conflict.headers[.contentType] == "text/x.tlog.size")
            #expect(try await add("old 2\n\(leaves[1].base64)\n\n" + notes[2]).status == .unprocessableContent)
            #expect(try await add("old 3\n\n" + notes[1]).status == .badRequest)
            #expect(try await add("nonsense").status == .badRequest)
            let foreign = try LogKey(origin: "other.example/agendas/assen", seed: key.seed)
            #expect(
                try await add("old 0\n\n" + foreign.sign(size: .zero, root: Merkle.emptyRoot).note).status == .notFound
            )
            let forged = try LogKey(origin: key.origin, seed: [UInt8](repeating: 8, count: 32))
            #expect(
                try await add("old 2\n\n" + forged.sign(size: LogSize(2), root: leaves[0]).note).status == .forbidden
            )
            #expect(try await add(String(repeating: "x", count: 200_000)).status == .contentTooLarge)
            let seen = try await client.execute(uri: path, method: .get)
            #expect(try key.verifier.verify(seen.text).checkpoint.size == LogSize(2))
            #expect(try witness.verifier.cosigned(seen.text) == 1_790_000_000)
            #expect(try await client.execute(uri: "/x/checkpoint", method: .get).status == .notFound)
        }
    }

    @Test("Whoever sends much that is refused waits, and may ask again later")
    func rate() async throws {
        let clock = ServerClock()
        let server = WitnessServer(
            try witness(1, TestWitnessMemory()),
            host: "127.0.0.1",
            port: 0,
            elapsed: clock.environment.elapsed,
            logger: Logger(label: "test")
        )
        try await server.application().test(.router) { client in
            func status(_ body: String) async throws -> TestResponse {
                try await client.execute(uri: "/add-checkpoint", method: .post, body: ByteBuffer(string: body))
            }
            var count = 0
            var response = try await status("nonsense")
            while response.status == .badRequest, count < 10_000 {
                count += 1
                response = try await status("nonsense")
            }
            #expect(count == 100)
            #expect(response.status == .tooManyRequests)
            #expect(response.headers[.retryAfter] == "1")
            // Not even health is looked at.
            let health = try await client.execute(uri: "/healthz", method: .get)
            #expect(health.status == .tooManyRequests)
            clock.advance(seconds: 1)
            #expect(try await status("nonsense").status == .badRequest)
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
        }
    }

    @Test("One address has no part of what another one may ask, also behind a proxy")
    func addresses() throws {
        let callers = WitnessCallers(trusting: ["127.0.0.1"], elapsed: { .zero })
        let proxy = try SocketAddress(ipAddress: "127.0.0.1", port: 7)
        func address(_ text: String) -> String {
            var head = HTTPRequest(method: .post, scheme: "http", authority: "w.example", path: "/add-checkpoint")
            head.headerFields[.xForwardedFor] = text
            return callers.address(of: Request(head: head, body: .init(buffer: ByteBuffer())), peer: proxy)
        }
        for _ in 1...100 {
            try callers.count(address("198.51.100.7"))
            callers.countFailure(of: address("198.51.100.7"))
        }
        #expect(throws: ProblemDetails.self) { try callers.count(address("198.51.100.7")) }
        try callers.count(address("198.51.100.8"))
        // What a witness answers to a server that has just begun is no failure.
        #expect(!WitnessCallers.isFailure(.conflict))
        #expect(WitnessCallers.isFailure(.unprocessableContent))
        #expect(WitnessCallers.isFailure(.notFound))
        #expect(!WitnessCallers.isFailure(.ok))
    }

    @Test("A witness's folder survives its process, belongs to one at a time, and what is kept there is checked")
    func folder() throws {
        let folder = try TestFolder()
        let path = folder.file("witness")
        let verifier = try WitnessFolder.create(at: path, name: "w.example")
        #expect(throws: LogError.self) { try WitnessFolder.create(at: path, name: "w.example") }
        let key = try MemorySource.key("assen")
        let checkpoint = key.sign(size: LogSize(1), root: Hash.sha256([7]))
        let submission = AddCheckpoint(old: .zero, proof: .init(hashes: []), note: checkpoint.note)
        do {
            let opened = try WitnessFolder(at: path)
            #expect(throws: LogError.self) { try WitnessFolder(at: path) }
            let witness = try Witness(
                key: opened.key(),
                logs: [key.verifier],
                memory: opened,
                now: { .init(millisecondsSince1970: 5000) }
            )
            #expect(witness.verifier == verifier)
            guard case .cosigned = try witness.answer(to: submission.body) else {
                Issue.record("it was not cosigned")
                return
            }
        }
        let opened = try WitnessFolder(at: path)
        let witness = try Witness(
            key: opened.key(),
            logs: [key.verifier],
            memory: opened,
            now: { .init(millisecondsSince1970: 9000) }
        )
        #expect(try witness.seen(of: key.verifier)?.checkpoint == checkpoint.checkpoint)
        #expect(try witness.answer(to: submission.body) == .conflict(LogSize(1)))
        try opened.keep(checkpoint.note, of: key.origin)
        #expect(throws: LogError.self) { try witness.answer(to: submission.body) }
    }
}
