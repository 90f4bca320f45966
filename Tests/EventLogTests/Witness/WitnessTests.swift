import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

/// Cosignatures, and what a witness signs.
///
/// The vectors, `Protocol/Vectors/witness`, were made by another implementation.
@Suite("Witnesses")
struct WitnessTests {
    struct File: Decodable {
        var logSeed, witnessSeed, logKey, witnessName, witnessKey: String
        var entries: [String]
        var time: Int
        var cosigned, body: String
    }

    static let file = Result { try Vectors.read("witness/cosignature.json", as: File.self) }

    /// A log of so many entries, and another history from a position on.
    private func history(_ size: Int, otherFrom split: Int = .max) throws -> SignedHistory {
        let key = try LogKey(origin: "log.example/agendas/proef", seed: [UInt8](repeating: 3, count: 32))
        return SignedHistory(key, size: size, otherFrom: split)
    }

    private struct LeafTree: TreeHashes {
        let leaves: [Hash]
        func subtree(height: Int, index: Int) -> Hash {
            var part = Array(leaves[index << height..<(index + 1) << height])
            return Merkle.root(reducing: &part)
        }
    }

    @Test("Keys, cosignature and submission are those of the vectors, byte for byte")
    func vectors() throws {
        let file = try Self.file.get()
        let logKey = try VerifierKey(file.logKey)
        let log = try LogKey(origin: logKey.name, seed: [UInt8](hexadecimal: file.logSeed))
        let witness = try WitnessKey(name: file.witnessName, seed: [UInt8](hexadecimal: file.witnessSeed))
        #expect(witness.verifier.description == file.witnessKey)
        #expect(try CosignerKey(file.witnessKey) == witness.verifier)
        let leaves = file.entries.map { entry in Array(entry.utf8).lend { Merkle.leaf($0) } }
        var edge = TreeEdge()
        for leaf in leaves { edge.append(leaf: leaf) }
        let signed = log.sign(size: LogSize(leaves.count), root: edge.root)
        let line = try witness.cosign(signed, at: file.time)
        #expect(signed.note + line == file.cosigned)
        #expect(try witness.verifier.cosigned(file.cosigned) == file.time)
        #expect(try logKey.verify(file.cosigned).checkpoint == signed.checkpoint)
        #expect(try witness.verifier.cosigned(signed.note) == nil)
        let old = LogSize(leaves.count - 1)
        let proof = try ConsistencyProof(from: old, to: LogSize(leaves.count), in: LeafTree(leaves: leaves))
        let submission = AddCheckpoint(old: old, proof: proof, note: signed.note)
        #expect(String(decoding: submission.body, as: UTF8.self) == file.body)
        #expect(try AddCheckpoint(Array(file.body.utf8)) == submission)
    }

    @Test("Whatever extends what was seen is signed, and nothing else")
    func rule() throws {
        let log = try history(12)
        let key = log.key.verifier
        for old in 0...12 {
            for size in old...12 {
                let submission = log.submission(from: old, to: size)
                for seen in 0...12 {
                    let decision = WitnessRule.decide(
                        on: submission,
                        of: key,
                        seen: seen == 0 ? nil : log.checkpoint(seen).checkpoint
                    )
                    let expected: WitnessRule.Decision =
                        seen == old ? .cosign(log.checkpoint(size)) : .conflict(seen: LogSize(seen))
                    #expect(decision == expected, "\(old) to \(size), seen \(seen)")
                }
            }
        }
    }

    @Test("A history that was rewritten is never signed, whatever the proof", arguments: 1...8)
    func fork(seen: Int) throws {
        let log = try history(12)
        let forked = try history(12, otherFrom: seen - 1)
        for size in seen...12 {
            for submission in [
                forked.submission(from: seen, to: size),
                AddCheckpoint(
                    old: LogSize(seen),
                    proof: log.submission(from: seen, to: size).proof,
                    note: forked.checkpoint(size).note
                ),
                AddCheckpoint(old: LogSize(seen), proof: .init(hashes: []), note: forked.checkpoint(size).note),
            ] {
                let decision = WitnessRule.decide(
                    on: submission,
                    of: log.key.verifier,
                    seen: log.checkpoint(seen).checkpoint
                )
                switch decision {
                case .refuse(.unprocessable, _) where size > seen: continue
                case .fork(forked.checkpoint(size)) where size == seen: continue
                default: Issue.record("\(decision)")
                }
            }
        }
    }

