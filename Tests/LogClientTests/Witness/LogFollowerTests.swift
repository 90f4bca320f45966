import AgendaModel
import EventLog
import EventLogSQLite
import EventLogTesting
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import LogClient

/// A witness that goes to see logs, against logs that grow, fork, go back, and break.
@Suite("A witness that follows logs", .timeLimit(.minutes(10)))
struct LogFollowerTests {
    private static let key = Result { try LogKey(origin: "log.example/a", seed: [UInt8](repeating: 3, count: 32)) }

    /// A witness, and a log that it follows.
    private struct Rig {
        let memory = TestWitnessMemory()
        let witness: Witness
        let log: TestLogTransport
        let follower: LogFollower
        let good: SignedHistory
        let forked: SignedHistory

        init(size: Int, forkedFrom split: Int = 100) throws {
            let key = try LogFollowerTests.key.get()
            good = SignedHistory(key, size: 700)
            forked = SignedHistory(key, size: 700, otherFrom: split)
            log = TestLogTransport(good, size: size)
            witness = try LogFollowerTests.witness(memory, [key.verifier])
            follower = LogFollower(key.verifier, for: witness, over: log, token: nil)
        }

        var seen: Checkpoint? { get throws { try witness.seen(of: good.key.verifier)?.checkpoint } }
        var evidence: [WitnessEvidence] { memory.pieces(against: good.key.origin) }
    }

    private static func witness(_ memory: any WitnessMemory, _ logs: [VerifierKey]) throws -> Witness {
        try Witness(
            key: WitnessKey(name: "w.example", seed: [UInt8](repeating: 9, count: 32)),
            logs: logs,
            memory: memory,
            now: { Timestamp(millisecondsSince1970: 1_790_000_000_000) }
        )
    }

    @Test("It cosigns what a log grows to, asks for few files that any C2SP log has, and for nothing else")
    func growth() async throws {
        let rig = try Rig(size: 1)
        for size in [1, 2, 255, 256, 300, 300, 511, 512, 700] {
            rig.log.show(rig.good, size: size)
            let former = try rig.seen
            let visit = await rig.follower.visit()
            let expected = rig.good.checkpoint(size).checkpoint
            #expect(visit == (former == expected ? .unchanged(LogSize(size)) : .cosigned(LogSize(size))))
            #expect(try rig.seen == expected)
            let asked = rig.log.takeAsked()
            #expect(asked.first == "/checkpoint" && asked.count <= 5, "\(asked)")
            #expect(asked.dropFirst().allSatisfy { Tile(path: $0.dropFirst())?.exists(at: LogSize(size)) == true })
        }
        #expect(rig.evidence.isEmpty)
    }

    /// Shows a log of 300 entries, then another history of each size, and gives the sizes that were cosigned or are not
    /// told of.
    private func cosignedForks(forgetting: Bool) async throws -> [Int] {
        var found: [Int] = []
        for size in [101, 200, 255, 256, 299, 300, 301, 511, 512, 700] {
            let rig = try Rig(size: 300)
            #expect(await rig.follower.visit() == .cosigned(LogSize(300)))
            rig.memory.forgets = forgetting
            rig.log.show(rig.forked, size: size)
            guard case .refused(let evidence) = await rig.follower.visit() else {
                found.append(size)
                continue
            }
            // A smaller log does not have the tiles that would show more than that it went back.
            #expect(evidence.kind == (size < 300 ? .rollback : .fork))
            try evidence.check()
            #expect(evidence.shown == rig.forked.checkpoint(size).note)
            #expect(try rig.seen == rig.good.checkpoint(300).checkpoint)
            // Noticed again it is kept once, and what goes on from what was seen is cosigned as ever.
            _ = await rig.follower.visit()
            #expect(rig.evidence == [evidence])
            rig.log.show(rig.good, size: 600)
            #expect(await rig.follower.visit() == .cosigned(LogSize(600)))
            #expect(rig.evidence == [evidence])
        }
        return found
    }

    @Test("A log that forks is not cosigned, whatever size it shows; both checkpoints and a proof are kept")
    func fork() async throws {
        #expect(try await cosignedForks(forgetting: false) == [])
    }

    @Test("Canary: a witness that forgets what it saw cosigns both histories, and the test says so")
    func forkCanary() async throws {
        #expect(try await cosignedForks(forgetting: true).count == 10)
    }

