import AgendaModel
import EventLog
import HTTPTypes
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Rows for spreadsheets, and reading from other pages")
struct ServerTableFormTests {
    private static let csv: HTTPFields = [.accept: "text/csv"]

    @Test("A kind of subjects comes as CSV for who asks for that, in pages of one state")
    func state() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(5, by: admin)
            var (rows, after): ([Substring], String) = ([], "")
            repeat {
                let path = "/state?kind=organisation&limit=2\(after)"
                let page = try await server.get(path, by: admin, Self.csv)
                #expect(page.headers[.contentType] == "text/csv; charset=utf-8; header=present")
                #expect(page.headers[.vary]?.contains("Accept,") == true)
                let lines = page.text.split(separator: "\r\n")
                #expect(lines[0].hasPrefix("subject,name,sort"))
                rows += lines.dropFirst()
                after = page.headers[.ambitNext].map { "&after=\($0)" } ?? ""
            } while !after.isEmpty
            #expect(rows.count == 5 && rows[0].hasPrefix("organisation/\(admin.id)-1,\"Organisatie 1\",company"))
            let json = try await server.get("/state?kind=organisation", by: admin, [.accept: "text/html, */*"])
            #expect(json.headers[.contentType] == ProtocolConstants.json)
            try await server.get("/state", by: admin, Self.csv).expectProblem(.badRequest)
            try await server.get("/state?kind=entry", by: admin, Self.csv).expectProblem(.badRequest)
            let progress = try await server.get("/progress", by: admin, Self.csv)
            #expect(progress.text == "ambition,indicator,unit,target,due,value,measurements\r\n")
        }
    }

    @Test("Pages of others may read what is public, and nothing that takes a token")
    func crossOrigin() async throws {
        let clock = ServerClock()
        let origin: HTTPFields = [.origin: "https://kaart.example", .accessControlRequestMethod: "GET"]
        try await TestServer.run(environment: clock.environment) { server, admin in
            try #require(server.source.store("assen")).open(to: .public)
            clock.advance(seconds: 2)
            for path in ["/v1/agendas", "/v1/agendas/assen/state", "/v1/agendas/assen/snapshots", "/v1/openapi.json"] {
                let answer = try await server.send(.get, path, by: nil, origin)
                #expect(answer.status == .ok && answer.headers[.accessControlAllowOrigin] == "*", "\(path)")
                #expect(answer.headers[.accessControlExposeHeaders]?.contains("Ambit-Size") == true)
                let asked = try await server.send(.options, path, by: nil, origin)
                #expect(asked.status == .noContent && asked.bytes.isEmpty)
                #expect(asked.headers[.accessControlAllowOrigin] == "*")
                #expect(asked.headers[.accessControlAllowMethods] == "GET, HEAD")
                let own = try await server.send(.get, path, by: admin, origin)
                #expect(own.headers[.accessControlAllowOrigin] == nil)
            }
            for path in ["/v1/agendas/assen/conflicts", "/v1/agendas/assen/invites", "/metrics"] {
                let asked = try await server.send(.options, path, by: nil, origin)
                #expect(asked.headers[.accessControlAllowOrigin] == nil, "\(path)")
                try asked.expectProblem(.methodNotAllowed)
            }
            // No question of a browser's.
            try await server.send(.options, "/v1/agendas/assen/state").expectProblem(.methodNotAllowed)
        }
    }
}
