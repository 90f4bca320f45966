import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Consistency proofs")
struct ConsistencyProofTests {
    struct File: Decodable {
        struct Proof: Decodable, CustomTestStringConvertible {
            var from, to: Int
            var fromRoot, toRoot: String
            var hashes: [String]
            var testDescription: String { "from \(from) to \(to)" }
        }
        var proofs: [Proof]
    }

    static let file = Result { try Vectors.read("tree/consistency.json", as: File.self) }

    /// The leaves of the vectors.
    struct Leaves: TreeHashes {
        var leaves: [Hash]
        init(_ count: Int) {
            leaves = (0..<count).map { number in Array("entry \(number)".utf8).lend { Merkle.leaf($0) } }
        }

        func subtree(height: Int, index: Int) throws -> Hash {
            var part = Array(leaves[index << height..<(index + 1) << height])
            return Merkle.root(reducing: &part)
        }

        /// Straight from the definition in RFC 6962, section 2.1.
        func root(_ range: Range<Int>) -> Hash {
            if range.isEmpty { return Merkle.emptyRoot }
            if range.count == 1 { return leaves[range.lowerBound] }
            let middle = range.lowerBound + Self.split(range.count)
            return Merkle.node(root(range.lowerBound..<middle), root(middle..<range.upperBound))
        }

        /// Straight from the definition in RFC 9162, section 2.1.4.1.
        func proof(_ size: Int, _ range: Range<Int>, isWhole: Bool = true) -> [Hash] {
            if size == range.count { return isWhole ? [] : [root(range)] }
            let middle = range.lowerBound + Self.split(range.count)
            let left = range.lowerBound..<middle
            let right = middle..<range.upperBound
            if size <= left.count { return proof(size, left, isWhole: isWhole) + [root(right)] }
            return proof(size - left.count, right, isWhole: false) + [root(left)]
        }

        private static func split(_ count: Int) -> Int {
            var power = 1
            while power * 2 < count { power *= 2 }
            return power
        }
    }

    @Test("Proofs are those of the vectors", arguments: try file.get().proofs)
    func vectors(vector: File.Proof) throws {
        let tree = Leaves(vector.to)
        let proof = try ConsistencyProof(from: LogSize(vector.from), to: LogSize(vector.to), in: tree)
        #expect(proof.base64 == vector.hashes)
        #expect(try ConsistencyProof(base64: vector.hashes) == proof)
        let first = (size: LogSize(vector.from), root: try #require(Hash(base64: vector.fromRoot)))
        let second = (size: LogSize(vector.to), root: try #require(Hash(base64: vector.toRoot)))
        #expect(first.root == tree.root(0..<vector.from))
        #expect(second.root == tree.root(0..<vector.to))
        #expect(proof.verify(from: first, to: second))
    }

    @Test("Between all sizes proofs are those of the definition, and hold")
    func allPairs() throws {
        let count = 200
        let tree = Leaves(count)
        let roots = (0...count).map { tree.root(0..<$0) }
        for second in 0...count {
            for first in 0...second {
                let proof = try ConsistencyProof(from: LogSize(first), to: LogSize(second), in: tree)
                if first > 0, first < second {
                    #expect(proof.hashes == tree.proof(first, 0..<second), "from \(first) to \(second)")
                } else {
                    #expect(proof.hashes.isEmpty)
                }
                #expect(
                    proof.verify(from: (LogSize(first), roots[first]), to: (LogSize(second), roots[second])),
                    "from \(first) to \(second)"
                )
            }
        }
    }

    @Test("Proofs with a hash changed, dropped, added or swapped, or between other sizes or roots, are refused")
    func badProofs() throws {
        let count = 70
        let tree = Leaves(count)
        let roots = (0...count).map { tree.root(0..<$0) }
        let foreign = Hash.sha256([1])
        for second in 2...count {
            for first in 1..<second {
                let proof = try ConsistencyProof(from: LogSize(first), to: LogSize(second), in: tree)
                func holds(_ hashes: [Hash], _ from: Int = first, _ to: Int = second) -> Bool {
                    ConsistencyProof(hashes: hashes).verify(
                        from: (LogSize(from), roots[first]),
                        to: (LogSize(to), roots[second])
                    )
                }
                for index in proof.hashes.indices {
                    var changed = proof.hashes
                    changed[index] = foreign
                    var dropped = proof.hashes
                    dropped.remove(at: index)
                    #expect(!holds(changed) && !holds(dropped), "from \(first) to \(second), hash \(index)")
                    guard index > 0 else { continue }
                    var swapped = proof.hashes
                    swapped.swapAt(index, index - 1)
                    #expect(!holds(swapped), "from \(first) to \(second), hash \(index)")
                }
                for index in 0...proof.hashes.count {
                    var longer = proof.hashes
                    longer.insert(foreign, at: index)
                    #expect(!holds(longer), "from \(first) to \(second), one more at \(index)")
                }
                #expect(!holds(proof.hashes, second, first))
                #expect(!proof.verify(from: (LogSize(first), foreign), to: (LogSize(second), roots[second])))
                #expect(!proof.verify(from: (LogSize(first), roots[first]), to: (LogSize(second), foreign)))
                #expect(
                    !ConsistencyProof(hashes: []).verify(
                        from: (LogSize(first), roots[first]),
                        to: (LogSize(second), roots[second])
                    )
                )
            }
        }
    }

