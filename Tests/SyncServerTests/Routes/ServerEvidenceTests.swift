import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Evidence over HTTP")
struct ServerEvidenceTests {
    private let clock = ServerClock()

    /// A log that ends with a theme, which is for everybody, and a note about it, which is not.
    private func run(
        _ openness: Openness,
        _ test: @Sendable (_ server: TestServer, _ admin: TestDevice, _ size: Int) async throws -> Void
    ) async throws {
        try await TestServer.run(environment: clock.environment) { server, admin in
            let store = try #require(server.source.store("assen"))
            try store.open(to: openness)
            clock.advance(seconds: 2)
            let theme = "theme/\(admin.id)-1"
            let note = admin.event(2, "note.added", "note/\(admin.id)-2", #"{"about":"\#(theme)","text":"Hallo"}"#)
            let lines = [
                admin.event(1, "theme.opened", theme, #"{"title":"Wonen"}"#),
                String(note.dropLast()) + #","salt":"AAAAAAAAAAAAAAAAAAAAAA"}"#,
            ]
            let answer = try await server.push(lines, by: admin)
            #expect(answer.status == .ok && answer.text.contains(#""rejected":[]"#), "\(answer.text)")
            try await test(server, admin, store.head().size.rawValue)
        }
    }

    @Test("A member gets every entry, with what shows that it is in the log")
    func members() async throws {
        try await run(.members) { server, admin, size in
            let key = try VerifierKey(admin.answer.verifierKey)
            let store = try #require(server.source.store("assen"))
            for position in 0..<size {
                let answer = try await server.get("/evidence/\(position)", by: admin)
                #expect(answer.status == .ok && answer.headers[.contentType] == ProtocolConstants.note)
                let evidence = try Evidence(answer.bytes)
                let entry = try Array(store.entry(at: Position(position)))
                #expect(evidence.position == Position(position) && evidence.extra == entry)
                #expect(try evidence.verify(entry: entry, by: key).size == LogSize(size))
            }
            try await server.get("/evidence/0", by: nil).expectProblem(.unauthenticated)
        }
    }

    @Test("Of a public agenda anybody gets what can hold nothing personal, and only that")
    func anybody() async throws {
        try await run(.public) { server, admin, size in
            let theme = try await server.get("/evidence/\(size - 2)", by: nil)
            #expect(theme.status == .ok)
            let entry = try #require(try Evidence(theme.bytes).extra)
            #expect(String(decoding: entry, as: UTF8.self).contains("theme.opened"))
            for position in 0..<(size - 2) {
                try await server.get("/evidence/\(position)", by: nil).expectProblem(.unauthenticated)
            }
            try await server.get("/evidence/\(size - 1)", by: nil).expectProblem(.unauthenticated)
            #expect(try await server.get("/evidence/\(size - 1)", by: admin).status == .ok)
        }
    }

    @Test("Where the log itself is open, anybody gets every entry")
    func openLog() async throws {
        try await run(.publicLog) { server, _, size in
            for position in 0..<size {
                let answer = try await server.get("/evidence/\(position)", by: nil)
                #expect(answer.status == .ok)
            }
        }
    }

    @Test("There is no evidence at positions that the log does not have", arguments: ["99", "-1", "00", "x", "1.0"])
    func missing(position: String) async throws {
        try await run(.public) { server, admin, _ in
            try await server.get("/evidence/\(position)", by: admin).expectProblem(.notFound)
            try await server.get("/evidence/\(position)", by: nil).expectProblem(.notFound)
        }
    }

    @Test("Who has the evidence is told so until the log grows")
    func caching() async throws {
        try await run(.public) { server, admin, size in
            let first = try await server.get("/evidence/\(size - 2)", by: nil)
            let tag = try #require(first.headers[.eTag])
            let again = try await server.get("/evidence/\(size - 2)", by: nil, [.ifNoneMatch: tag])
            #expect(again.status == .notModified && again.bytes.isEmpty)
            _ = try await server.push([admin.organisation(3)], by: admin)
            #expect(try await server.get("/evidence/\(size - 2)", by: nil, [.ifNoneMatch: tag]).status == .ok)
        }
    }
}
