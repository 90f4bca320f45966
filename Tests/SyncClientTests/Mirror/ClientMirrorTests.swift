import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import LogClient
@testable import SyncClient
@testable import SyncServer

@Suite("Mirrors")
struct ClientMirrorTests {
    /// A log on a server, and a folder to mirror it into.
    private struct Rig {
        let server: TestServer
        let admin: TestDevice
        let folder: String
        let transport: ChangingTransport

        static func run(_ test: @Sendable (Rig) async throws -> Void) async throws {
            let folder = NSTemporaryDirectory() + "ambit-mirror-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await TestServer.run { server, admin in
                let transport = ChangingTransport(RouterTransport(server.client))
                try await test(Rig(server: server, admin: admin, folder: folder, transport: transport))
            }
        }

        var store: any LogStore {
            get throws { try #require(server.source.store("assen")) }
        }

        @discardableResult
        func mirror(key: VerifierKey? = nil, token: String? = nil) async throws -> MirrorSummary {
            try await Mirror(
                to: folder,
                key: key ?? VerifierKey(admin.answer.verifierKey),
                token: token ?? admin.answer.token,
                retries: .none
            ).run(over: transport)
        }

        func fails(_ code: ReplicaError.Code, key: VerifierKey? = nil, token: String? = nil) async throws {
            let error = await #expect(throws: LogClientError.self) { try await mirror(key: key, token: token) }
            #expect(error.map { ReplicaError($0).code } == code, "\(error?.description ?? "")")
        }

        func file(_ name: String) -> [UInt8]? {
            FileManager.default.contents(atPath: "\(folder)/\(name)").map(Array.init)
        }
        func write(_ bytes: [UInt8], _ name: String) throws {
            try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
        }

        /// That the folder is a whole mirror of this size: checkpoint, tiles and bundles.
        func expectMirror(of size: Int, _ location: SourceLocation = #_sourceLocation) throws {
            let note = try #require(file("checkpoint"), sourceLocation: location)
            let key = try VerifierKey(admin.answer.verifierKey)
            let checkpoint = try key.verify(String(decoding: note, as: UTF8.self)).checkpoint
            #expect(checkpoint.size == LogSize(size), sourceLocation: location)
            let tiles = LogTiles(of: try store)
            for content in [.entries, .hashes(level: 0), .hashes(level: 1)] as [Tile.Content] {
                for tile in Tile.all(content, at: checkpoint.size) {
                    #expect(try file(tile.path) == tiles.bytes(of: tile), "\(tile.path)", sourceLocation: location)
                }
            }
        }
    }

    @Test("A mirror grows with the log, and fetches only what is new")
    func growth() async throws {
        try await Rig.run { rig in
            try await rig.fails(.unauthenticated, token: "falsch")
            #expect(try await rig.mirror() == MirrorSummary(size: 2, added: 2))
            try rig.expectMirror(of: 2)
            var size = 2
            for count in [1, 252, 1, 1, 300, 700] {
                try await rig.server.fill(count, by: rig.admin, from: size - 1)
                size += count
                rig.transport.forget()
                #expect(try await rig.mirror() == MirrorSummary(size: LogSize(size), added: count))
                try rig.expectMirror(of: size)
                let bundles = (size + 255) / 256 - (size - count) / 256
                #expect(rig.transport.paths.count == 1 + bundles)
            }
            // Where a tile is full, the partial ones before it are not needed any more.
            #expect(!FileManager.default.fileExists(atPath: "\(rig.folder)/tile/0/000.p"))
            #expect(!FileManager.default.fileExists(atPath: "\(rig.folder)/tile/entries/000.p"))
            rig.transport.forget()
            #expect(try await rig.mirror() == MirrorSummary(size: LogSize(size), added: 0))
            #expect(rig.transport.paths == ["/checkpoint"])
        }
    }

    @Test("Interrupted at any request, it is what it was, and goes on without fetching again what is there")
    func interrupted() async throws {
        try await Rig.run { rig in
            try await rig.server.fill(300, by: rig.admin)
            try await rig.mirror()
            try await rig.server.fill(3000, by: rig.admin, from: 301)
            for number in 0..<10 {
                rig.transport.forget()
                rig.transport.change { path, answer in
                    if rig.transport.paths.count > number { throw LogClientError(.cut, "as planned") }
                    return answer
                }
                try await rig.fails(.unreachable)
                try rig.expectMirror(of: 302)
            }
            rig.transport.forget()
            rig.transport.change { $1 }
            #expect(try await rig.mirror() == MirrorSummary(size: 3302, added: 3000))
            try rig.expectMirror(of: 3302)
            // The first eight of twelve bundles were there.
            #expect(rig.transport.paths.count == 1 + 4)
        }
    }