    @Test("Another log's key, no signature, and an old size beyond the new one are told apart")
    func refusals() throws {
        let log = try history(4)
        let other = try LogKey(origin: log.key.origin, seed: [UInt8](repeating: 9, count: 32)).verifier
        let submission = log.submission(from: 0, to: 4)
        guard case .refuse(.forbidden, _) = WitnessRule.decide(on: submission, of: other, seen: nil) else {
            Issue.record("another key's checkpoint was taken")
            return
        }
        var broken = submission
        broken.note = "no note"
        guard case .refuse(.badRequest, _) = WitnessRule.decide(on: broken, of: log.key.verifier, seen: nil) else {
            Issue.record("what is no note was taken")
            return
        }
        var beyond = submission
        beyond.old = LogSize(5)
        guard case .refuse(.badRequest, _) = WitnessRule.decide(on: beyond, of: log.key.verifier, seen: nil) else {
            Issue.record("an old size beyond the new one was taken")
            return
        }
        #expect(VerifierKey.origin(of: submission.note) == log.key.origin)
        #expect(VerifierKey.origin(of: "no note") == nil)
    }

    @Test(
        "What is no submission is refused",
        arguments: [
            "", "old 1\n", "old 01\n\nnote", "old -1\n\nnote", "old 1\nAAAA\n\nnote", "new 1\n\nnote", "\n\nnote",
            "old 1\n \n\n",
            "old 9223372036854775808\n\nnote",
            "old 0\n" + String(repeating: String(repeating: "A", count: 43) + "=\n", count: 64) + "\n",
        ]
    )
    func malformed(body: String) {
        let error = #expect(throws: LogError.self) { try AddCheckpoint(Array(body.utf8)) }
        #expect(error?.code == .malformed)
    }

    @Test("k of n witnesses are asked for; one that is too few, or does not hold, is no quorum")
    func policy() throws {
        let log = try history(3)
        let witnesses = try (1...3).map {
            try WitnessKey(name: "w\($0)", seed: [UInt8](repeating: UInt8($0), count: 32))
        }
        let checkpoint = log.checkpoint(3)
        var note = checkpoint.note
        for witness in witnesses.prefix(2) { note += try witness.cosign(checkpoint, at: 1_790_000_000) }
        let keys = witnesses.map(\.verifier)
        #expect(try WitnessPolicy(witnesses: keys, quorum: 2).check(note).map(\.witness) == Array(keys.prefix(2)))
        #expect(throws: LogError.self) { try WitnessPolicy(witnesses: keys).check(note) }
        #expect(throws: LogError.self) { try WitnessPolicy(witnesses: keys, quorum: 4) }
        let lack = #expect(throws: LogError.self) { try WitnessPolicy(witnesses: keys).check(note) }
        #expect(lack?.code == .notCosigned)
        // A cosignature of another checkpoint.
        let foreign = checkpoint.note + (try witnesses[0].cosign(log.checkpoint(2), at: 1_790_000_000))
        #expect(throws: LogError.self) { try WitnessPolicy(witnesses: keys, quorum: 0).check(foreign) }
    }
    @Test("A witness counts once, whatever it is called and however often it has signed")
    func duplicates() throws {
        let checkpoint = try history(3).checkpoint(3)
        let one = try WitnessKey(name: "w1", seed: [UInt8](repeating: 1, count: 32))
        let renamed = try WitnessKey(name: "w2", seed: one.seed)
        let namesake = try WitnessKey(name: "w1", seed: [UInt8](repeating: 2, count: 32))
        for other in [one, renamed, namesake] {
            #expect(throws: LogError.self) { try WitnessPolicy(witnesses: [one.verifier, other.verifier]) }
        }
        let two = try WitnessKey(name: "w3", seed: [UInt8](repeating: 3, count: 32))
        let policy = try WitnessPolicy(witnesses: [one.verifier, two.verifier])
        let twice = checkpoint.note + (try one.cosign(checkpoint, at: 1)) + (try one.cosign(checkpoint, at: 2))
        #expect(throws: LogError.self) { try policy.check(twice) }
        // Lines of a name with another key, of a key under another name, and of strangers are not looked at.
        let strangers = try [renamed, namesake].map { try $0.cosign(checkpoint, at: 1) }.joined()
        #expect(throws: LogError.self) { try policy.check(twice + strangers) }
        let both = twice + strangers + (try two.cosign(checkpoint, at: 7))
        #expect(try policy.check(both).map(\.seconds) == [2, 7])
    }

