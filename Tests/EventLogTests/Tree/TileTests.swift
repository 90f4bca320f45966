import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

@Suite("Tiles")
struct TileTests {
    struct Paths: Decodable {
        struct Path: Decodable {
            var path, content: String
            var index, width: Int
        }
        var valid: [Path]
        var invalid: [String]
    }

    struct Logs: Decodable {
        struct Log: Decodable, CustomTestStringConvertible {
            struct File: Decodable {
                var path: String
                var length: Int
                var sha256: String
            }
            var size: Int
            var root: String
            var counts: [String: Int]
            var tiles: [File]
            var missing: [String]
            var testDescription: String { "\(size) entries" }
        }
        var logs: [Log]
    }

    static let logs = Result { try Vectors.read("tiles/tiles.json", as: Logs.self).logs }

    @Test("Paths are read and written as in the vectors, and nothing else is a path")
    func paths() throws {
        let vectors = try Vectors.read("tiles/paths.json", as: Paths.self)
        for vector in vectors.valid {
            let content: Tile.Content =
                vector.content == "entries" ? .entries : .hashes(level: try #require(Int(vector.content)))
            let tile = Tile(content, index: vector.index, width: vector.width)
            #expect(tile.path == vector.path)
            #expect(Tile(path: vector.path) == tile, "\(vector.path)")
        }
        for path in vectors.invalid { #expect(Tile(path: path) == nil, "\(path)") }
    }

    @Test("Whatever is a path is the only one of its tile", arguments: [1, 2, 3] as [UInt64])
    func canonical(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "tile", "/", "0", "00", "000", "x", "x000", "x001", "123", ".p", "/1", "/256", "entries", "63", "",
        ]
        for _ in 0..<20_000 {
            let path =
                "tile/"
                + (0..<Int.random(in: 1...9, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard let tile = Tile(path: path) else { continue }
            #expect(tile.path == path, "seed \(seed)")
        }
        for _ in 0..<2_000 {
            let index = Int.random(in: 0...Int.max >> Int.random(in: 9...60, using: &random), using: &random)
            let level = Int.random(in: 0...63, using: &random)
            let content: Tile.Content = Bool.random(using: &random) ? .entries : .hashes(level: level)
            let tile = Tile(content, index: index, width: Int.random(in: 1...256, using: &random))
            #expect(Tile(path: tile.path) == tile, "\(tile.path), seed \(seed)")
            // Asking never traps, whatever the numbers.
            #expect(!tile.exists(at: .zero))
            #expect(
                tile.exists(at: LogSize(Int.max))
                    == (tile.range.upperBound <= Tile.count(at: tile.level, size: LogSize(Int.max)))
            )
        }
    }

    @Test("Tiles and bundles are those of the vectors, and none exists beyond", arguments: try logs.get())
    func vectors(vector: Logs.Log) throws {
        let size = LogSize(vector.size)
        let log = NumberedLog(size: vector.size)
        let tiles = LogTiles(of: log)
        #expect(try LogTree(of: log).root(of: 0..<vector.size).base64 == vector.root)
        for file in vector.tiles {
            let tile = try #require(Tile(path: file.path))
            #expect(tile.exists(at: size), "\(file.path)")
            let bytes = try tiles.bytes(of: tile)
            #expect(bytes.count == file.length, "\(file.path)")
            #expect(Hash.sha256(bytes).description == file.sha256, "\(file.path)")
        }
        for path in vector.missing { #expect(Tile(path: path)?.exists(at: size) == false, "\(path)") }
        for level in 0..<8 {
            let all = Tile.all(.hashes(level: level), at: size)
            #expect(all.count == vector.counts[String(level)] ?? 0)
            #expect(all.allSatisfy { $0.exists(at: size) })
        }
        #expect(Tile.all(.entries, at: size).count == vector.counts["entries"] ?? 0)
    }

    @Test("The tiles of a log of any size can be named one by one", arguments: [Int.max, Int.max - 255, 1 << 62])
    func maximumSizes(size: Int) throws {
        let all = Tile.all(.entries, at: LogSize(size))
        #expect(all.first?.path == "tile/entries/000")
        let last = try #require(all.last)
        #expect(last.range.upperBound == size)
        #expect(Tile(path: last.path) == last)
        #expect(Tile(path: "tile/entries/x036/x028/x797/x018/x963/967") == nil)
    }

    @Test("Every tile of every size before is still there, and the beginning of the later ones")
    func everySize() throws {
        let log = NumberedLog(size: 600)
        let tiles = LogTiles(of: log)
        for size in 1..<600 where size < 80 || size % 37 == 0 || (size % 256) < 2 {
            for content in [.entries, .hashes(level: 0), .hashes(level: 1)] as [Tile.Content] {
                guard let last = Tile.all(content, at: LogSize(size)).last else { continue }
                #expect(last.exists(at: LogSize(600)))
                let bytes = try tiles.bytes(of: last)
                let whole = Tile.all(content, at: LogSize(600))[last.index]
                #expect(try tiles.bytes(of: whole).starts(with: bytes), "\(last.path)")
            }
        }
    }

    @Test("A stored log gives the same tiles, whatever of it is sealed", arguments: [0, 2, 5])
    func storedLog(sealed: Int) throws {
        let (store, generator) = try StoredLog.make(seed: 9, size: 1300, sealed: sealed)
        let size = generator.history.size
        let leaves = generator.history.entries.map { $0.lend { Merkle.leaf($0) } }
        let tiles = LogTiles(of: store)
        for tile in Tile.all(.hashes(level: 0), at: size) {
            #expect(try tiles.bytes(of: tile) == LogTiles.bytes(of: leaves[tile.range]), "\(tile.path)")
        }
        for tile in Tile.all(.hashes(level: 1), at: size) {
            let roots = tile.range.map { number -> Hash in
                var part = Array(leaves[number * 256..<(number + 1) * 256])
                return Merkle.root(reducing: &part)
            }
            let bytes = try tiles.bytes(of: tile)
            #expect(bytes == LogTiles.bytes(of: roots))
            #expect(try LogTiles.hashes(in: bytes, count: tile.width) == roots)
        }
        for tile in Tile.all(.entries, at: size) {
            let bundle = try tiles.bytes(of: tile)
            let entries = try EntryBundle.ranges(in: bundle, count: tile.width).map { Array(bundle[$0]) }
            #expect(entries == Array(generator.history.entries[tile.range]))
        }
    }

    @Test("A bundle cut off, with more or fewer entries, or with a length changed is refused")
    func bundles() throws {
        let lines = Array("een\ntwee\n\ndrie\n".utf8)
        let bundle = try lines.lend { try EntryBundle.bytes(of: $0) }
        #expect(
            bundle == [0, 3] + Array("een".utf8) + [0, 4] + Array("twee".utf8) + [0, 0, 0, 4] + Array("drie".utf8)
        )
        #expect(try EntryBundle.ranges(in: bundle, count: 4).map { bundle[$0].count } == [3, 4, 0, 4])
        for length in bundle.indices {
            #expect(throws: LogError.self) { try EntryBundle.ranges(in: Array(bundle[..<length]), count: 4) }
        }
        for count in [0, 3, 5] {
            #expect(throws: LogError.self) { try EntryBundle.ranges(in: bundle, count: count) }
        }
        #expect(throws: LogError.self) { try EntryBundle.ranges(in: bundle + [0, 0], count: 4) }
        for place in [0, 1, 5, 6] {
            var changed = bundle
            changed[place] ^= 0x20
            #expect(throws: LogError.self) { try EntryBundle.ranges(in: changed, count: 4) }
        }
        let tooLong = [UInt8](repeating: 0x61, count: 0x10000) + [0x0A]
        #expect(throws: LogError.self) { try tooLong.lend { try EntryBundle.bytes(of: $0) } }
        #expect(try Array(tooLong.dropFirst()).lend { try EntryBundle.bytes(of: $0) }.starts(with: [0xFF, 0xFF, 0x61]))
        #expect(throws: LogError.self) { try LogTiles.hashes(in: [UInt8](repeating: 0, count: 63), count: 2) }
    }
}

/// A log in which the entry at position p reads `entry p`, as in the vectors; nothing of it is sealed.
struct NumberedLog: LogReader {
    let size: Int
    let identity: LogIdentity

    init(size: Int) {
        self.size = size
        let key = LogKey.generate(origin: "example.org/agendas/proef")
        identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
    }

    func head() throws -> LogHead {
        LogHead(size: LogSize(size), sealedSegments: 0, recordedTime: nil, checkpoint: nil)
    }
    func segments(_ numbers: Range<Int>) throws -> [Segment] { [] }
    func entries(_ range: Range<Position>) throws -> [UInt8] {
        (range.lowerBound.rawValue..<range.upperBound.rawValue).flatMap { Array("entry \($0)\n".utf8) }
    }
    func forEachBlock(
        in range: Range<Position>,
        _ body: (_ first: Position, _ count: Int, _ entries: UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        let count = range.upperBound.rawValue - range.lowerBound.rawValue
        try entries(range).withUnsafeBufferPointer { try body(range.lowerBound, count, $0) }
    }
    func checkpoint(atMost size: LogSize) throws -> SignedCheckpoint? { nil }
    func size(at moment: Timestamp) throws -> LogSize { .zero }
}
