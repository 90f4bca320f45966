import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Inclusion proofs")
struct InclusionProofTests {
    struct File: Decodable {
        struct Proof: Decodable, CustomTestStringConvertible {
            var position, size: Int
            var root: String
            var hashes: [String]
            var testDescription: String { "\(position) of \(size)" }
        }
        var proofs: [Proof]
    }

    static let file = Result { try Vectors.read("tree/inclusion.json", as: File.self) }

    typealias Leaves = ConsistencyProofTests.Leaves

    @Test("Proofs are those of the vectors", arguments: try file.get().proofs)
    func vectors(vector: File.Proof) throws {
        let tree = Leaves(vector.size)
        let position = Position(vector.position)
        let proof = try InclusionProof(of: position, at: LogSize(vector.size), in: tree)
        #expect(proof.hashes.map(\.base64) == vector.hashes)
        let root = try #require(Hash(base64: vector.root))
        #expect(proof.verify(tree.leaves[vector.position], at: position, of: LogSize(vector.size), root: root))
    }

    @Test("In every tree of fewer than 80 leaves each has its proof, and no other one")
    func allSizes() throws {
        let tree = Leaves(80)
        let foreign = Hash.sha256([1])
        for size in 1..<80 {
            let root = tree.root(0..<size)
            for position in 0..<size {
                let hashes = try InclusionProof(of: Position(position), at: LogSize(size), in: tree).hashes
                func holds(_ hashes: [Hash], _ leaf: Int = position, at place: Int = position, of count: Int = size)
                    -> Bool
                {
                    InclusionProof(hashes: hashes)
                        .verify(tree.leaves[leaf], at: Position(place), of: LogSize(count), root: root)
                }
                let what: Comment = "\(position) of \(size)"
                #expect(holds(hashes), what)
                for index in hashes.indices {
                    var changed = hashes
                    changed[index] = foreign
                    var dropped = hashes
                    dropped.remove(at: index)
                    #expect(!holds(changed) && !holds(dropped), what)
                    guard index > 0 else { continue }
                    var swapped = hashes
                    swapped.swapAt(index, index - 1)
                    #expect(!holds(swapped), what)
                }
                for index in 0...hashes.count {
                    var longer = hashes
                    longer.insert(foreign, at: index)
                    #expect(!holds(longer), what)
                }
                for other in 0..<80 where other != position && (size < 20 || abs(other - position) < 3) {
                    #expect(!holds(hashes, at: other), what)
                    #expect(!holds(hashes, other), what)
                }
                #expect(!holds(hashes, at: size))
                #expect(
                    !InclusionProof(hashes: hashes)
                        .verify(tree.leaves[position], at: Position(position), of: LogSize(size), root: foreign)
                )
            }
        }
    }

    @Test("A stored log gives the proofs of its leaves, across segments sealed and not", arguments: [1, 2] as [UInt64])
    func storedLog(seed: UInt64) throws {
        let (store, generator) = try StoredLog.make(seed: seed, size: 1300, sealed: 4)
        let entries = generator.history.entries
        let size = generator.history.size
        var plain = Leaves(0)
        plain.leaves = entries.map { $0.lend { Merkle.leaf($0) } }
        let head = try #require(try store.head().checkpoint)
        for position in [0, 1, 255, 256, 511, 512, 1023, 1024, 1279, 1280, size.rawValue - 1] {
            let proof = try InclusionProof(of: Position(position), at: size, in: LogTree(of: store))
            #expect(try proof == InclusionProof(of: Position(position), at: size, in: plain))
            let root = head.checkpoint.root
            #expect(
                proof.verify(plain.leaves[position], at: Position(position), of: size, root: root),
                "\(position), seed \(seed)"
            )
            let evidence = try Evidence(of: Position(position), in: store)
            #expect(evidence.extra == entries[position])
            let read = try Evidence(Array(evidence.text.utf8))
            #expect(read == evidence)
            #expect(try read.verify(entry: entries[position], by: generator.key.verifier) == head.checkpoint)
        }
        #expect(throws: LogError.self) { try Evidence(of: size.next, in: store) }
    }
}

/// Logs as stores have them.
enum StoredLog {
    /// A log of at least this size, of which so many segments are sealed.
    static func make(seed: UInt64, size: Int, sealed: Int) throws -> (InMemoryLogStore, CommitGenerator) {
        var generator = CommitGenerator(seed: seed)
        let store = InMemoryLogStore(identity: generator.identity)
        while generator.history.size < LogSize(size) {
            let size = generator.history.size
            #expect(try store.append(generator.next(upTo: 90), expecting: size) == .committed)
        }
        for number in 0..<sealed { try store.seal(generator.segment(number)) }
        return (store, generator)
    }
}
