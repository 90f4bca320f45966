import AgendaModel
import EventLog
import EventLogSQLite
import Foundation
import SyncClient
import SyncProtocol
import Testing

/// What a server, or somebody in between, may try.
///
/// Every time the sync stops, and nothing is lost.
struct ClientTrustTests {
    let agenda: TestAgenda
    let replica: Replica
    let before: ReplicaStatus
    let digest: String

    init() async throws {
        agenda = try TestAgenda()
        agenda.fill(300)
        replica = try await agenda.clone("laptop")
        digest = try replica.digest()
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        before = try replica.status()
    }

    private func expectNothingLost() throws {
        let after = try replica.status()
        #expect(after.size == before.size)
        #expect(after.pending == 1)
        #expect(try replica.digest() == digest)
        #expect(try replica.pending().map(\.id) == [1])
    }

    private func expectRecovery() async throws {
        let summary = try await agenda.sync(replica)
        #expect(try replica.status().size == agenda.server.size)
        #expect(summary.size == agenda.server.size)
        #expect(try replica.status().pending == 0)
    }

    @Test("A checkpoint whose signature was changed stops the sync")
    func forgedSignature() async throws {
        agenda.server.fail(
            "GET /checkpoint",
            .changed { body in
                var body = body
                let index = body.count - 12
                body[index] = body[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                return body
            }
        )
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .badCheckpoint)
        try expectNothingLost()
        try await expectRecovery()
    }

    @Test("A checkpoint with another size than was signed stops the sync")
    func forgedSize() async throws {
        agenda.server.fail(
            "GET /checkpoint",
            .changed { body in
                let lines = String(decoding: body, as: UTF8.self).split(
                    separator: "\n",
                    omittingEmptySubsequences: false
                )
                return Array((lines[0] + "\n99999\n" + lines[2...].joined(separator: "\n")).utf8)
            }
        )
        #expect(await failure { try await agenda.sync(replica) }?.code == .badCheckpoint)
        try expectNothingLost()
    }

    @Test("Another key, or the log of another agenda, stops the sync", arguments: [true, false])
    func otherKey(isOtherOrigin: Bool) async throws {
        let genuine = agenda.server.log()
        var other = genuine
        other.key = try LogKey(
            origin: isOtherOrigin ? "ambit.test/agendas/emmen" : FakeServer.origin,
            seed: Array(repeating: isOtherOrigin ? 7 : 8, count: 32)
        )
        agenda.server.restore(other)
        #expect(await failure { try await agenda.sync(replica) }?.code == .badCheckpoint)
        try expectNothingLost()
        agenda.server.restore(genuine)
        try await expectRecovery()
    }

    @Test("A server that was restored from a backup stops the sync")
    func rollback() async throws {
        let old = agenda.server.log()
        agenda.fill(10)
        try await _ = agenda.sync(replica)
        try replica.record(type: "theme.opened", data: #"{"title":"Groen","order":1,"status":"open"}"#)
        let size = try replica.status().size
        let new = agenda.server.log()
        agenda.server.restore(old)
        let error = try #require(await failure { try await agenda.sync(replica) })
        #expect(error.code == .serverBehind)
        #expect(error.message.contains("\(old.entries.count) entries"))
        #expect(error.message.contains("\(size) have been verified"))
        #expect(try replica.status().size == size)
        #expect(try replica.pending().map(\.id) == [2])
        agenda.server.restore(new)
        try await expectRecovery()
    }

    @Test("A server that answers a push with ahead-of-log stops the sync")
    func aheadOfLog() async throws {
        let problem = #"{"type":"/problems/ahead-of-log","title":"Ahead of the log","size":7}"#
        agenda.server.fail(
            "POST /events",
            .answer(status: 409, headers: ["Content-Type": ProtocolConstants.problem], body: problem)
        )
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .serverBehind)
        #expect(error?.message.contains("7 entries") == true)
        try expectNothingLost()
    }

    @Test("A server that says it is behind, with a size that is not smaller, is none that is believed")
    func aheadOfNoLog() async throws {
        for request in ["GET /checkpoint", "POST /events"] {
            for size in [Int.min, -5, before.size.rawValue, .max] {
                let problem = #"{"type":"/problems/ahead-of-log","title":"Ahead of the log","size":\#(size)}"#
                agenda.server.fail(
                    request,
                    .answer(status: 409, headers: ["Content-Type": ProtocolConstants.problem], body: problem)
                )
                let error = await failure { try await agenda.sync(replica) }
                #expect(error?.code == .notAnAmbitServer, "\(request) with \(size)")
                #expect(error?.message.contains("\(size)") == false)
                #expect(error?.nextStep?.contains("heal") == false)
                try expectNothingLost()
            }
        }
        try await expectRecovery()
    }

