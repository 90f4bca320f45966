import AgendaModel
import Testing

@testable import EventLog

@Suite("The right edge in tiles")
struct TileEdgeTests {
    @Test("It has the tiles and the root of every size, and can be taken up at any")
    func everySize() throws {
        let log = NumberedLog(size: 70_000)
        let tiles = LogTiles(of: log)
        let leaves = try LogTree(of: log).leaves(0..<70_000)
        var plain = TreeEdge()
        var edge = TileEdge()
        var full: [Tile: [Hash]] = [:]
        for (position, leaf) in leaves.enumerated() {
            plain.append(leaf: leaf)
            for (tile, hashes) in edge.append(leaf: leaf) { full[tile] = hashes }
            let size = LogSize(position + 1)
            #expect(edge.size == size)
            guard position < 600 || position % 4999 == 0 || size.rawValue % 65_536 < 2 else { continue }
            #expect(edge.root == plain.root)
            let partial = Dictionary(uniqueKeysWithValues: edge.partial.map { ($0.tile, $0.hashes) })
            var expected: Set<Tile> = []
            for level in 0..<8 {
                for tile in Tile.all(.hashes(level: level), at: size) where !tile.isFull { expected.insert(tile) }
            }
            #expect(Set(partial.keys) == expected)
            let again = try TileEdge(of: size) { try #require(partial[$0]) }
            #expect(again.root == plain.root)
            var earlier = again.withoutPartialLeaves
            #expect(earlier.size.rawValue == size.rawValue / 256 * 256)
            for leaf in leaves[earlier.size.rawValue..<size.rawValue] { _ = earlier.append(leaf: leaf) }
            #expect(earlier.root == plain.root)
        }
        #expect(full.count == 273 + 1)
        for tile in [
            Tile(.hashes(level: 0), index: 0), Tile(.hashes(level: 0), index: 272), Tile(.hashes(level: 1), index: 0),
        ] {
            #expect(try full[tile].map { LogTiles.bytes(of: $0) } == tiles.bytes(of: tile))
        }
        #expect(TileEdge().root == Merkle.emptyRoot && TileEdge().partial.isEmpty)
    }
}