    @Test(
        "A smaller checkpoint of a log that is still whole is a cache that is behind; of another history it is a fork"
    )
    func behind() async throws {
        let rig = try Rig(size: 300)
        _ = await rig.follower.visit()
        for size in [0, 1, 100, 256, 299] {
            let note = Array(rig.good.checkpoint(size).note.utf8)
            rig.log.change { path, status, body in path == "/checkpoint" ? (200, note) : (status, body) }
            guard case .failed(let what, _) = await rig.follower.visit() else {
                Issue.record("at \(size) it was not said to be behind")
                return
            }
            #expect(what.contains("earlier"))
        }
        #expect(rig.evidence.isEmpty)
        let note = Array(rig.forked.checkpoint(200).note.utf8)
        rig.log.change { path, status, body in path == "/checkpoint" ? (200, note) : (status, body) }
        guard case .refused(let evidence) = await rig.follower.visit() else {
            Issue.record("the fork was not seen")
            return
        }
        #expect(evidence.kind == .fork)
        try evidence.check()
    }

    @Test("Past a cache that is behind the log is asked once more, each time by another name")
    func pastCaches() async throws {
        let rig = try Rig(size: 300)
        _ = await rig.follower.visit()
        rig.log.show(rig.good, size: 600)
        let (old, new) = (Array(rig.good.checkpoint(200).note.utf8), Array(rig.good.checkpoint(600).note.utf8))
        rig.log.change { path, status, body in
            if path.hasPrefix("/checkpoint?fresh=") { return (200, new) }
            return path == "/checkpoint" ? (200, old) : (status, body)
        }
        #expect(await rig.follower.visit() == .cosigned(LogSize(600)))
        #expect(await rig.follower.visit() == .unchanged(LogSize(600)))
        #expect(Set(rig.log.takeAsked().filter { $0.contains("fresh=") }).count == 2)
        #expect(rig.evidence.isEmpty)
    }

    @Test("A log that is put back is refused, and the evidence says that nothing more is known")
    func rollback() async throws {
        let rig = try Rig(size: 300)
        _ = await rig.follower.visit()
        rig.log.show(rig.good, size: 290)
        guard case .refused(let evidence) = await rig.follower.visit() else {
            Issue.record("the rollback was not seen")
            return
        }
        #expect(evidence.kind == .rollback && evidence.proof == nil)
        try evidence.check()
        // Healed, it goes on.
        rig.log.show(rig.good, size: 301)
        #expect(await rig.follower.visit() == .cosigned(LogSize(301)))
    }