    @Test("One forged cosignature by a witness that is known makes the note invalid, however many others hold")
    func forged() throws {
        let history = try history(3)
        let checkpoint = history.checkpoint(3)
        let witnesses = try (1...3).map {
            try WitnessKey(name: "w\($0)", seed: [UInt8](repeating: UInt8($0), count: 32))
        }
        let good = try witnesses.map { try $0.cosign(checkpoint, at: 5) }
        let policy = try WitnessPolicy(witnesses: witnesses.map(\.verifier), quorum: 1)
        #expect(try policy.check(checkpoint.note + good.joined()).count == 3)
        let other = try witnesses[1].cosign(history.checkpoint(2), at: 5)
        for lines in [[good[0], other, good[2]], [other, good[0]], [good[0], good[1], other]] {
            let error = #expect(throws: LogError.self) { try policy.check(checkpoint.note + lines.joined()) }
            #expect(error?.code == .badSignature)
        }
    }

    @Test("A verifier key of the other kind is refused, and says so")
    func kinds() throws {
        let file = try Self.file.get()
        for error in [
            #expect(throws: LogError.self) { try CosignerKey(file.logKey) },
            #expect(throws: LogError.self) { try VerifierKey(file.witnessKey) },
        ] {
            #expect(error?.code == .malformed)
            #expect(error?.message.contains("type") == true)
        }
        for text in [
            "", "w", "w+12345678", file.witnessKey + "=",
            file.witnessKey.replacing("+", with: "+0", maxReplacements: 1),
        ] {
            #expect(throws: LogError.self) { try CosignerKey(text) }
        }
    }

    struct EvidenceFile: Decodable {
        struct Case: Decodable, CustomTestStringConvertible {
            var name: String
            var evidence: WitnessEvidence
            var because: String?
            var testDescription: String { name }
        }
        var valid, invalid: [Case]
    }

    static let evidenceFile = Result { try Vectors.read("witness/evidence.json", as: EvidenceFile.self) }

    @Test("Evidence of the vectors holds", arguments: try evidenceFile.get().valid)
    func evidenceHolds(vector: EvidenceFile.Case) throws { try vector.evidence.check() }

    @Test("Evidence that shows nothing is refused for the right reason", arguments: try evidenceFile.get().invalid)
    func evidenceShowsNothing(vector: EvidenceFile.Case) throws {
        let error = #expect(throws: LogError.self) { try vector.evidence.check() }
        let expected: [String: LogError.Code] = [
            "malformed": .malformed, "bad-signature": .badSignature, "corrupt": .corrupt,
        ]
        #expect(error?.code == expected[try #require(vector.because)], "\(error?.message ?? "")")
    }

    @Test("Evidence holds only when the log did it")
    func evidenceOfHistories() throws {
        let (log, forked) = (try history(300), try history(300, otherFrom: 100))
        let key = log.key.verifier
        func evidence(
            _ seen: SignedCheckpoint,
            _ shown: SignedCheckpoint,
            _ tree: SignedHistory? = nil
        ) throws -> WitnessEvidence {
            let sizes = [seen.checkpoint.size, shown.checkpoint.size].sorted()
            let proof = try tree.map { tree in
                let proof = try ConsistencyProof(from: sizes[0], to: sizes[1], in: tree)
                return (root: try tree.root(of: 0..<sizes[0].rawValue), proof: proof)
            }
            let time = Timestamp(millisecondsSince1970: 1_790_000_000_000)
            return WitnessEvidence(of: key, seen: seen, shown: shown, proof: proof, at: time)
        }
        for (seen, shown) in [(200, 200), (150, 300), (300, 150), (128, 256), (101, 102)] {
            let (first, second) = (log.checkpoint(seen), forked.checkpoint(shown))
            let greater = seen > shown ? log : forked
            try evidence(first, second, greater).check()
            // The two are of one history, or the proof is that of another one.
            #expect(throws: LogError.self) { try evidence(first, log.checkpoint(shown), log).check() }
            if seen != shown {
                #expect(throws: LogError.self) { try evidence(first, second, seen > shown ? forked : log).check() }
            }
            // A checkpoint that the log has not signed.
            let stranger = SignedHistory(
                try LogKey(origin: key.name, seed: [UInt8](repeating: 4, count: 32)),
                size: 300
            )
            #expect(throws: LogError.self) { try evidence(first, stranger.checkpoint(shown), greater).check() }
        }
        try evidence(log.checkpoint(300), log.checkpoint(299)).check()
        #expect(throws: LogError.self) { try evidence(log.checkpoint(299), log.checkpoint(300)).check() }
        #expect(throws: LogError.self) { try evidence(log.checkpoint(299), log.checkpoint(299)).check() }
    }
}
