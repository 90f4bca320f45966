import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("The Merkle tree")
struct MerkleTests {
    struct File: Decodable {
        struct Leaf: Decodable { var entry, hash: String }
        struct Root: Decodable, CustomTestStringConvertible {
            var size: Int
            var root: String
            var testDescription: String { "\(size) entries" }
        }
        var leaves: [Leaf]
        var roots: [Root]
    }

    static let file = Result { try Vectors.read("tree/roots.json", as: File.self) }

    private func leaf(_ text: String) -> Hash { Array(text.utf8).lend { Merkle.leaf($0) } }

    @Test("Leaves hash as in the vectors")
    func leaves() throws {
        for vector in try Self.file.get().leaves { #expect(leaf(vector.entry).description == vector.hash) }
        #expect(Merkle.emptyRoot.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test("Roots are those of the vectors, leaf by leaf and reduced at once", arguments: try file.get().roots)
    func roots(vector: File.Root) throws {
        var leaves = (0..<vector.size).map { leaf("entry \($0)") }
        var edge = TreeEdge()
        for leaf in leaves { edge.append(leaf: leaf) }
        #expect(edge.size == LogSize(vector.size))
        #expect(edge.root.description == vector.root)
        #expect(Merkle.root(reducing: &leaves).description == vector.root)
    }

    @Test("Segments' roots and single leaves make the same edge")
    func segments() {
        var byLeaf = TreeEdge()
        var bySegment = TreeEdge()
        for number in 0..<5 {
            var leaves = (0..<256).map { leaf("entry \(number * 256 + $0)") }
            var completed: Hash?
            for leaf in leaves { completed = byLeaf.append(leaf: leaf) }
            let root = Merkle.root(reducing: &leaves)
            #expect(completed == root)
            bySegment.append(segmentRoot: root)
            #expect(byLeaf == bySegment)
        }
        #expect(byLeaf.append(leaf: leaf("entry 1280")) == nil)
    }

    @Test("Lines are hashed without their newlines")
    func lines() {
        var leaves: [Hash] = []
        let count = Array("een\n\ntwee\ndrie".utf8).lend {
            Merkle.forEachLeaf(of: $0) { leaf, _ in leaves.append(leaf) }
        }
        #expect(count == 4)
        #expect(leaves == ["een", "", "twee", "drie"].map(leaf))
    }

    @Test("A hash goes through its written forms, and only canonical ones are read")
    func forms() throws {
        let hash = leaf("een")
        #expect(Hash(bytes: hash.bytes) == hash)
        #expect(Hash(base64: hash.base64) == hash)
        #expect(Hash(bytes: hash.bytes.dropLast()) == nil)
        #expect(Hash(base64: String(hash.base64.dropLast())) == nil)
        #expect(Hash(base64: hash.base64 + "\n") == nil)
        var pieces = Hasher256()
        for byte in hash.bytes { [byte].lend { pieces.update($0) } }
        #expect(pieces.finish() == Hash.sha256(hash.bytes))
    }

    @Test("Base64 is read back as written", arguments: 0..<64)
    func base64(length: Int) {
        var random = SplitMix64(seed: UInt64(length))
        let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(length)")
    }

    @Test(
        "Base64 that is not canonical is refused",
        arguments: ["A", "AA", "AAA", "AB==", "AAB=", "A===", "====", "AAA=AAAA", "AA A", "AAAA\n", "AA-_"]
    )
    func badBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