    @Test("A server that lies writes no checkpoint, and what it left is not believed")
    func lies() async throws {
        try await Rig.run { rig in
            try await rig.server.fill(300, by: rig.admin)
            try await rig.mirror()
            let before = rig.file("checkpoint")
            try await rig.server.fill(800, by: rig.admin, from: 301)
            for path in ["/tile/entries/001", "/tile/entries/003", "/tile/entries/004.p/78"] {
                rig.transport.change { asked, answer in
                    guard asked == path else { return answer }
                    var changed = answer
                    changed[100] ^= 1
                    return changed
                }
                try await rig.fails(path.contains("001") ? .forked : .tampered)
                #expect(rig.file("checkpoint") == before)
            }
            for (change, code): (@Sendable ([UInt8]) -> [UInt8]?, ReplicaError.Code) in [
                ({ $0.dropLast() + [] }, .tampered), ({ $0 + [0] }, .tampered), ({ _ in [] }, .tampered),
                ({ _ in nil }, .tampered),
                ({ $0 + [UInt8](repeating: 0, count: EntryBundle.maximumLength) }, .notAnAmbitServer),
            ] {
                rig.transport.change { asked, answer in asked == "/tile/entries/002" ? change(answer) : answer }
                // Fetched before, it would not be asked for again.
                try? FileManager.default.removeItem(atPath: "\(rig.folder)/tile/entries/002")
                try await rig.fails(code)
                #expect(rig.file("checkpoint") == before)
            }
            rig.transport.change { $1 }
            // What is there by now includes entries that were changed on the way.
            #expect(try await rig.mirror().size == 1102)
            try rig.expectMirror(of: 1102)
        }
    }

    @Test("Only checkpoints of this log that continue the mirror are taken")
    func checkpoints() async throws {
        try await Rig.run { rig in
            try await rig.server.fill(10, by: rig.admin)
            let older = try #require(try rig.store.head().checkpoint).note
            try await rig.server.fill(10, by: rig.admin, from: 11)
            try await rig.mirror()
            let key = try MemorySource.key("assen")
            let other = try LogKey(origin: key.origin, seed: [UInt8](repeating: 8, count: 32))
            let root = Hash.sha256([1])
            let notes: [(String, ReplicaError.Code)] = [
                (older, .serverBehind), (key.sign(size: LogSize(22), root: root).note, .forked),
                (key.sign(size: LogSize(23), root: root).note, .tampered),
                (other.sign(size: LogSize(23), root: root).note, .badCheckpoint),
                (try MemorySource.key("emmen").sign(size: LogSize(23), root: root).note, .badCheckpoint),
                (String(older.dropLast(3)), .badCheckpoint), ("", .badCheckpoint), ("<html></html>", .badCheckpoint),
            ]
            for (note, code) in notes {
                rig.transport.change { path, answer in path.hasPrefix("/checkpoint") ? Array(note.utf8) : answer }
                try await rig.fails(code)
                try rig.expectMirror(of: 22)
            }
            rig.transport.change { path, answer in path.hasPrefix("/checkpoint") ? nil : answer }
            try await rig.fails(.notFound)
            // Caches that do not ask the server; past them, all is well, also where one shows what is mirrored already.
            let same = try #require(rig.file("checkpoint"))
            rig.transport.change { path, answer in path == "/checkpoint" ? Array(older.utf8) : answer }
            #expect(try await rig.mirror().size == 22)
            rig.transport.change { path, answer in path == "/checkpoint" ? same : answer }
            try await rig.server.fill(1, by: rig.admin, from: 21)
            #expect(try await rig.mirror() == MirrorSummary(size: 23, added: 1))
            rig.transport.change { $1 }
            try await rig.fails(.badCheckpoint, key: other.verifier)
            #expect(try await rig.mirror().added == 0)
        }
    }

    @Test("A log that was written anew after the mirror's size is noticed, also in the bundle that it has in part")
    func forks() async throws {
        try await Rig.run { rig in
            try await rig.server.fill(98, by: rig.admin)
            try await rig.mirror()
            try await rig.server.fill(1, by: rig.admin, from: 99)
            let lines = try rig.store.entries(Position(0)..<Position(100))
            var entries = lines.split(separator: UInt8(ascii: "\n")).map(Array.init)
            entries[50][60] ^= 1
            entries.append(entries[99])
            let leaves = entries.map { entry in entry.withUnsafeBufferPointer { Merkle.leaf($0) } }
            var edge = TreeEdge()
            for leaf in leaves { edge.append(leaf: leaf) }
            let note = try MemorySource.key("assen").sign(size: LogSize(101), root: edge.root).note
            let bundle = try Array(entries.joined(separator: [0x0A])).withUnsafeBufferPointer {
                try EntryBundle.bytes(of: $0)
            }
            rig.transport.change { path, answer in path.hasPrefix("/checkpoint") ? Array(note.utf8) : bundle }
            try await rig.fails(.forked)
            try rig.expectMirror(of: 100)
        }
    }