    @Test("Whatever breaks on the way is told, cosigns nothing, and is no evidence against the log")
    func faults() async throws {
        let rig = try Rig(size: 300)
        _ = await rig.follower.visit()
        rig.log.show(rig.good, size: 600)
        let key = try Self.key.get()
        let stranger = try LogKey(origin: key.origin, seed: [UInt8](repeating: 8, count: 32))
        let other = try LogKey(origin: "log.example/b", seed: key.seed)
        let note = rig.good.checkpoint(600).note
        func checkpoint(_ note: String) -> TestLogTransport.Change {
            { path, status, body in path == "/checkpoint" ? (200, Array(note.utf8)) : (status, body) }
        }
        func tile(_ change: @escaping @Sendable ([UInt8]) -> [UInt8]) -> TestLogTransport.Change {
            { path, status, body in path.hasPrefix("/tile/") ? (status, change(body)) : (status, body) }
        }
        let faults: [(words: String, change: TestLogTransport.Change)] = [
            ("nobody", { _, _, _ in throw LogClientError(.refused, "nobody is there") }),
            ("time allowed", { _, _, _ in throw LogClientError(.timeout, "no answer within the time allowed") }),
            ("500", { _, _, _ in (500, []) }),
            ("403", { _, _, _ in (403, []) }),
            ("302", { _, _, _ in (302, []) }),
            ("no checkpoint", { _, _, _ in (404, []) }),
            ("500", { path, status, body in path.hasPrefix("/tile/") ? (500, []) : (status, body) }),
            ("missing", { path, status, body in path.hasPrefix("/tile/") ? (404, []) : (status, body) }),
            ("bytes", tile { Array($0.dropLast()) }),
            ("bytes", tile { _ in [] }),
            ("bytes", tile { $0 + $0.prefix(32) }),
            ("longer than", tile { $0 + [UInt8](repeating: 0, count: 10_000) }),
            ("lead to the root", tile { [$0[0] ^ 1] + $0.dropFirst() }),
            ("not signed", checkpoint(stranger.sign(size: LogSize(600), root: Merkle.emptyRoot).note)),
            ("not signed", checkpoint(other.sign(size: LogSize(600), root: Merkle.emptyRoot).note)),
            ("does not hold", checkpoint(note.replacing("\n600\n", with: "\n601\n"))),
            ("signature", checkpoint("<html>\n\n<body>\n")),
            ("blank line", checkpoint("")),
            ("longer than", checkpoint(String(repeating: "x", count: 70_000))),
            ("UTF-8", { path, status, body in path == "/checkpoint" ? (200, [0xFF]) : (status, body) }),
            ("greater than any log", checkpoint(key.sign(size: LogSize(Int.max), root: Merkle.emptyRoot).note)),
            ("lead to the root", checkpoint(key.sign(size: LogSize(600), root: Merkle.emptyRoot).note)),
        ]
        for (number, fault) in faults.enumerated() {
            rig.log.change(fault.change)
            let visit = await rig.follower.visit()
            guard case .failed(let what, _) = visit else {
                Issue.record("fault \(number): \(visit)")
                continue
            }
            #expect(what.contains(fault.words), "fault \(number): \(what)")
            #expect(try rig.seen?.size == LogSize(300))
        }
        #expect(rig.evidence.isEmpty)
        rig.log.change(nil)
        rig.memory.fails = true
        #expect(await rig.follower.visit() == .failed("as the test wants"))
        #expect(try rig.seen?.size == LogSize(300))
        rig.memory.fails = false
        #expect(await rig.follower.visit() == .cosigned(LogSize(600)))
    }

    @Test("A partial tile that is gone is the beginning of the full one")
    func fullForPartial() async throws {
        let rig = try Rig(size: 100)
        _ = await rig.follower.visit()
        rig.log.show(rig.good, size: 700)
        let note = Array(rig.good.checkpoint(300).note.utf8)
        rig.log.change { path, status, body in
            if path == "/checkpoint" { return (200, note) }
            return path == "/tile/0/001.p/44" ? (404, []) : (status, body)
        }
        #expect(await rig.follower.visit() == .cosigned(LogSize(300)))
        #expect(rig.log.takeAsked().contains("/tile/0/001"))
    }

    @Test("Followed and sent to at once, one history is cosigned and the other never", arguments: 0..<20)
    func atOnce(round: Int) async throws {
        let rig = try Rig(size: 300)
        rig.log.show(round.isMultiple(of: 2) ? rig.good : rig.forked, size: 400)
        let (witness, follower) = (rig.witness, rig.follower)
        let shown = (round.isMultiple(of: 2) ? rig.good : rig.forked).checkpoint(400).note
        let cosigned = await withTaskGroup(of: String?.self) { group in
            for number in 0..<16 {
                let history = number.isMultiple(of: 2) ? rig.good : rig.forked
                let (note, body) = (history.checkpoint(400).note, history.submission(from: 0, to: 400).body)
                group.addTask {
                    if case .cosigned? = try? witness.answer(to: body) { return note }
                    return nil
                }
                group.addTask {
                    if case .cosigned = await follower.visit() { return shown }
                    return nil
                }
            }
            return await group.reduce(into: Set<String>()) { notes, note in if let note { notes.insert(note) } }
        }
        #expect(cosigned.count == 1)
        // Whoever came second showed that the log has forked.
        _ = try rig.witness.answer(
            to: AddCheckpoint(
                old: LogSize(400),
                proof: .init(hashes: []),
                note: rig.good.checkpoint(400).note
            ).body
        )
        _ = try rig.witness.answer(
            to: AddCheckpoint(
                old: LogSize(400),
                proof: .init(hashes: []),
                note: rig.forked.checkpoint(400).note
            ).body
        )
        #expect(rig.evidence.count == 1)
        try rig.evidence.first?.check()
    }

