import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Proofs out of tiles")
struct TileTreeTests {
    private static let sizes = [1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 600, 65_535, 65_536, 65_537, 70_000]
    private static let history = Result {
        SignedHistory(try LogKey(origin: "log.example", seed: [UInt8](repeating: 3, count: 32)), size: 70_000)
    }

    @Test("Between any two sizes it gives the proof that the log itself would, out of few tiles", arguments: sizes)
    func proofs(size: Int) async throws {
        let history = try Self.history.get()
        let checkpoint = history.checkpoint(size).checkpoint
        for first in [0] + Self.sizes where first <= size {
            var asked: [Tile] = []
            let tree = try await TileTree(of: checkpoint, from: LogSize(first)) { tile in
                asked.append(tile)
                return try #require(history.hashes(tile))
            }
            let proof = try ConsistencyProof(from: LogSize(first), to: LogSize(size), in: tree)
            #expect(proof == history.submission(from: first, to: size).proof)
            let root = try tree.root(of: 0..<first)
            #expect(root == history.checkpoint(first).checkpoint.root)
            #expect(proof.verify(from: (LogSize(first), root), to: (LogSize(size), checkpoint.root)))
            // One at the right edge and one where the smaller log ended, of each level.
            #expect(Set(asked).count == asked.count && asked.count <= 6, "\(asked.map(\.path))")
            #expect(asked.allSatisfy { $0.exists(at: LogSize(size)) })
        }
    }

    /// Forges each tile that is asked for in turn, and gives those with which a tree was made all the same.
    private func undetected(
        _ make: (Checkpoint, LogSize, (Tile) async throws -> [Hash]) async throws -> Void
    ) async throws -> [String] {
        let history = try Self.history.get()
        var found: [String] = []
        for (first, size) in [(1, 3), (100, 300), (256, 600), (255, 65_537), (65_000, 70_000), (300, 70_000)] {
            var tiles: [Tile] = []
            let checkpoint = history.checkpoint(size).checkpoint
            _ = try await make(checkpoint, LogSize(first)) { tile in
                tiles.append(tile)
                return try #require(history.hashes(tile))
            }
            #expect(!tiles.isEmpty)
            for forged in tiles {
                for change in 0..<4 {
                    do {
                        _ = try await make(checkpoint, LogSize(first)) { tile in
                            var hashes = try #require(history.hashes(tile))
                            guard tile == forged else { return hashes }
                            switch change {
                            case 0: hashes[0] = Merkle.emptyRoot
                            case 1: hashes[hashes.count - 1] = Merkle.emptyRoot
                            case 2: hashes.removeLast()
                            default: hashes.append(Merkle.emptyRoot)
                            }
                            return hashes
                        }
                        found.append("\(forged.path), change \(change)")
                    } catch let error as LogError where error.code == .corrupt {
                        continue
                    }
                }
            }
        }
        return found
    }

    @Test("A tile with a hash that is not the log's, or with another number of them, is always found")
    func forgedTiles() async throws {
        let found = try await undetected { _ = try await TileTree(of: $0, from: $1, tile: $2) }
        #expect(found == [])
    }

    @Test("Canary: a reader that looks at the right edge only takes forged tiles, and the test says so")
    func canary() async throws {
        let found = try await undetected { checkpoint, first, tile in
            let edge = try await TileTree(of: checkpoint, from: checkpoint.size, tile: tile)
            for level in 0..<2 {
                let index = first.rawValue / 256 / (level == 0 ? 1 : 256)
                let full = Tile(.hashes(level: level), index: index)
                if full.exists(at: checkpoint.size) { _ = try await tile(full) }
            }
            _ = edge
        }
        #expect(!found.isEmpty)
    }

    @Test("A checkpoint greater than any log is refused before anything is asked for")
    func greatest() async throws {
        let key = try Self.history.get().key
        for size in [Int.max, 1 << 62 + 1] {
            let checkpoint = key.sign(size: LogSize(size), root: Merkle.emptyRoot).checkpoint
            let error = await #expect(throws: LogError.self) {
                try await TileTree(of: checkpoint, from: LogSize(1)) { _ in
                    Issue.record("a tile was asked for")
                    return []
                }
            }
            #expect(error?.code == .malformed)
        }
        // The greatest one is a few dozen tiles.
        let checkpoint = key.sign(size: LogSize(1 << 62 - 1), root: Merkle.emptyRoot).checkpoint
        var asked = 0
        await #expect(throws: LogError.self) {
            try await TileTree(of: checkpoint, from: LogSize(1)) { tile in
                asked += 1
                return [Hash](repeating: Merkle.emptyRoot, count: tile.width)
            }
        }
        #expect((1...8).contains(asked))
    }
}
