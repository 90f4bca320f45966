import AgendaModel
import Deflate
import EventLog
import HTTPTypes
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite
struct ServerPullTests {
    static let gzip: HTTPFields = [.acceptEncoding: "gzip"]
    static let members: HTTPFields = [.accept: ProtocolConstants.members]

    private func pullAll(
        _ server: TestServer,
        _ device: TestDevice,
        limit: Int,
        _ headers: HTTPFields
    ) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var after = 0
        while true {
            let response = try await server.get("/events?after=\(after)&limit=\(limit)", by: device, headers)
            #expect(response.status == .ok, "\(response.text)")
            let next = try #require(response.headers[.ambitNext].flatMap { Int($0) })
            if next == after { return bytes }
            bytes += headers == [:] ? response.bytes : try inflated(response.bytes)
            after = next
        }
    }

    @Test("All representations hold the same entries, whatever the pieces", arguments: [7, 256, 300, 65_536])
    func representations(limit: Int) async throws {
        try await TestServer.run { server, admin in
            for first in stride(from: 1, through: 601, by: 200) {
                try await server.fill(200, by: admin, from: first)
            }
            let store = try #require(server.source.store("assen"))
            let size = try store.head().size
            let expected = try store.entries(.init(0)..<size.next)
            #expect(size.rawValue == 802)
            for headers in [[:], Self.gzip, Self.members] {
                #expect(try await pullAll(server, admin, limit: limit, headers) == expected)
            }
        }
    }

    @Test("Segment members can be cut and checked one by one")
    func segmentMembers() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(600, by: admin)
            let response = try await server.get("/events?after=100", by: admin, Self.members)
            #expect(response.headers[.contentType] == "application/gzip")
            #expect(response.headers[.contentEncoding] == nil)
            var reader = SegmentMemberReader()
            let members = try response.bytes.withUnsafeBufferPointer { try reader.receive($0) }
            #expect(reader.isAtMemberBoundary)
            #expect(members.map(\.first.rawValue) == [100, 256, 512])
            #expect(members.map(\.count) == [156, 256, 90])
            let entries = try members.flatMap { try $0.entries() }
            let store = try #require(server.source.store("assen"))
            #expect(entries == (try store.entries(.init(100)..<(.init(602)))))
        }
    }

    @Test("An answer says where to go on and how far the log is")
    func headers() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(8, by: admin)
            let part = try await server.get("/events?after=2&limit=5", by: admin)
            #expect(part.headers[.ambitNext] == "7")
            #expect(part.headers[.ambitSize] == "10")
            #expect(part.headers[.contentType] == "application/x-ndjson")
            #expect(part.headers[.contentEncoding] == nil)
            #expect(part.lines.count == 5)
            let end = try await server.get("/events?after=10", by: admin, Self.gzip)
            #expect(end.status == .ok)
            #expect(end.bytes.isEmpty)
            #expect(end.headers[.ambitNext] == "10")
            #expect(end.headers[.contentEncoding] == nil)
        }
    }

    @Test("All of it is asked for again, because any entry may be erased")
    func caching() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(600, by: admin)
            let sealed = try await server.get("/events?after=256&limit=256", by: admin)
            #expect(sealed.headers[.cacheControl] == "no-cache")
            #expect(sealed.headers[.vary]?.contains("Accept-Encoding") == true)
            for path in ["/events?after=256", "/events?after=0&limit=600", "/events?after=1&limit=256"] {
                let growing = try await server.get(path, by: admin)
                #expect(growing.headers[.cacheControl] == "no-cache", "\(path)")
            }
        }
    }

    @Test("A tag names the bytes: known ones are not sent again")
    func entityTags() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(600, by: admin)
            var tags: Set<String> = []
            for path in ["/events?after=256&limit=256", "/events?after=0", "/events?after=0&limit=256"] {
                for headers in [[:], Self.gzip, Self.members] {
                    let tag = try #require(try await server.get(path, by: admin, headers).headers[.eTag])
                    #expect(tags.insert(tag).inserted)
                    var again = headers
                    again[.ifNoneMatch] = "\"other\", W/\(tag)"
                    let response = try await server.get(path, by: admin, again)
                    #expect(response.status == .notModified)
                    #expect(response.bytes.isEmpty)
                    #expect(response.headers[.eTag] == tag)
                    #expect(response.headers[.contentLength] == nil)
                    again[.ifNoneMatch] = "\"other\""
                    #expect(try await server.get(path, by: admin, again).status == .ok)
                }
            }
            let before = try await server.get("/events?after=500", by: admin).headers[.eTag]
            try await server.fill(1, by: admin, from: 601)
            #expect(try await server.get("/events?after=500", by: admin).headers[.eTag] != before)
        }
    }

    @Test("Asking for more than there is, or for what is no number, is a problem")
    func ranges() async throws {
        try await TestServer.run { server, admin in
            #expect(try await server.get("/events?after=3", by: admin).expectProblem(.aheadOfLog).size == 2)
            for query in [
                "after=-1", "after=x", "after=", "after=1.5", "after=01", "after=9007199254740992", "limit=0",
                "limit=65537", "wait=61", "wait=-1",
            ] {
                try await server.get("/events?\(query)", by: admin).expectProblem(.invalidRange)
            }
            #expect(try await server.get("/events?after=2&wait=0", by: admin).lines.isEmpty)
            for query in ["after=1&after=2", "afer=1", "after=%zz", "to=5"] {
                try await server.get("/events?\(query)", by: admin).expectProblem(.badRequest)
            }
            try await server.get("/events", by: admin, [.accept: "text/html"]).expectProblem(.unsupportedEncoding)
        }
    }

    @Test("A pull that waits is answered when something is pushed")
    func waiting() async throws {
        try await TestServer.run { server, admin in
            async let waiting = server.get("/events?after=2&wait=60", by: admin)
            try await server.fill(1, by: admin)
            let response = try await waiting
            #expect(response.headers[.ambitNext] == "3")
            #expect(response.lines.count == 1)
        }
    }

    @Test("HEAD gives what GET gives, without content")
    func head() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(600, by: admin)
            for headers in [[:], Self.gzip, Self.members] {
                let full = try await server.get("/events?after=3", by: admin, headers)
                let head = try await server.send(.head, "/v1/agendas/assen/events?after=3", by: admin, headers)
                #expect(head.status == .ok)
                #expect(head.bytes.isEmpty)
                #expect(head.headers[.eTag] == full.headers[.eTag])
                #expect(head.headers[.contentLength] == String(full.bytes.count))
            }
        }
    }

    @Test("Pulls have a limited number of places")
    func places() async throws {
        var options = ServerOptions()
        options.capacity.pulls = 0
        try await TestServer.run(options: options) { server, admin in
            try await server.get("/events", by: admin).expectProblem(.busy)
        }
    }
}
