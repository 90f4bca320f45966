import AgendaModel
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
    private struct Log {
        let key: LogKey
        let leaves: [Hash]

        init(_ count: Int, otherFrom split: Int = .max) throws {
            key = try LogKey(origin: "log.example/agendas/proef", seed: [UInt8](repeating: 3, count: 32))
            leaves = (0..<count).map { Hash.sha256([UInt8($0), $0 < split ? 0 : 1]) }
        }

        func checkpoint(_ size: Int) -> SignedCheckpoint {
            var edge = TreeEdge()
            for leaf in leaves.prefix(size) { edge.append(leaf: leaf) }
            return key.sign(size: LogSize(size), root: edge.root)
        }

        func submission(from old: Int, to size: Int) throws -> AddCheckpoint {
            let proof = try ConsistencyProof(from: LogSize(old), to: LogSize(size), in: LeafTree(leaves: leaves))
            return AddCheckpoint(old: LogSize(old), proof: proof, note: checkpoint(size).note)
        }
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
        let log = try Log(12)
        let key = log.key.verifier
        for old in 0...12 {
            for size in old...12 {
                let submission = try log.submission(from: old, to: size)
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
        let log = try Log(12)
        let forked = try Log(12, otherFrom: seen - 1)
        for size in seen...12 {
            for submission in [
                try forked.submission(from: seen, to: size),
                AddCheckpoint(
                    old: LogSize(seen),
                    proof: try log.submission(from: seen, to: size).proof,
                    note: forked.checkpoint(size).note
                ),
                AddCheckpoint(old: LogSize(seen), proof: .init(hashes: []), note: forked.checkpoint(size).note),
            ] {
                let decision = WitnessRule.decide(
                    on: submission,
                    of: log.key.verifier,
                    seen: log.checkpoint(seen).checkpoint
                )
                guard case .refuse(.unprocessable, _) = decision else {
                    Issue.record("\(decision)")
                    return
                }
            }
        }
    }

    @Test("Another log's key, no signature, and an old size beyond the new one are told apart")
    func refusals() throws {
        let log = try Log(4)
        let other = try LogKey(origin: log.key.origin, seed: [UInt8](repeating: 9, count: 32)).verifier
        let submission = try log.submission(from: 0, to: 4)
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
        let log = try Log(3)
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
        #expect(throws: LogError.self) { try WitnessPolicy(witnesses: [keys[0], keys[0]]) }
        // A cosignature of another checkpoint.
        let foreign = checkpoint.note + (try witnesses[0].cosign(log.checkpoint(2), at: 1_790_000_000))
        #expect(throws: LogError.self) { try WitnessPolicy(witnesses: keys, quorum: 0).check(foreign) }
    }
}
