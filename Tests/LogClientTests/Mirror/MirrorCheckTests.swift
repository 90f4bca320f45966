import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import LogClient
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("The check of a mirror")
struct MirrorCheckTests {
    /// A mirror of a log with a full tile and partial ones, also of a size that the log had before.
    private struct Rig {
        let folder: String
        let key: VerifierKey
        let size: Int
        let files: [String: [UInt8]]

        static func run(_ test: @Sendable (Rig) async throws -> Void) async throws {
            let folder = NSTemporaryDirectory() + "ambit-mirror-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await TestServer.run { server, admin in
                let key = try VerifierKey(admin.answer.verifierKey)
                var size = 2
                for count in [250, 3, 20, 5] {
                    try await server.fill(count, by: admin, from: size - 1)
                    size += count
                    let mirror = Mirror(to: folder, key: key, token: admin.answer.token, retries: .none)
                    #expect(try await mirror.run(over: RouterTransport(server.client)).size == LogSize(size))
                }
                var files: [String: [UInt8]] = [:]
                let names = FileManager.default.enumerator(atPath: folder)
                for name in names?.allObjects as? [String] ?? [] where !name.hasPrefix(".") {
                    files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)").map(Array.init)
                }
                try await test(Rig(folder: folder, key: key, size: size, files: files))
            }
        }

        @discardableResult
        func check(key other: VerifierKey? = nil, extending held: Checkpoint? = nil) throws -> (Int, MirrorCheck.Report)
        {
            var count = 0
            var check = try MirrorCheck(of: folder, key: other ?? key)
            if let held { check.extend(held) }
            let report = try check.run(each: { entry, _ in
                #expect(entry.position == Position(count))
                count += 1
            })
            return (count, report)
        }

        func write(_ bytes: [UInt8], _ name: String) throws {
            let url = URL(filePath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: url)
        }

        /// That the check finds what was done to one file, and nothing once it is undone.
        func expectFound(_ name: String, _ change: ([UInt8]) -> [UInt8]?, _ what: String) throws {
            let original = files[name] ?? []
            if let changed = change(original) {
                try write(changed, name)
            } else {
                try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
            #expect(throws: LogDifference.self, "\(name) \(what)") { try check() }
            try write(original, name)
        }
    }

    @Test("A mirror is sound, with the partial tiles of sizes that it had before")
    func sound() async throws {
        try await Rig.run { rig in
            let (count, report) = try rig.check()
            #expect(count == rig.size && report.beyond == 0)
            #expect(report.files == rig.files.count)
            #expect(rig.files.keys.count { $0.contains(".p/") } >= 5, "\(rig.files.keys.sorted())")
        }
    }

    @Test("A byte that is flipped in any file, the first, any in between and the last, is found")
    func flips() async throws {
        try await Rig.run { rig in
            var random = SplitMix64(seed: 1)
            for (name, bytes) in rig.files.sorted(by: { $0.key < $1.key }) {
                let others = (0..<5).map { _ in Int.random(in: 0..<bytes.count, using: &random) }
                for offset in [0, bytes.count / 2, bytes.count - 1] + others {
                    try rig.expectFound(
                        name,
                        { bytes in
                            var bytes = bytes
                            bytes[offset] ^= UInt8.random(in: 1...255, using: &random)
                            return bytes
                        },
                        "byte \(offset)"
                    )
                }
            }
            try rig.check()
        }
    }

    @Test("A mirror that was cut off anywhere is not whole")
    func truncated() async throws {
        try await Rig.run { rig in
            for (name, bytes) in rig.files {
                for length in [0, 1, bytes.count / 2, bytes.count - 1] {
                    try rig.expectFound(name, { Array($0.prefix(length)) }, "\(length) bytes")
                }
                try rig.expectFound(name, { $0 + [0] }, "a byte more")
                // Of a size that the log had before, nobody needs the tiles any more.
                let isFormer =
                    name.contains(".p/") && !name.hasSuffix(".p/\(rig.size % 256)") && !name.hasPrefix("tile/1/")
                if !isFormer { try rig.expectFound(name, { _ in nil }, "missing") }
            }
            try rig.check()
        }
    }

    @Test("A file that is longer than a mirror's may be is found, and no checkpoint takes its place")
    func tooLong() async throws {
        try await Rig.run { rig in
            for name in ["checkpoint", "tile/entries/000", "tile/0/000"] {
                try rig.expectFound(name, { $0 + [UInt8](repeating: 0x20, count: 17 << 20) }, "17 MiB more")
            }
            try rig.check()
        }
        try await TestServer.run { server, admin in
            let folder = try TestFolder()
            let foreign = Data(repeating: 0x20, count: 1 << 20)
            try foreign.write(to: URL(filePath: folder.file("checkpoint")))
            let key = try VerifierKey(admin.answer.verifierKey)
            let mirror = Mirror(to: folder.path, key: key, token: admin.answer.token, retries: .none)
            let error = await #expect(throws: LogClientError.self) {
                try await mirror.run(over: RouterTransport(server.client))
            }
            #expect(error?.code == .corrupt)
            #expect(try Data(contentsOf: URL(filePath: folder.file("checkpoint"))) == foreign)
        }
    }

    /// Gives the body a mirror, which it brings up to date.
    private static func growing(
        _ test: @Sendable (_ folder: String, VerifierKey, _ grow: (Int) async throws -> Void) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "ambit-mirror-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await TestServer.run { server, admin in
            let key = try VerifierKey(admin.answer.verifierKey)
            try await test(folder, key) { count in
                let size = try server.source.store("assen")?.head().size.rawValue ?? 0
                try await server.fill(count, by: admin, from: size - 1)
                let mirror = Mirror(to: folder, key: key, token: admin.answer.token, retries: .none)
                #expect(try await mirror.run(over: RouterTransport(server.client)).size == LogSize(size + count))
            }
        }
    }

    @Test("A mirror whose partial tiles are taken away while it is checked is sound, as it was when that began")
    func replaced() async throws {
        try await Self.growing { folder, key, grow in
            try await grow(198)
            var check = try MirrorCheck(of: folder, key: key)
            try await grow(100)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/tile/entries/000.p"))
            var count = 0
            let report = try check.run(each: { _, _ in count += 1 })
            #expect(count == 200 && report.beyond > 0)
        }
    }

    @Test("A check that comes upon a newer checkpoint begins again, and without one it does not")
    func outdated() async throws {
        try await Self.growing { folder, key, grow in
            try await grow(8)
            let first = try #require(FileManager.default.contents(atPath: "\(folder)/checkpoint"))
            try await grow(5)
            let second = try #require(FileManager.default.contents(atPath: "\(folder)/checkpoint"))
            let (place, last) = (URL(filePath: "\(folder)/checkpoint"), "\(folder)/tile/entries/000.p/10")
            // Where an entry has been erased since, a partial tile goes without a full one.
            try FileManager.default.removeItem(atPath: last)
            var attempts = 0
            try first.write(to: place)
            let size = try MirrorCheck.following(folder, key: key) { check in
                attempts += 1
                try second.write(to: place)
                _ = try check.run()
                return check.checkpoint.checkpoint.size
            }
            #expect(size == LogSize(15) && attempts == 2)
            try first.write(to: place)
            #expect(throws: LogDifference.self) {
                try MirrorCheck.following(folder, key: key) { check in
                    attempts += 1
                    _ = try check.run()
                }
            }
            #expect(attempts == 3)
        }
    }

    @Test("What the checkpoint does not cover is counted, and what has no name of a tile is found")
    func others() async throws {
        try await Rig.run { rig in
            try rig.write([1, 2, 3], "tile/entries/007")
            try rig.write([1, 2, 3], "tile/0/002.new")
            #expect(try rig.check().1.beyond == 1)
            for name in [
                "tile/0/1", "tile/0/000.p/256", "tile/0/x000/001", "tile/64/000", "tile/0/000.p/01", "tile/00/000",
            ] {
                try rig.write([1], name)
                let difference = #expect(throws: LogDifference.self) { try rig.check() }
                #expect(difference?.place == .file(name))
                try FileManager.default.removeItem(atPath: "\(rig.folder)/\(name)")
            }
        }
    }

    @Test("Another key, and another history than the one that somebody holds, are found")
    func keys() async throws {
        try await Rig.run { rig in
            let other = try LogKey(origin: rig.key.name, seed: Array(0..<32))
            #expect(throws: LogDifference.self) { try rig.check(key: other.verifier) }
            let held = Checkpoint(origin: rig.key.name, size: LogSize(17), root: .sha256([]))
            #expect(throws: LogDifference.self) { try rig.check(extending: held) }
            let later = Checkpoint(origin: rig.key.name, size: LogSize(rig.size + 1), root: .sha256([]))
            #expect(throws: LogDifference.self) { try rig.check(extending: later) }
        }
    }

    /// All files of a forger agree with each other; only the signature is not the log's.
    @Test("canary: a mirror that was made anew passes for who trusts the forger's key")
    func forged() async throws {
        try await Rig.run { rig in
            let other = try LogKey(origin: rig.key.name, seed: Array(0..<32))
            let note = String(decoding: try #require(rig.files["checkpoint"]), as: UTF8.self)
            let root = try rig.key.verify(note).checkpoint.root
            try rig.write(Array(other.sign(size: LogSize(rig.size), root: root).note.utf8), "checkpoint")
            #expect(throws: LogDifference.self) { try rig.check() }
            try rig.check(key: other.verifier)
        }
    }
}