    @Test("A damaged mirror is told from a lying server, and mended without fetching what is good")
    func damage() async throws {
        try await Rig.run { rig in
            try await rig.server.fill(600, by: rig.admin)
            try await rig.mirror()
            try await rig.server.fill(10, by: rig.admin, from: 601)
            for name in ["tile/0/002.p/90", "tile/1/000.p/2", "checkpoint"] {
                let good = try #require(rig.file(name))
                for bad in [Array(good.dropLast()), [good[0] ^ 1] + good.dropFirst(), []] {
                    try rig.write(bad, name)
                    let error = await #expect(throws: LogClientError.self) { try await rig.mirror() }
                    #expect([.corrupt, .badCheckpoint].contains(error?.code), "\(name): \(error?.description ?? "")")
                }
                try rig.write(good, name)
            }
            try FileManager.default.removeItem(atPath: "\(rig.folder)/checkpoint")
            try rig.write([1, 2, 3], "tile/entries/001")
            rig.transport.forget()
            #expect(try await rig.mirror() == MirrorSummary(size: 612, added: 612))
            #expect(rig.transport.paths == ["/checkpoint", "/tile/entries/001", "/tile/entries/002.p/100"].sorted())
            try rig.expectMirror(of: 612)
            // A bundle that reads well and is not right is found by the root; then nothing that is there is believed.
            var bundle = try #require(rig.file("tile/entries/000"))
            bundle[50] ^= 1
            try rig.write(bundle, "tile/entries/000")
            try FileManager.default.removeItem(atPath: "\(rig.folder)/checkpoint")
            #expect(try await rig.mirror().size == 612)
            try rig.expectMirror(of: 612)
        }
    }

    @Test("A mirror can be mirrored: the full tile where the partial one is gone, and no compression")
    func mirrorOfMirror() async throws {
        try await Rig.run { rig in
            try await rig.server.fill(100, by: rig.admin)
            try await rig.mirror()
            let old = try #require(rig.file("checkpoint"))
            try await rig.server.fill(200, by: rig.admin, from: 101)
            try await rig.mirror()
            let copy = rig.folder + "-copy"
            defer { try? FileManager.default.removeItem(atPath: copy) }
            let key = try VerifierKey(rig.admin.answer.verifierKey)
            let files = FolderTransport(folder: rig.folder, checkpoint: old)
            let second = Mirror(to: copy, key: key, token: nil, retries: .none)
            #expect(try await second.run(over: files).size == 102)
            #expect(try await second.run(over: FolderTransport(folder: rig.folder, checkpoint: nil)).size == 302)
            for name in ["checkpoint", "tile/0/001.p/46", "tile/entries/000", "tile/1/000.p/1"] {
                #expect(FileManager.default.contents(atPath: "\(copy)/\(name)").map(Array.init) == rig.file(name))
            }
        }
    }

    @Test("Two do not write to a mirror at once")
    func lock() async throws {
        try await Rig.run { rig in
            let lock = try MirrorFolder(path: rig.folder).lock()
            try await rig.fails(.locked)
            withExtendedLifetime(lock) {}
        }
    }
}

/// Changes the answers of another transport.
final class ChangingTransport: Transport {
    /// nil stands for an answer that says that there is nothing.
    typealias Change = @Sendable (_ path: String, _ answer: [UInt8]) throws -> [UInt8]?

    private let base: RouterTransport
    private let asked = Mutex<[String]>([])
    private let change = Mutex<Change>({ $1 })

    init(_ base: RouterTransport) { self.base = base }

    /// What was asked for, sorted, without the names that no cache knows.
    var paths: [String] { asked.withLock { $0.map { String($0.prefix { $0 != "?" }) }.sorted() } }
    func forget() { asked.withLock { $0 = [] } }
    func change(_ new: @escaping Change) { change.withLock { $0 = new } }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        asked.withLock { $0.append(request.path) }
        let response = try await base.send(request)
        guard response.status == 200 else { return response }
        var body: [UInt8] = []
        while let piece = try await response.next() { body += piece }
        if response.headers["content-encoding"] == "gzip" { body = try inflated(body) }
        let changed = try change.withLock { $0 }(request.path, body)
        let headers = response.headers.filter { !["content-encoding", "content-length"].contains($0.key) }
        return TransportResponse.whole(status: changed == nil ? 404 : 200, changed ?? [], headers)
    }
}

/// Gives out a folder's files.
private struct FolderTransport: Transport {
    let folder: String
    let checkpoint: [UInt8]?

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let path = request.path.prefix { $0 != "?" }
        if path == "/checkpoint", let checkpoint { return .whole(status: 200, checkpoint) }
        guard let data = FileManager.default.contents(atPath: folder + path) else {
            return .whole(status: 404, [])
        }
        return .whole(status: 200, Array(data))
    }
}

extension TransportResponse {
    fileprivate static func whole(
        status: Int,
        _ body: [UInt8],
        _ headers: [String: String] = [:]
    ) -> TransportResponse {
        let pieces = Mutex<[[UInt8]]>([body])
        return TransportResponse(status: status, headers: headers) { pieces.withLock { $0.popLast() } }
    }
}
