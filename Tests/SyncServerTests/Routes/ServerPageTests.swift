import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import HummingbirdTesting
import Snapshots
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Pages of public agendas")
struct ServerPageTests {
    private static let pages = "/agendas/assen"
    private let clock = ServerClock()

    private func run(
        _ openness: Openness,
        _ options: ServerOptions = ServerOptions(),
        _ test: @Sendable (TestServer) async throws -> Void
    ) async throws {
        var options = options
        options.rates = Rates([:])
        try await TestServer.run(options: options, environment: clock.environment) { server, admin in
            try #require(server.source.store("assen")).open(to: openness)
            clock.advance(seconds: 2)
            try await test(server)
        }
    }

    @Test("Anybody reads the pages of a public agenda, which hold nobody's name and no form that records")
    func open() async throws {
        try await run(.public) { server in
            for path in ["", "/all/project", "/find?q=a", "/accessibility", "/take", "?language=en"] {
                let answer = try await server.send(.get, Self.pages + path)
                #expect(answer.status == .ok, "\(path)")
                #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
                #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
                #expect(!answer.text.contains("method=\"post\"") && !answer.text.contains("/record"))
            }
            for path in ["/all/member", "/history", "/sync", "/record", "/project/none", "/all/none"] {
                #expect(try await server.send(.get, Self.pages + path).status == .notFound, "\(path)")
            }
        }
    }

    @Test("An agenda that is not open answers as one that does not exist")
    func closed() async throws {
        try await run(.members) { server in
            let closed = try await server.send(.get, Self.pages)
            let missing = try await server.send(.get, "/agendas/nergens")
            #expect(closed.status == .notFound && missing.status == .notFound)
            #expect(closed.text == missing.text.replacing("nergens", with: "assen"))
            func names(_ answer: TestResponse) -> [String] { answer.headers.map { $0.name.canonicalName }.sorted() }
            #expect(names(closed) == names(missing))
        }
    }

    @Test("A page of an agenda that cannot be opened says so, and not that there is no such agenda")
    func unavailable() async throws {
        try await run(.public) { server in
            server.source.damage("kapot")
            let answer = try await server.send(.get, "/agendas/kapot")
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.headers[.retryAfter] != nil && answer.headers[.eTag] == nil)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(answer.text.contains("op dit moment niet getoond") && !answer.text.contains("secret"))
        }
    }

    @Test("Who has a page of this size is told so, in the same language only")
    func caching() async throws {
        try await run(.public) { server in
            let first = try await server.send(.get, Self.pages)
            let tag = try #require(first.headers[.eTag])
            #expect(first.headers[.vary] == "Accept-Language")
            let again = try await server.send(.get, Self.pages, [.ifNoneMatch: tag])
            #expect(again.status == .notModified && again.bytes.isEmpty)
            let other = try await server.send(.get, Self.pages, [.ifNoneMatch: tag, .acceptLanguage: "en"])
            #expect(other.status == .ok && other.text.contains("lang=\"en\""))
            let style = try await server.send(.get, Self.pages + "/assets/style.css")
            #expect(style.headers[.contentType] == "text/css; charset=utf-8" && style.bytes.count > 1000)
        }
    }

    @Test("A city's own style follows the pages' style sheet, and has visitors ask for it again")
    func style() async throws {
        var options = ServerOptions()
        options.pageStyle = Array(":root { --accent: #a4161a; }".utf8)
        try await run(.public, options) { server in
            let style = try await server.send(.get, Self.pages + "/assets/style.css")
            #expect(style.text.hasPrefix("/* Colours") && style.text.hasSuffix(":root { --accent: #a4161a; }"))
            try await run(.public) { other in
                let usual = try await other.send(.get, Self.pages + "/assets/style.css")
                #expect(usual.headers[.eTag] != style.headers[.eTag] && style.text.hasPrefix(usual.text))
                let script = try await other.send(.get, Self.pages + "/assets/page.js")
                #expect(!script.text.contains("#a4161a"))
            }
        }
    }

    @Test("A page shows an earlier size, and says so")
    func past() async throws {
        try await run(.public) { server in
            let answer = try await server.send(.get, Self.pages + "?at=1")
            #expect(answer.status == .ok && answer.text.contains("U kijkt naar het verleden"))
            #expect(try await server.send(.get, Self.pages + "?at=100000").status == .notFound)
        }
    }

    @Test("A day is typed as people write it, and what is none is told in the page's language")
    func days() async throws {
        try await run(.public) { server in
            #expect(try await server.send(.get, Self.pages).text.contains(#"name="at""#))
            for day in ["31-12-2099", "2099-12-31", "2099-12-31T10:00:00Z", "1"] {
                #expect(try await server.send(.get, Self.pages + "?at=\(day)").status == .ok, "\(day)")
            }
            let none = try await server.send(.get, Self.pages + "?at=31-02-2026")
            #expect(none.status == .badRequest && none.text.contains("31-02-2026") && none.text.contains("lang=\"nl\""))
            let english = try await server.send(.get, Self.pages + "?at=ever&language=en")
            #expect(english.status == .badRequest && english.text.contains("lang=\"en\""))
        }
    }

    @Test("Every file that anybody may have can be taken along, of the size that is looked at")
    func files() async throws {
        try await run(.public) { server in
            for (page, size) in [("/take", "latest"), ("/take?at=1", "1")] {
                let answer = try await server.send(.get, Self.pages + page)
                let files = answer.text.matches(of: /<a href="([^"]+)" download>/).map { String($0.1) }
                let names = SnapshotFile.allCases.filter(SnapshotSet.everybody.has).map(\.name)
                #expect(Set(files) == Set(names.map { "/v1/agendas/assen/snapshots/\(size)/public/\($0)" }))
                for file in files {
                    let status = try await server.send(.get, file).status
                    #expect(status == .ok || status == .found, "\(file)")
                }
            }
            #expect(try await server.send(.get, Self.pages + "/take?at=0").status == .notFound)
        }
    }

    @Test("Nobody but members learns who did what: there is no history, and there are no two days to compare")
    func noHistory() async throws {
        try await run(.public) { server in
            for path in ["/history", "/compare", "/people", "/conflicts", "/choices/project"] {
                let answer = try await server.send(.get, Self.pages + path)
                #expect(answer.status == .notFound, "\(path)")
            }
            let page = try await server.send(.get, Self.pages)
            #expect(!page.text.contains("/history"))
        }
    }
}
