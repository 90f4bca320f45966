import AgendaModel
import EventLog
import Foundation
import HTTPTypes
import HummingbirdTesting
import Snapshots
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

@Suite("Snapshots over HTTP")
struct ServerSnapshotTests {
    private struct Manifest: Decodable {
        struct File: Decodable {
            var bytes: Int
            var mediaType: String
            var name: String
            var sha256: String
        }
        var checkpoint: String?
        var digest: String?
        var erasures: Int
        var files: [File]
        var moment: String?
        var root: String?
        var size: Int
        var software: String
    }

    private struct List: Decodable {
        var size: Int
        var files: [String]
        var snapshots: [Manifest]
    }

    private static let reprDigest = HTTPField.Name.checked("Repr-Digest")

    @Test("A file is found by the latest size, says what it is, and is the same as one made elsewhere")
    func files() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(40, by: admin)
            let store = try #require(server.source.store("assen"))
            let size = try store.head().size
            for file in SnapshotFile.allCases {
                let latest = try await server.get("/snapshots/latest/\(file.name)", by: admin)
                #expect(latest.status == .found && latest.headers[.location] == "../\(size)/\(file.name)")
                let path = "/snapshots/\(size)/\(file.name)"
                let response = try await server.get(path, by: admin)
                var expected: [UInt8] = []
                _ = try file.write(of: store, at: size, for: .members) { expected += $0 }
                #expect(response.status == .ok && response.bytes == expected, "\(file)")
                #expect(response.headers[.contentType] == file.mediaType)
                #expect(response.headers[.acceptRanges] == "bytes" && response.headers[.ambitSize] == "\(size)")
                #expect(response.headers[.contentDisposition] == "attachment; filename=\"assen-\(size)-\(file.name)\"")
                let digest = Hash.sha256(expected)
                #expect(response.headers[Self.reprDigest] == "sha-256=:\(digest.base64):")
                let tag = try #require(response.headers[.eTag])
                #expect(tag.hasPrefix("\""))
                let head = try await server.send(.head, "/v1/agendas/assen\(path)", by: admin)
                #expect(head.status == .ok && head.bytes.isEmpty)
                for name in [HTTPField.Name.contentLength, .eTag, Self.reprDigest, .contentType] {
                    #expect(head.headers[name] == response.headers[name] && head.headers[name] != nil, "\(name)")
                }
                let unchanged = try await server.get(path, by: admin, [.ifNoneMatch: tag])
                #expect(unchanged.status == .notModified && unchanged.bytes.isEmpty)
            }
            let manifest = try await server.get("/snapshots/\(size)/manifest.json", by: admin).decode(Manifest.self)
            #expect(manifest.files.map(\.name).sorted() == SnapshotFile.allCases.map(\.name).sorted())
            #expect(manifest.checkpoint == (try store.head().checkpoint?.note) && manifest.size == size.rawValue)
            #expect(manifest.root == (try store.head().checkpoint?.checkpoint.root.base64))
            let list = try await server.get("/snapshots", by: admin).decode(List.self)
            #expect(list.size == size.rawValue && list.snapshots.map(\.size) == [size.rawValue])
            #expect(list.snapshots[0].digest == manifest.digest && list.files == SnapshotFile.allCases.map(\.name))
        }
    }

    @Test("A download goes on where it was cut off, and begins anew when the file is another one")
    func ranges() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(30, by: admin)
            let path = "/snapshots/\(try #require(server.source.store("assen")).head().size)/tables.zip"
            let whole = try await server.get(path, by: admin)
            let tag = try #require(whole.headers[.eTag])
            var joined: [UInt8] = []
            while joined.count < whole.bytes.count {
                let range = "bytes=\(joined.count)-\(joined.count + 4999)"
                let part = try await server.get(path, by: admin, [.range: range, .ifRange: tag])
                let end = joined.count + part.bytes.count
                #expect(part.status == .partialContent)
                #expect(part.headers[.contentRange] == "bytes \(joined.count)-\(end - 1)/\(whole.bytes.count)")
                #expect(part.headers[Self.reprDigest] == whole.headers[Self.reprDigest])
                joined += part.bytes
            }
            #expect(joined == whole.bytes)
            for condition in ["\"another\"", "W/\(tag)", "Thu, 12 Nov 2026 10:11:12 GMT"] {
                let headers: HTTPFields = [.range: "bytes=5-", .ifRange: condition]
                let response = try await server.get(path, by: admin, headers)
                #expect(response.status == .ok && response.bytes == whole.bytes, "\(condition)")
            }
            let beyond = try await server.get(path, by: admin, [.range: "bytes=\(whole.bytes.count)-"])
            try beyond.expectProblem(.rangeNotSatisfiable)
            #expect(beyond.headers[.contentRange] == "bytes */\(whole.bytes.count)")
            let head = try await server.send(.head, "/v1/agendas/assen\(path)", by: admin, [.range: "bytes=0-1"])
            #expect(head.status == .ok && head.headers[.contentLength] == "\(whole.bytes.count)")
        }
    }

    @Test("What there is not is said")
    func badInput() async throws {
        let clock = ServerClock()
        try await TestServer.run(environment: clock.environment) { server, admin in
            try await server.fill(3, by: admin)
            let size = try #require(server.source.store("assen")).head().size
            for (path, problem) in [
                ("/\(size)/tables.parquet", ProblemType.notFound), ("/\(size)/Tables.zip", .notFound),
                ("/0/tables.zip", .notFound), ("/007/tables.zip", .notFound), ("/-1/tables.zip", .notFound),
                ("/newest/tables.zip", .notFound), ("/\(size + 1)/tables.zip", .aheadOfLog),
                ("/99999999999999999999/tables.zip", .notFound), ("/\(size)/tables.zip?at=\(size)", .badRequest),
                ("/latest/tables.zip?at=1999-12-31", .notFound), ("/latest/tables.zip?at=yesterday", .invalidRange),
                ("/latest/tables.zip?at=\(size + 1)", .aheadOfLog), ("/latest/tables.zip?kind=project", .badRequest),
                ("/\(size)/manifest.json", .notFound), ("/\(size)/public/log.ndjson", .notFound),
            ] {
                try await server.get("/snapshots\(path)", by: admin).expectProblem(problem)
            }
            let answer = try await server.get("/snapshots/latest/tables.zip?at=\(size - 2)", by: admin)
            #expect(answer.headers[.location] == "../\(size - 2)/tables.zip")
            clock.advance(seconds: 10)
            try await server.fill(3, by: admin, from: 4)
            let moment = clock.environment.now().description
            let now = try await server.get("/snapshots/latest/tables.zip?at=\(moment)", by: admin)
            #expect(now.headers[.location] == "../\(size + 3)/tables.zip")
        }
    }

    @Test("Everybody may have the public set of a public agenda, and nothing else of it")
    func openness() async throws {
        let clock = ServerClock()
        try await TestServer.run(environment: clock.environment) { server, admin in
            try await server.fill(3, by: admin)
            let store = try #require(server.source.store("assen"))
            let size = try store.head().size
            try await server.get("/snapshots/\(size)/public/tables.zip", by: nil).expectProblem(.unauthenticated)
            try store.open(to: .public)
            clock.advance(seconds: 2)
            _ = try await server.get("/snapshots/\(size)/tables.zip", by: admin)
            for file in SnapshotFile.allCases where SnapshotSet.everybody.has(file) {
                let latest = try await server.get("/snapshots/latest/public/\(file.name)", by: nil)
                #expect(latest.headers[.location] == "../../\(size)/public/\(file.name)")
                let response = try await server.get("/snapshots/\(size)/public/\(file.name)", by: nil)
                #expect(response.status == .ok && response.headers[.cacheControl] == "public, max-age=10")
                let own = try await server.get("/snapshots/\(size)/\(file.name)", by: nil)
                try own.expectProblem(.unauthenticated)
            }
            let text = try await server.get("/snapshots/\(size)/public/manifest.json", by: nil).text
            let list = try await server.get("/snapshots", by: nil).text
            for answer in [text, list] {
                #expect(!answer.contains("digest") && !answer.contains("root") && !answer.contains("checkpoint"))
                #expect(!answer.contains("log.ndjson") && answer.contains("tables.zip"))
            }
            try await server.get("/snapshots/\(size)/manifest.json", by: nil).expectProblem(.unauthenticated)
        }
    }

    @Test("Who waits too long is told to come back, and the file is made all the same")
    func tooSlow() async throws {
        var environment = RuntimeEnvironment.system
        // The first one waits for nothing.
        let isOver = Mutex(true)
        environment.sleep = { if !isOver.withLock({ $0 }) { try await RuntimeEnvironment.system.sleep($0) } }
        var options = ServerOptions.withoutRates
        options.deadlines.snapshot = .seconds(1)
        try await TestServer.run(options: options, environment: environment) { server, admin in
            try await server.fill(300, by: admin)
            let size = try #require(server.source.store("assen")).head().size
            var refused = 0
            while true {
                let response = try await server.get("/snapshots/\(size)/tables.sqlite", by: admin)
                if response.status == .ok { break }
                try response.expectProblem(.busy)
                #expect(response.headers[.retryAfter] == "10")
                refused += 1
                isOver.withLock { $0 = false }
            }
            #expect(refused > 0)
        }
    }

    @Test("When an entry is erased, nothing of it is given out any more")
    func erased() async throws {
        try await TestServer.run { server, admin in
            let name = "Verzonnen Naam BV"
            _ = try await server.push([admin.organisation(1, name: name)], by: admin)
            let store = try #require(server.source.store("assen"))
            let size = try store.head().size
            let path = "/snapshots/\(size)/state.json"
            let before = try await server.get(path, by: admin)
            #expect(before.text.contains(name))
            let redaction = admin.event(2, "entry.redacted", "entry/\(size - 1)", #"{"reason":"Verzonnen verzoek"}"#)
            let answer = try await server.push([redaction], by: admin).decode(PushAnswer.self)
            #expect(answer.rejected.isEmpty)
            let after = try await server.get(path, by: admin, [.ifNoneMatch: try #require(before.headers[.eTag])])
            #expect(after.status == .ok && !after.text.contains(name))
            #expect(after.headers[.eTag] != before.headers[.eTag])
            let list = try await server.get("/snapshots", by: admin).decode(List.self)
            #expect(list.snapshots.count == 1 && list.snapshots[0].erasures == 1)
        }
    }
}
