import AgendaModel
import EventLog
import Foundation
import HTTPTypes
import HummingbirdTesting
import Projections
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("What changed since a size")
struct ServerChangesTests {
    private struct Line: Decodable {
        var subject: String?
        var position: Int?
        var document: JSONDocument?
        var next: String?
        var size: Int?
        var digest: String?
        var count: Int?
    }

    private struct JSONDocument: Decodable {
        var name: String?
    }

    private static func lines(_ response: TestResponse) throws -> [Line] {
        #expect(response.status == .ok, "\(response.text)")
        #expect(response.headers[.contentType] == ProtocolConstants.ndjson)
        #expect(response.text.hasSuffix("\n"))
        return try response.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    /// All pages, the lines without those at their ends, and the end mark.
    private static func all(
        _ server: TestServer,
        since: String,
        _ query: String = "",
        by device: TestDevice?,
        between: () async throws -> Void = {}
    ) async throws -> (lines: [Line], end: Line) {
        var (cursor, found): (String, [Line]) = (since, [])
        while true {
            let page = try lines(await server.get("/changes?since=\(cursor)\(query)", by: device))
            found += page.dropLast()
            let last = try #require(page.last)
            guard let next = last.next else { return (found, last) }
            #expect(last.size == nil && page.count > 1)
            cursor = next
            try await between()
        }
    }

    private func rename(_ counter: Int, _ subject: Int, _ name: String, by device: TestDevice) -> String {
        device.event(counter, "organisation.revised", "organisation/\(device.id)-\(subject)", #"{"name":"\#(name)"}"#)
    }

    @Test("Each subject that changed is there once, as it is now, and the last line says where to go on")
    func changed() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(20, by: admin)
            let before = try #require(server.source.store("assen")).head().size
            _ = try await server.push(
                [
                    rename(21, 3, "Eerst", by: admin), rename(22, 7, "Anders", by: admin),
                    rename(23, 3, "Later", by: admin),
                ],
                by: admin
            )
            let (lines, end) = try await Self.all(server, since: "\(before)", by: admin)
            #expect(lines.map(\.subject) == [7, 3].map { "organisation/\(admin.id)-\($0)" })
            #expect(lines.map(\.document?.name) == ["Anders", "Later"])
            #expect(lines.map(\.position) == [before.rawValue + 1, before.rawValue + 2])
            #expect(end.size == before.rawValue + 3 && end.count == 2)
            let state = try await server.get("/state?limit=1", by: admin)
            #expect(state.text.contains(try #require(end.digest)))
            let nothing = try await server.get("/changes?since=\(end.size ?? 0)", by: admin)
            #expect(nothing.lines.count == 1 && nothing.headers[.ambitSize] == "\(end.size ?? 0)")
        }
    }

    @Test("A kind of which nothing changed moves the cursor on all the same")
    func kinds() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(3, by: admin)
            let size = try #require(server.source.store("assen")).head().size.rawValue
            let (lines, end) = try await Self.all(server, since: "0", "&kind=project", by: admin)
            #expect(lines.isEmpty && end.size == size && end.count == 0)
            let (some, last) = try await Self.all(server, since: "0", "&kind=organisation", by: admin)
            #expect(some.count == 3 && last.count == 3)
        }
    }

    @Test("Pages are of one state, also when the log grows between them", arguments: [1, 7, 100])
    func pages(limit: Int) async throws {
        try await TestServer.run { server, admin in
            try await server.fill(40, by: admin)
            let (whole, end) = try await Self.all(server, since: "0", by: admin)
            nonisolated(unsafe) var counter = 41
            let store = try #require(server.source.store("assen"))
            let size = try store.head().size.rawValue
            let (lines, last) = try await Self.all(server, since: "0", "&limit=\(limit)", by: admin) {
                let line = rename(counter, 1, "Naam \(counter)", by: admin)
                let pushed = try await server.push([line], by: admin)
                #expect(pushed.status == .ok)
                counter += 1
            }
            #expect(lines.map(\.subject) == whole.map(\.subject))
            #expect(lines.map(\.document?.name) == whole.map(\.document?.name))
            #expect(last.size == size && last.digest == end.digest && last.count == whole.count)
        }
    }

    @Test("The end mark is without the digest for who does not want it")
    func withoutDigest() async throws {
        try await TestServer.run { server, admin in
            func end(_ query: String) async throws -> String {
                try await server.get("/changes?since=0\(query)", by: admin).text.split(separator: "\n").last.map(
                    String.init
                ) ?? ""
            }
            #expect(try await end("").contains("digest"))
            #expect(try await end("&digest=true") == end(""))
            #expect(try await !end("&digest=false").contains("digest"))
            try await server.get("/changes?since=0&digest=1", by: admin).expectProblem(.badRequest)
        }
    }

    @Test("A redaction changes the subject whose entry it erased")
    func erased() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(5, by: admin)
            let before = try #require(server.source.store("assen")).head().size
            let redaction = admin.event(6, "entry.redacted", "entry/\(before.rawValue - 2)", #"{"reason":"Verzonnen"}"#)
            let pushed = try await server.push([redaction], by: admin).decode(PushAnswer.self)
            #expect(pushed.rejected.isEmpty)
            let (lines, _) = try await Self.all(server, since: "\(before)", by: admin)
            let subjects = Set(lines.compactMap(\.subject))
            #expect(subjects == ["entry/\(before.rawValue - 2)", "organisation/\(admin.id)-4"])
            #expect(lines.first { $0.subject?.hasPrefix("organisation") == true }?.document?.name == nil)
        }
    }

    @Test("Everybody gets no people of a public agenda, and nothing to hold guesses against")
    func openness() async throws {
        let clock = ServerClock()
        try await TestServer.run(environment: clock.environment) { server, admin in
            try await server.fill(3, by: admin)
            try await server.get("/changes?since=0", by: nil).expectProblem(.unauthenticated)
            try #require(server.source.store("assen")).open(to: .public)
            clock.advance(seconds: 2)
            let (lines, end) = try await Self.all(server, since: "0", by: nil)
            #expect(!lines.isEmpty && end.digest == nil && end.count == lines.count)
            #expect(
                !lines.contains { $0.subject?.hasPrefix("member/") == true || $0.subject?.hasPrefix("device/") == true }
            )
        }
    }

    @Test(
        "What cannot be asked for is said",
        arguments: [
            ("", ProblemType.badRequest), ("?since=", .invalidRange), ("?since=-1", .invalidRange),
            ("?since=x", .invalidRange), ("?since=1-2", .invalidRange), ("?since=3-9007199254740991-0", .invalidRange),
            ("?since=0-1-x", .invalidRange), ("?since=99999", .aheadOfLog), ("?since=0-99999-0", .aheadOfLog),
            ("?since=0&limit=0", .invalidRange), ("?since=0&limit=10001", .invalidRange),
            ("?since=0&kind=gadget", .badRequest), ("?since=0&after=1", .badRequest),
        ]
    )
    func badInput(query: String, problem: ProblemType) async throws {
        try await TestServer.run { server, admin in
            try await server.get("/changes\(query)", by: admin).expectProblem(problem)
        }
    }
}