    @Test("After a restart it goes on from what its folder has, evidence included")
    func restart() async throws {
        let folder = try TestFolder()
        let path = folder.file("witness")
        _ = try WitnessFolder.create(at: path, name: "w.example")
        let key = try Self.key.get()
        let (good, forked) = (SignedHistory(key, size: 700), SignedHistory(key, size: 700, otherFrom: 10))
        func visit(_ history: SignedHistory, _ size: Int) async throws -> (LogVisit, evidence: Int) {
            let memory = try WitnessFolder(at: path)
            let witness = try Witness(
                key: memory.key(),
                logs: [key.verifier],
                memory: memory,
                now: { Timestamp(millisecondsSince1970: 1_790_000_000_000) }
            )
            let log = TestLogTransport(history, size: size)
            let visit = await LogFollower(key.verifier, for: witness, over: log, token: nil).visit()
            return (visit, try witness.evidence(against: key.verifier))
        }
        #expect(try await visit(good, 300) == (.cosigned(LogSize(300)), 0))
        for number in 1...20 {
            // Ever another history; not all of them are kept.
            let (visit, evidence) = try await visit(forked, 300 + number)
            #expect(visit.state == "refused")
            #expect(evidence == min(number, 16))
        }
        #expect(try await visit(good, 600) == (.cosigned(LogSize(600)), 16))
    }

    @Test("A log that never answers holds up no other; what ends the witness ends the waiting")
    func independence() async throws {
        let keys = try (1...3).map { number in
            try LogKey(origin: "log.example/\(number)", seed: [UInt8](repeating: UInt8(number), count: 32))
        }
        let memory = TestWitnessMemory()
        let witness = try Self.witness(memory, keys.map(\.verifier))
        let followers = keys.enumerated().map { number, key in
            let log = TestLogTransport(SignedHistory(key, size: 300), size: 300)
            if number == 0 {
                log.change { _, _, _ in
                    try await Task.sleep(for: .seconds(86_400))
                    return (500, [])
                }
            }
            if number == 1 { log.change { _, _, _ in (503, []) } }
            return LogFollower(key.verifier, for: witness, over: log, token: nil)
        }
        let (reports, sink) = AsyncStream.makeStream(of: (String, LogVisit).self)
        let following = LogFollowing(followers, every: .seconds(60), sleep: { _ in await Task.yield() }) { log, visit in
            sink.yield((log.name, visit))
        }
        let running = Task { await following.run() }
        var counts: [String: Int] = [:]
        for await (name, visit) in reports {
            counts[name, default: 0] += 1
            #expect(visit.state == (name.hasSuffix("2") ? "waiting" : "following"))
            if counts["log.example/2", default: 0] > 5, counts["log.example/3", default: 0] > 5 { break }
        }
        #expect(counts["log.example/1"] == nil)
        running.cancel()
        await running.value
    }

    @Test("A log that fails is visited ever later, up to a bound, and as before once it is well")
    func schedule() {
        var schedule = VisitSchedule(interval: .seconds(60))
        let failed = LogVisit.failed("x")
        #expect(
            (0..<8).map { _ in schedule.delay(after: failed) }
                == [60, 120, 240, 480, 900, 900, 900, 900].map { .seconds($0) }
        )
        #expect(schedule.delay(after: .unchanged(LogSize(1))) == .seconds(60))
        #expect(schedule.delay(after: failed) == .seconds(60))
        #expect(schedule.delay(after: .failed("x", retryAfter: .seconds(300))) == .seconds(300))
        #expect(schedule.delay(after: .failed("x", retryAfter: .seconds(86_400))) == .seconds(900))
        var slow = VisitSchedule(interval: .seconds(3600))
        for _ in 0..<5 { #expect(slow.delay(after: failed) == .seconds(3600)) }
    }

    @Test("Only what is new is told again")
    func news() throws {
        let visits = LastVisits()
        let log = try Self.key.get().verifier
        let time = Timestamp(millisecondsSince1970: 0)
        #expect(visits.took(.cosigned(LogSize(1)), of: log, at: time))
        #expect(!visits.took(.unchanged(LogSize(1)), of: log, at: time))
        #expect(visits.took(.failed("x"), of: log, at: time))
        #expect(!visits.took(.failed("x", retryAfter: .seconds(3)), of: log, at: time))
        #expect(visits.took(.failed("y"), of: log, at: time))
        #expect(visits.byOrigin[log.name]?.because == "y")
    }
}
