import AgendaModel
import Dispatch
import EventLogTesting
import Foundation
import Synchronization
import Testing

@testable import EventLog

/// What a witness checks, keeps and writes, whoever sends it what.
@Suite("Decisions of a witness")
struct WitnessDecisionTests {
    /// Counts what is kept, and calls a body first.
    private final class CountingMemory: WitnessMemory {
        private struct State {
            var notes: [String: String] = [:]
            var count = 0
            var onKeep: @Sendable () -> Void = {}
        }

        private let state = Mutex(State())

        /// How often a note was kept.
        var count: Int { state.withLock { $0.count } }

        func onKeep(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onKeep = body } }

        func note(of origin: String) throws -> String? { state.withLock { $0.notes[origin] } }

        func keep(_ note: String, of origin: String) throws {
            let body = state.withLock { $0.onKeep }
            body()
            state.withLock { state in
                state.notes[origin] = note
                state.count += 1
            }
        }

        func keep(_ evidence: WitnessEvidence, of origin: String) throws {}
        func evidence(against origin: String) throws -> Int { 0 }
    }

    private final class Clock: Sendable {
        private let seconds = Mutex(1_790_000_000)

        func advance(_ count: Int) { seconds.withLock { $0 += count } }

        var now: @Sendable () -> Timestamp {
            { [self] in Timestamp(millisecondsSince1970: seconds.withLock { $0 } * 1000) }
        }
    }

    private let memory = CountingMemory()
    private let clock = Clock()
    private let log: SignedHistory
    private let witness: Witness

    init() throws {
        let key = try LogKey(origin: "log.example/agendas/proef", seed: [UInt8](repeating: 3, count: 32))
        log = SignedHistory(key, size: 12)
        witness = try Witness(
            key: WitnessKey(name: "w.example", seed: [UInt8](repeating: 1, count: 32)),
            logs: [key.verifier],
            memory: memory,
            now: clock.now
        )
    }

    private func line(_ submission: AddCheckpoint) throws -> String {
        guard case .cosigned(let line) = try witness.answer(to: submission.body) else {
            throw LogError(.inputOutput, "it was not cosigned")
        }
        return line
    }

    @Test("The checkpoint that was cosigned last is written again once a minute, however often it is sent")
    func again() throws {
        let first = try line(log.submission(from: 0, to: 4))
        #expect(memory.count == 1)
        for _ in 1...20 { #expect(try line(log.submission(from: 4, to: 4)) == first) }
        clock.advance(59)
        #expect(try line(log.submission(from: 4, to: 4)) == first)
        #expect(memory.count == 1)
        clock.advance(1)
        let second = try line(log.submission(from: 4, to: 4))
        #expect(second != first)
        #expect(memory.count == 2)
        #expect(try witness.verifier.cosigned(log.checkpoint(4).note + second) == 1_790_000_060)
        // A clock that was ahead, and has been set: what it said does not last for longer.
        clock.advance(-30)
        let third = try line(log.submission(from: 4, to: 4))
        #expect(try witness.verifier.cosigned(log.checkpoint(4).note + third) == 1_790_000_030)
        #expect(memory.count == 3)
        _ = try line(log.submission(from: 4, to: 5))
        #expect(memory.count == 4)
    }

    @Test("The same tree with another text is cosigned for itself")
    func anotherText() throws {
        let first = try line(log.submission(from: 0, to: 4))
        let text = log.checkpoint(4).checkpoint.text + "more\n"
        let signer = try SigningKey(seed: log.key.seed, of: "a log key")
        let signature = log.key.verifier.key.line(signer.sign(Array(text.utf8)))
        let other = AddCheckpoint(old: LogSize(4), proof: .init(hashes: []), note: "\(text)\n\(signature)")
        let second = try line(other)
        #expect(second != first)
        #expect(try witness.verifier.cosigned(other.note + second) != nil)
    }

    @Test("A note with more than one line by the log's key is refused, whether they hold or not")
    func repeatedLines() throws {
        let note = log.checkpoint(4).note
        let line = try #require(note.split(separator: "\n").last)
        let forged = log.key.verifier.key.line([UInt8](repeating: 7, count: 64))
        for lines in ["\(line)\n", forged, String(repeating: forged, count: 60)] {
            let error = #expect(throws: LogError.self) { try log.key.verifier.verify(note + lines) }
            #expect(error?.code == .badSignature)
            let submission = AddCheckpoint(old: .zero, proof: .init(hashes: []), note: note + lines)
            guard case .refused(403, _) = try witness.answer(to: submission.body) else {
                Issue.record("it was taken")
                continue
            }
        }
        // Those of others are not looked at.
        let other = try LogKey(origin: "other.example", seed: [UInt8](repeating: 5, count: 32))
        let strange = other.verifier.key.line([UInt8](repeating: 7, count: 64))
        #expect(try log.key.verifier.verify(note + strange + strange).checkpoint.size == LogSize(4))
    }

    @Test("What is refused, or was cosigned already, waits for nobody who has something kept")
    func besideTheLock() throws {
        _ = try line(log.submission(from: 0, to: 4))
        let wrong = AddCheckpoint(
            old: LogSize(4),
            proof: log.submission(from: 3, to: 6).proof,
            note: log.checkpoint(6).note
        )
        let forged = try LogKey(origin: log.key.origin, seed: [UInt8](repeating: 9, count: 32))
        let note = forged.sign(size: LogSize(6), root: Merkle.emptyRoot).note
        let others = [
            wrong, log.submission(from: 4, to: 4), log.submission(from: 0, to: 6),
            AddCheckpoint(old: LogSize(4), proof: .init(hashes: []), note: note),
        ]
        let witness = witness
        let answered = Mutex<[Bool]>([])
        memory.onKeep {
            for other in others {
                let done = DispatchSemaphore(value: 0)
                Thread.detachNewThread {
                    _ = try? witness.answer(to: other.body)
                    done.signal()
                }
                let isDone = done.wait(timeout: .now() + 20) == .success
                answered.withLock { $0.append(isDone) }
            }
        }
        _ = try line(log.submission(from: 4, to: 5))
        #expect(answered.withLock { $0 } == [true, true, true, true])
    }

    @Test("Who waited while another checkpoint was cosigned hears of that one")
    func decidedAgain() throws {
        _ = try line(log.submission(from: 0, to: 4))
        let (witness, log) = (witness, log)
        let isFirst = Mutex(true)
        let later = Mutex<Witness.Answer?>(nil)
        let (begun, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        memory.onKeep {
            let isFirst = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            guard isFirst else { return }
            Thread.detachNewThread {
                begun.signal()
                let answer = try? witness.answer(to: log.submission(from: 4, to: 5).body)
                later.withLock { $0 = answer }
                done.signal()
            }
            begun.wait()
        }
        _ = try line(log.submission(from: 4, to: 6))
        done.wait()
        #expect(later.withLock { $0 } == .conflict(LogSize(6)))
    }
}