    @Test(
        "A refusal that is not in the server's form is somebody else's, and says nothing about this laptop",
        arguments: [401, 403, 404, 407, 410, 511],
        ["GET /checkpoint", "POST /events"]
    )
    func loginPage(status: Int, request: String) async throws {
        let page = FakeServer.Fault.answer(
            status: status,
            headers: ["Content-Type": "text/html"],
            body: "<html></html>"
        )
        agenda.server.fail(request, page)
        // It may be about what was sent, so that a push of nothing is tried.
        if request == "POST /events" { agenda.server.fail(request, page) }
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .notAnAmbitServer)
        #expect(error?.nextStep?.contains("rejoin") == false)
        try expectNothingLost()
        try await expectRecovery()
    }

    @Test("A log of the same size with other entries stops the sync")
    func fork() async throws {
        agenda.server.restore(try rewritten(agenda.server.log(), keeping: 0, size: before.size.rawValue))
        #expect(await failure { try await agenda.sync(replica) }?.code == .forked)
        try expectNothingLost()
    }

    @Test("A longer log with another history stops the sync", arguments: [0, 256, 290])
    func rewrite(kept: Int) async throws {
        let genuine = agenda.server.log()
        agenda.server.restore(try rewritten(genuine, keeping: kept, size: before.size.rawValue + 600))
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .tampered)
        #expect(agenda.server.size == before.size + 600, "nothing was sent into it")
        try expectNothingLost()
        agenda.server.restore(genuine)
        try await expectRecovery()
    }

    @Test("Entries that were changed on their way are not taken over", arguments: [0, 40, 700, 3_000])
    func damaged(at offset: Int) async throws {
        agenda.fill(600)
        for _ in 0..<6 {
            agenda.server.fail(
                "GET /events",
                .changed { body in
                    var body = body
                    body[min(offset, body.count - 1)] ^= 0x20
                    return body
                }
            )
        }
        let error = await failure { try await agenda.sync(replica, .noRetries) }
        #expect(error?.code == .tampered)
        #expect(try replica.status().size == before.size)
        #expect(try replica.status().pending == 1)
        while agenda.server.hasFaults { _ = await failure { try await agenda.sync(replica, .noRetries) } }
        try await expectRecovery()
    }

    @Test("An own event that stands in the log in other bytes stops the sync")
    func alteredEvent() async throws {
        agenda.server.alterNextAccepted()
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .alteredEvent)
        try expectNothingLost()
    }

    @Test("Segments that were staged and then found wrong are fetched anew", arguments: [1, 2])
    func staleStaging(times: Int) async throws {
        // Part of another history is staged, then the server shows the true one again.
        let genuine = agenda.server.log()
        let kept = before.size.rawValue
        for _ in 0..<times {
            agenda.server.restore(try rewritten(genuine, keeping: kept, size: kept + 1_000))
            agenda.server.fail("GET /events", .cut(at: 15_000))
            #expect(await failure { try await agenda.sync(replica, .noRetries) }?.code == .unreachable)
        }
        agenda.server.restore(genuine)
        agenda.fill(1_000)
        let size = try replica.status().size
        #expect(size == before.size)
        try await expectRecovery()
    }

    /// The same first entries, then others.
    private func rewritten(_ log: FakeServer.Log, keeping kept: Int, size: Int) throws -> FakeServer.Log {
        var other = FakeServer.Log(key: log.key)
        other.clock = log.clock
        for entry in log.entries.prefix(kept) {
            other.append(entry.withUnsafeBufferPointer { EntrySuffix.event(of: $0) })
        }
        other.serverCounter = 10_000
        while other.entries.count < size {
            _ = other.record(
                "organisation.registered",
                { "organisation/server-\($0)" },
                #"{"name":"Een ander","sort":"other"}"#
            )
        }
        return other
    }

    /// A line as a server writes it, but for the part that is wrong.
    private static func line(_ counter: Int, _ data: String, head: String = #""specversion":"1.0""#) -> [UInt8] {
        Array(
            (#"{\#(head),"id":"\#(counter)","source":"device/vreemde","type":"theme.opened","#
                + #""subject":"theme/vreemde-\#(counter)","time":"2026-11-12T10:11:12.123Z","basis":3,"data":\#(data)}"#)
                .utf8
        )
    }

    private static let deep = String(repeating: #"{"a":"#, count: 33) + "1" + String(repeating: "}", count: 33)

    @Test(
        "A line that the log's own key has signed and that is no entry counts for nothing",
        arguments: [
            ("a number that is none in double precision", [line(1, #"{"title":"A","order":1e308}"#)]),
            ("another one", [line(1, #"{"title":"A","order":1e999}"#)]),
            ("data that are too deep", [line(1, deep)]),
            ("no data at all", [line(1, "null")]),
            ("a member twice", [line(1, #"{"title":"A","title":"B"}"#)]),
            ("a missing attribute", [line(1, #"{"title":"A"}"#, head: #""ambit":"1.0""#)]),
            ("half of a character", [line(1, #"{"title":"\ud800"}"#)]),
            ("text that is not UTF-8", [line(1, #"{"title":"A"}"#).map { $0 == UInt8(ascii: "A") ? 0xE9 : $0 }]),
            ("no JSON", [Array("niets dan tekst}".utf8)]),
            ("an empty object", [Array("{}".utf8)]),
            ("a counter twice", [line(1, #"{"title":"A"}"#), line(1, #"{"title":"B"}"#)]),
            ("a counter that goes back", [line(7, #"{"title":"A"}"#), line(6, #"{"title":"B"}"#)]),
            (
                "a title of a hundred thousand bytes",
                [line(1, #"{"title":"\#(String(repeating: "a", count: 100_000))"}"#)]
            ),
        ] as [(String, [[UInt8]])]
    )
    func signedNonsense(_ what: String, _ lines: [[UInt8]]) async throws {
        let good = agenda.server.log()
        for count in [0, 1, 600] {
            // In the tail, and within a whole segment.
            var log = good
            for line in lines { log.append(line) }
            for number in 0..<count { log.append(Self.line(1000 + number, #"{"title":"Verzonnen"}"#)) }
            agenda.server.restore(log)
            for _ in 0..<2 {
                let error = await failure { try await agenda.sync(replica) }
                #expect(error?.code == .tampered, "\(what), \(count) after it: \(error?.message ?? "no error")")
                try expectNothingLost()
            }
        }
        agenda.server.restore(good)
        try replica.record(type: "organisation.registered", data: #"{"name":"Verzonnen"}"#)
        #expect(try await agenda.sync(replica).accepted == 2)
    }

    @Test(
        "A counter that was used before counts for nothing, however long ago that was",
        arguments: [(0, false), (10, false), (600, false), (600, true)]
    )
    func repeatedCounter(entriesBetween count: Int, opensAnew: Bool) async throws {
        var log = agenda.server.log()
        log.append(Self.line(5, #"{"title":"A"}"#))
        for number in 0..<count { log.append(Self.line(1000 + number, #"{"title":"Verzonnen"}"#)) }
        agenda.server.restore(log)
        try await expectRecovery()
        let laptop = opensAnew ? try Replica(opening: replica.folder) : replica
        // Brought over at once with what it repeats, and after it.
        let clone = try await agenda.clone("ander")
        let good = agenda.server.log()
        for counter in [5, 1000 + count - 1] where counter != 999 {
            var bad = good
            bad.append(Self.line(counter, #"{"title":"B"}"#))
            agenda.server.restore(bad)
            for replica in [laptop, clone] {
                let error = await failure { try await agenda.sync(replica) }
                #expect(error?.code == .tampered && error?.message.contains("ids only grow") == true, "\(counter)")
                #expect(try replica.status().size <= LogSize(good.entries.count))
            }
        }
        agenda.server.restore(good)
        try await expectRecovery()
        try #require(replica.log as? SQLiteLogStore).setReplicaFacts(["last-counters": "1 device/vreemde=1"])
        var bad = agenda.server.log()
        bad.append(Self.line(5, #"{"title":"B"}"#))
        agenda.server.restore(bad)
        #expect(
            await failure { try await agenda.sync(replica) }?.code == .tampered,
            "what is written down is of another size"
        )
    }

    @Test("Recorded times that go back count for nothing either")
    func timesThatGoBack() async throws {
        let good = agenda.server.log()
        var log = good
        log.append(Self.line(1, #"{"title":"A"}"#))
        log.clock -= 10_000
        log.append(Self.line(2, #"{"title":"B"}"#))
        agenda.server.restore(log)
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .tampered)
        try expectNothingLost()
        agenda.server.restore(good)
        try await expectRecovery()
    }
}