    @Test("From nothing and between equal sizes there is nothing to show, and nothing else is taken")
    func nothingToShow() {
        let tree = Leaves(3)
        let (two, three) = ((size: LogSize(2), root: tree.root(0..<2)), (size: LogSize(3), root: tree.root(0..<3)))
        let none = ConsistencyProof(hashes: [])
        let some = ConsistencyProof(hashes: [three.root])
        #expect(none.verify(from: three, to: three))
        #expect(!none.verify(from: three, to: (LogSize(3), two.root)))
        #expect(!some.verify(from: three, to: three))
        #expect(none.verify(from: (.zero, Merkle.emptyRoot), to: three))
        #expect(!none.verify(from: (.zero, two.root), to: three))
        #expect(!some.verify(from: (.zero, Merkle.emptyRoot), to: three))
        #expect(!none.verify(from: three, to: two))
    }

    @Test("Too many hashes, and such as are none, are refused")
    func unreadable() {
        let hash = Merkle.emptyRoot.base64
        #expect(throws: LogError.self) { try ConsistencyProof(base64: [hash, String(hash.dropLast())]) }
        #expect(throws: LogError.self) { try ConsistencyProof(base64: Array(repeating: hash, count: 127)) }
    }

    @Test("A stored log gives the proofs of its leaves, across segments sealed and not", arguments: [1, 2] as [UInt64])
    func storedLog(seed: UInt64) throws {
        var generator = CommitGenerator(seed: seed)
        let store = InMemoryLogStore(identity: generator.identity)
        while generator.history.size < LogSize(1300) {
            let size = generator.history.size
            #expect(try store.append(generator.next(upTo: 90), expecting: size) == .committed)
        }
        // The last whole segment stays unsealed.
        for number in 0..<4 { try store.seal(generator.segment(number)) }
        let size = generator.history.size.rawValue
        let leaves = generator.history.entries.map { $0.lend { Merkle.leaf($0) } }
        var plain = Leaves(0)
        plain.leaves = leaves
        let log = LogTree(of: store)
        let borders = [
            1, 2, 255, 256, 257, 511, 512, 513, 767, 768, 1023, 1024, 1025, 1279, 1280, 1281, size - 1, size,
        ]
        for second in borders {
            for first in borders where first <= second {
                let proof = try ConsistencyProof(from: LogSize(first), to: LogSize(second), in: log)
                #expect(try proof == ConsistencyProof(from: LogSize(first), to: LogSize(second), in: plain))
                let roots = (plain.root(0..<first), plain.root(0..<second))
                #expect(
                    proof.verify(from: (LogSize(first), roots.0), to: (LogSize(second), roots.1)),
                    "from \(first) to \(second), seed \(seed)"
                )
            }
        }
    }
}
