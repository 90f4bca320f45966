import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import HummingbirdTesting
import NIOCore
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Tiles over HTTP")
struct ServerTileTests {
    @Test(
        "The server's log tells bundles of entries from tiles of hashes",
        arguments: [
            ("entries/000", "entries"), ("entries/x001/234.p/5", "entries"), ("0/000", "{level}"),
            ("1/x001/234", "{level}"),
        ]
    )
    func logged(path: String, level: String) throws {
        let place = try RouteTable.server.address("/v1/agendas/assen/tile/\(path)")
        #expect(place.template == "/v1/agendas/{agenda}/tile/\(level)/{+tile}")
    }

    private static let gzip: HTTPFields = [.acceptEncoding: "gzip, identity"]

    @Test("Every tile of every size that the log has had is there, whole")
    func everySize() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(600, by: admin)
            let store = try #require(server.source.store("assen"))
            let tiles = LogTiles(of: store)
            for size in [1, 2, 3, 255, 256, 257, 511, 512, 513, 600, 602] {
                for content in [.entries, .hashes(level: 0), .hashes(level: 1)] as [Tile.Content] {
                    for tile in Tile.all(content, at: LogSize(size)).suffix(2) {
                        let response = try await server.get("/\(tile.path)", by: admin)
                        #expect(response.status == .ok, "\(tile.path)")
                        #expect(response.headers[.contentType] == "application/octet-stream")
                        #expect(response.headers[.contentEncoding] == nil)
                        #expect(response.bytes == (try tiles.bytes(of: tile)), "\(tile.path)")
                    }
                }
            }
        }
    }

    @Test("A client that knows C2SP's documents only gets from the checkpoint to the entries")
    func fromCheckpoint() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(600, by: admin)
            let key = try VerifierKey(admin.answer.verifierKey)
            let checkpoint = try key.verify(try await server.get("/checkpoint", by: admin).text).checkpoint
            var edge = TreeEdge()
            for tile in Tile.all(.entries, at: checkpoint.size) {
                let bundle = try inflated(try await server.get("/\(tile.path)", by: admin, Self.gzip).bytes)
                let leaves = try EntryBundle.ranges(in: bundle, count: tile.width).map { range in
                    Array(bundle[range]).withUnsafeBufferPointer { Merkle.leaf($0) }
                }
                let hashes = Tile(.hashes(level: 0), index: tile.index, width: tile.width)
                #expect(try await server.get("/\(hashes.path)", by: admin).bytes == LogTiles.bytes(of: leaves))
                for leaf in leaves { edge.append(leaf: leaf) }
            }
            #expect(edge.root == checkpoint.root)
        }
    }

    @Test("What the log never had is not there, and neither is a path in another spelling")
    func missing() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(300, by: admin)
            for path in [
                "/0/001", "/0/001.p/47", "/0/001.p/255", "/0/002.p/1", "/0/x001/000", "/1/000", "/1/000.p/2",
                "/1/001.p/1", "/2/000.p/1", "/63/000.p/1", "/64/000", "/entries/001", "/entries/001.p/47",
                "/entries/x999/x999/x999/x999/x999/999", "/0/x999/x999/x999/x999/x999/x999/x999/999",
                "/0/000.p/0", "/0/000.p/256", "/0/000.p/01", "/0/000.p/", "/0/000.p", "/0/0", "/0/x000/000", "/00/000",
                "/0/000/", "/0", "/entries", "", "/entries/000.p/0", "/-1/000", "/0/-01", "/level/000", "/0/../0/000",
            ] {
                try await server.get("/tile\(path)", by: admin).expectProblem(.notFound)
            }
            #expect(try await server.get("/tile/0/001.p/46", by: admin).status == .ok)
            #expect(try await server.get("/tile/1/000.p/1", by: admin).status == .ok)
            try await server.get("/tile/0/000?x=1", by: admin).expectProblem(.badRequest)
            try await server.send(.post, "/v1/agendas/assen/tile/0/000", by: admin).expectProblem(.methodNotAllowed)
            try await server.send(.get, "/v1/agendas/none/tile/0/000", by: admin).expectProblem(.notFound)
            try await server.get("/tile/0/000", by: nil).expectProblem(.unauthenticated)
            try await server.get("/tile/0/999", by: nil).expectProblem(.unauthenticated)
        }
    }

    @Test("Partial tiles begin as the full ones do, also after the log has passed them")
    func partial() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(300, by: admin)
            for content in ["0", "entries"] {
                let full = try await server.get("/tile/\(content)/000", by: admin).bytes
                for width in [1, 2, 100, 255] {
                    let response = try await server.get("/tile/\(content)/000.p/\(width)", by: admin)
                    #expect(response.status == .ok && full.starts(with: response.bytes) && !response.bytes.isEmpty)
                    #expect(content == "entries" || response.bytes.count == 32 * width)
                }
            }
        }
    }

    @Test("Bundles are compressed for who takes that, hashes never")
    func compression() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(300, by: admin)
            for path in ["/tile/entries/000", "/tile/entries/001.p/46"] {
                let plain = try await server.get(path, by: admin)
                let compressed = try await server.get(path, by: admin, Self.gzip)
                #expect(compressed.headers[.contentEncoding] == "gzip")
                #expect(compressed.bytes.count < plain.bytes.count / 2)
                #expect(try inflated(compressed.bytes) == plain.bytes)
                #expect(compressed.headers[.eTag] != plain.headers[.eTag])
            }
            #expect(try await server.get("/tile/0/000", by: admin, Self.gzip).headers[.contentEncoding] == nil)
        }
    }

    @Test("Hashes may be kept for ever, bundles are asked for again; a known tile is not sent again")
    func caching() async throws {
        let clock = ServerClock()
        try await TestServer.run(environment: clock.environment) { server, admin in
            try await server.fill(300, by: admin)
            for path in ["/tile/0/000", "/tile/0/001.p/46", "/tile/1/000.p/1", "/tile/entries/000"] {
                let response = try await server.get(path, by: admin)
                let isBundle = path.contains("entries")
                let cache = isBundle ? "no-cache" : "private, immutable, max-age=31536000"
                #expect(response.headers[.cacheControl] == cache)
                #expect(response.headers[.vary] == "Authorization, Accept-Encoding")
                let tag = try #require(response.headers[.eTag])
                let again = try await server.get(path, by: admin, [.ifNoneMatch: tag])
                #expect(again.status == .notModified && again.bytes.isEmpty && again.headers[.eTag] == tag)
                #expect(again.headers[.contentLength] == nil)
            }
            try #require(server.source.store("assen")).open(to: .publicLog)
            clock.advance(seconds: 2)
            let hashes = try await server.get("/tile/0/000", by: nil)
            #expect(hashes.headers[.cacheControl] == "public, immutable, max-age=604800")
            #expect(try await server.get("/tile/entries/000", by: nil).headers[.cacheControl] == "public, max-age=10")
            try await server.get("/tile/0/002", by: nil).expectProblem(.notFound)
        }
    }

    @Test("HEAD gives what GET gives, without content")
    func head() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(300, by: admin)
            for path in ["/tile/0/000", "/tile/entries/000"] {
                let full = try await server.get(path, by: admin, Self.gzip)
                let head = try await server.send(.head, "/v1/agendas/assen\(path)", by: admin, Self.gzip)
                #expect(head.status == .ok && head.bytes.isEmpty)
                for name in [HTTPField.Name.eTag, .cacheControl, .contentType, .contentEncoding] {
                    #expect(head.headers[name] == full.headers[name], "\(name)")
                }
                #expect(head.headers[.contentLength] == String(full.bytes.count))
            }
        }
    }

    /// Fills a log with events of 50 kB that hardly shrink.
    private func fillLong(_ server: TestServer, by device: TestDevice) async throws {
        var random = SystemRandomNumberGenerator()
        let lines = (1...60).map { counter in
            let text = (0..<6250).map { _ in
                Base64.encode((0..<6).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            let data = #"{"title":"Verzonnen","summary":"\#(text.joined())"}"#
            return device.event(counter, "theme.opened", "theme/\(device.id)-\(counter)", data)
        }
        let answer = try await server.push(lines, by: device).decode(PushAnswer.self)
        #expect(answer.rejected.isEmpty, "\(answer.rejected.first?.problem.detail ?? "")")
    }

    @Test("A long bundle is sent in parts that have a bound, compressed or not, kept or not", arguments: [true, false])
    func parts(isKept: Bool) async throws {
        try await TestServer.run { server, admin in
            try await fillLong(server, by: admin)
            let store = try #require(server.source.store("assen"))
            let tile = try #require(Tile(path: "tile/entries/000.p/61"))
            let expected = try LogTiles(of: store).bytes(of: tile)
            for coding in [ContentCoding.identity, .gzip] {
                let headers = coding == .gzip ? Self.gzip : [:]
                let answer = try await server.get("/\(tile.path)", by: admin, headers)
                #expect(answer.headers[.contentLength] == String(answer.bytes.count))
                #expect(try (coding == .gzip ? inflated(answer.bytes) : answer.bytes) == expected)

                let bundles = CompressedBundles()
                let source = TileSource(tile: tile, coding: coding, store: store, bundles: bundles)
                let (tag, sent) = try source.begin { _ in false }
                let (facts, first) = try #require(sent)
                #expect(answer.headers[.eTag] == tag.text && facts.length == answer.bytes.count)
                var bytes = Array(first.readableBytesView)
                var count = 1
                while bytes.count < facts.length {
                    let other = CompressedBundles()
                    let later = TileSource(tile: tile, coding: coding, store: store, bundles: isKept ? bundles : other)
                    let part = try later.part(from: bytes.count, of: facts)
                    #expect(part.readableBytes <= PullPlan.pieceBytes && part.readableBytes > 0)
                    bytes += part.readableBytesView
                    count += 1
                }
                #expect(bytes == answer.bytes && count > 1)
            }
        }
    }

    @Test("A bundle breaks off when one of its entries is erased while it is being sent")
    func erasedMeanwhile() async throws {
        try await TestServer.run { server, admin in
            try await fillLong(server, by: admin)
            let store = try #require(server.source.store("assen"))
            let tile = try #require(Tile(path: "tile/entries/000.p/61"))
            let source = TileSource(tile: tile, coding: .identity, store: store, bundles: CompressedBundles())
            let begun = try source.begin { _ in false }
            let (facts, _) = try #require(begun.sent)
            let data = #"{"redacted":true,"reason":"Verzonnen verzoek"}"#
            let redaction = admin.event(900, "entry.redacted", "entry/10", data)
            #expect(try await server.push([redaction], by: admin).decode(PushAnswer.self).rejected.isEmpty)
            #expect(try store.head().erasureMark == 1)
            #expect(throws: LogError.self) { try source.part(from: PullPlan.pieceBytes, of: facts) }
        }
    }

    @Test("Tiles take the places of pulls")
    func places() async throws {
        var options = ServerOptions()
        options.capacity.pulls = 0
        try await TestServer.run(options: options) { server, admin in
            try await server.get("/tile/0/000.p/1", by: admin).expectProblem(.busy)
        }
    }
}
