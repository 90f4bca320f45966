import AgendaModel
import EventLog
import EventLogTesting
import Logging
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

@Suite("What witnesses say of a log that takes no entries", .timeLimit(.minutes(5)))
struct CosignatureStandingTests {
    private let store: InMemoryLogStore
    private let log: VerifierKey
    private let first: SignedCheckpoint
    private let last: SignedCheckpoint

    init() throws {
        var generator = CommitGenerator(seed: 5)
        log = generator.identity.verifierKey
        store = InMemoryLogStore(identity: generator.identity)
        _ = try store.append(generator.next(count: 3), expecting: .zero)
        first = try #require(try store.head().checkpoint)
        _ = try store.append(generator.next(count: 3), expecting: LogSize(3))
        last = try #require(try store.head().checkpoint)
    }

    /// A witness that has cosigned this last.
    private func witness(_ number: UInt8, seen: SignedCheckpoint?) throws -> Witness {
        let key = try WitnessKey(name: "w\(number).example", seed: [UInt8](repeating: number, count: 32))
        let memory = TestWitnessMemory()
        if let seen { try memory.keep(seen.note + key.cosign(seen, at: 1), of: log.name) }
        return try Witness(
            key: key,
            logs: [log],
            memory: memory,
            now: { Timestamp(millisecondsSince1970: 1_790_000_000_000) }
        )
    }

    /// Asks a witness without HTTP, once something has been done.
    private static func asking(_ witness: Witness, after body: @escaping @Sendable () async -> Void) -> RemoteWitness {
        RemoteWitness(key: witness.verifier) { submission in
            await body()
            switch try witness.answer(to: submission) {
            case .cosigned(let line): return (200, Array(line.utf8))
            case .conflict(let size): return (409, Array("\(size)\n".utf8))
            case .unknownLog: return (404, [])
            case .refused(let status, _): return (status, [])
            }
        }
    }

    /// Has witnesses asked about a log that takes no entries; what happens is yielded, in words.
    ///
    /// So many confirmations, the first ones, fail to be taken into account.
    private func asked(
        _ witnesses: [RemoteWitness],
        about head: SignedCheckpoint,
        _ next: AsyncStream<String>.Continuation,
        failing failures: Int = 0
    ) -> Cosignatures {
        let confirmations = Mutex(0)
        let cosignatures = Cosignatures(
            of: store,
            by: witnesses,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            reporting: { evidence in
                switch evidence {
                case .confirmed(let checkpoint):
                    next.yield("confirmed \(checkpoint.size)")
                    return confirmations.withLock { count in
                        count += 1
                        return count > failures
                    }
                case .witnessed(let size, _): next.yield("witnessed \(size)")
                default: next.yield("\(evidence)")
                }
                return true
            }
        )
        cosignatures.observe { next.yield("\($0)") }
        cosignatures.logHasGrown(to: head, takingEntries: false)
        return cosignatures
    }

    /// What happens up to the next waiting after an answer.
    private static func untilAnswered(_ happened: AsyncStream<String>) async -> [String] {
        var words: [String] = []
        for await word in happened {
            words.append(word)
            if word == "waiting", words.contains("answers") { break }
        }
        return words
    }

    @Test("One that has seen the end confirms it once all have answered, and one that was away is shown nothing before")
    func oneAway() async throws {
        let behind = try witness(1, seen: first)
        let knowing = try witness(2, seen: last)
        let (happened, next) = AsyncStream.makeStream(of: String.self)
        let (isAsked, asks) = AsyncStream.makeStream(of: Void.self)
        let (isBack, comesBack) = AsyncStream.makeStream(of: Void.self)
        let witnesses = [
            Self.asking(behind) {
                for await _ in isAsked {}
                next.yield("answers")
            },
            Self.asking(knowing) {
                asks.finish()
                for await _ in isBack {}
            },
        ]
        let cosignatures = asked(witnesses, about: last, next)
        // The other one has been asked, and does not answer yet.
        let words = await Self.untilAnswered(happened)
        #expect(!words.contains { $0.hasPrefix("confirmed") })
        #expect(try behind.seen(of: log)?.checkpoint == first.checkpoint)
        comesBack.finish()
        for await word in happened where word.hasPrefix("confirmed") {
            #expect(word == "confirmed 6")
            break
        }
        #expect(try behind.seen(of: log)?.checkpoint == first.checkpoint)
        // The log goes on, and all cosign it.
        cosignatures.logHasGrown(to: last)
        while cosignatures.note(cosignedBy: 2) == nil { await Task.yield() }
        #expect(try behind.seen(of: log)?.checkpoint == last.checkpoint)
        cosignatures.stop()
    }

    @Test("Those that have seen less confirm nothing, however often a server starts", arguments: [true, false])
    func seenLess(hasSeen: Bool) async throws {
        let behind = try witness(1, seen: hasSeen ? first : nil)
        for _ in 0..<2 {
            let (happened, next) = AsyncStream.makeStream(of: String.self)
            let cosignatures = asked([Self.asking(behind) { next.yield("answers") }], about: last, next)
            let words = await Self.untilAnswered(happened)
            #expect(!words.contains { $0.hasPrefix("confirmed") })
            #expect(try behind.seen(of: log)?.checkpoint.size == (hasSeen ? LogSize(3) : nil))
            cosignatures.stop()
        }
    }

    @Test("One is asked again, after a while, where what it said could not be taken into account")
    func failing() async throws {
        let witness = try witness(1, seen: last)
        let (happened, next) = AsyncStream.makeStream(of: String.self)
        let cosignatures = asked([Self.asking(witness) { next.yield("answers") }], about: last, next, failing: 1)
        let words = await Self.untilAnswered(happened).filter { $0.hasPrefix("confirmed") || $0 == "pausing" }
        #expect(words == ["confirmed 6", "pausing", "confirmed 6"])
        cosignatures.stop()
    }

    @Test("One that has seen more says so, whatever the others say")
    func seenMore() async throws {
        let exact = try witness(1, seen: first)
        let ahead = try witness(2, seen: last)
        let (happened, next) = AsyncStream.makeStream(of: String.self)
        let cosignatures = asked([Self.asking(exact) {}, Self.asking(ahead) {}], about: first, next)
        var words: [String] = []
        for await word in happened {
            words.append(word)
            if word == "witnessed 6" { break }
        }
        #expect(!words.contains { $0.hasPrefix("confirmed") })
        cosignatures.stop()
    }
}
