import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite
struct ServerRequestTests {
    @Test("Every address that does not exist is a problem")
    func unknownAddresses() async throws {
        try await TestServer.run { server, admin in
            for path in [
                "/", "/agenda", "/v1/agendas/", "/v1/agendas//events", "/v1/agendas/assen/",
                "/v1/agendas/assen/nothing",
                "/v1/agendas/assen/events/1", "/v1/agendas/assen/subjects/theme",
                "/v1/agendas/assen/subjects/theme/x/y",
                "/v1/agendas/../etc/passwd", "/v1/agendas/assen/%2e%2e", "/v1/agendas/assen%2Fevents",
                "/v1/agendas/none",
                "/v1/agendas/ASSEN", "/v1/agendas/-x", "/v1/agendas/assen%00", "/v1/agendas/%C3%A9", "//agendas",
                "/openapi.yaml",
                "/v1/agendas/" + String(repeating: "a", count: 64), "/v1/agendas/x-",
                "/" + String(repeating: "a", count: 3000),
            ] {
                try await server.send(.get, path, by: admin).expectProblem(.notFound)
            }
            // Below what people ask for, it is a page that says so.
            let page = try await server.send(.get, "/agendas/assen/events", by: admin)
            #expect(page.status == .notFound && page.headers[.contentType] == "text/html; charset=utf-8")
        }
    }

    @Test(
        "Broken percent-encoding is a problem",
        arguments: ["/v1/agendas/%", "/v1/agendas/%zz", "/v1/agendas/%ff", "/%C3"]
    )
    func encodings(path: String) async throws {
        try await TestServer.run { server, admin in
            try await server.send(.get, path, by: admin).expectProblem(.badRequest)
        }
    }

    @Test("A method that an address does not take is answered with those that it takes")
    func methods() async throws {
        try await TestServer.run { server, admin in
            for (method, path, allowed) in [
                (HTTPRequest.Method.put, "/v1/agendas/assen/events", "GET, HEAD, POST"),
                (.post, "/v1/agendas/assen", "GET, HEAD"),
                (.put, "/v1/agendas/assen/devices", "POST, GET, HEAD"),
                (.get, "/v1/agendas/assen/devices/x", "DELETE"),
                (.delete, "/healthz", "GET, HEAD"),
                (.patch, "/v1/agendas", "GET, HEAD"),
            ] {
                let response = try await server.send(method, path, by: admin)
                try response.expectProblem(.methodNotAllowed)
                #expect(response.headers[.allow] == allowed)
            }
        }
    }

    @Test("A client that speaks another version is told which ones there are", arguments: ["0", "2", "one", "1.0", ""])
    func protocolVersion(version: String) async throws {
        try await TestServer.run { server, admin in
            let response = try await server.get("", by: admin, [.ambitProtocol: version])
            #expect(try response.expectProblem(.unsupportedProtocol).protocolVersions == [1])
            #expect(try await server.get("", by: admin, [.ambitProtocol: "1"]).status == .ok)
        }
    }

    @Test("Parameters that an address does not take are a problem")
    func parameters() async throws {
        try await TestServer.run { server, admin in
            for path in ["", "/checkpoint", "/conflicts", "/progress", "/subjects/theme/x-1"] {
                try await server.get("\(path)?x=1", by: admin).expectProblem(.badRequest)
            }
        }
    }

    @Test("What a client puts behind an address for the sake of caches is not looked at")
    func pastCaches() async throws {
        try await TestServer.run { server, admin in
            for path in ["/checkpoint", "/invites", "/devices"] {
                for name in ["", "0f1e", "0f1e"] {
                    let answer = try await server.get("\(path)?fresh=\(name)", by: admin)
                    #expect(answer.status == .ok, "\(path)")
                }
            }
        }
    }

    @Test("HEAD gives the headers of GET")
    func head() async throws {
        try await TestServer.run { server, admin in
            for path in ["", "/checkpoint", "/state", "/conflicts", "/progress"] {
                let full = try await server.get(path, by: admin)
                let head = try await server.send(.head, "/v1/agendas/assen\(path)", by: admin)
                #expect(head.status == .ok)
                #expect(head.bytes.isEmpty)
                #expect(head.headers[.contentLength] == String(full.bytes.count))
                #expect(head.headers[.contentType] == full.headers[.contentType])
            }
        }
    }

    @Test("An agenda that cannot be opened says so without saying where it is, and leaves the others alone")
    func brokenAgenda() async throws {
        try await TestServer.run { server, admin in
            server.source.damage("kapot")
            let response = try await server.send(.get, "/v1/agendas/kapot", by: admin)
            let problem = try response.expectProblem(.unavailable)
            #expect(problem.detail?.contains("secret") == false)
            #expect(try await server.get("", by: admin).status == .ok)
            #expect(try await server.send(.get, "/v1/agendas", by: admin).status == .ok)
            #expect(try await server.send(.get, "/readyz").text.contains("not opened: 1"))
        }
    }

    @Test("An agenda that appears while the server runs is found")
    func newAgenda() async throws {
        try await TestServer.run { server, admin in
            try await server.send(.get, "/v1/agendas/nieuw", by: admin).expectProblem(.notFound)
            try server.source.add("nieuw")
            try await server.send(.get, "/v1/agendas/nieuw", by: admin).expectProblem(.unauthenticated)
        }
    }

    @Test("Whoever runs the server can see that it works")
    func operations() async throws {
        try await TestServer.run { server, admin in
            #expect(try await server.send(.get, "/healthz").text == "ok\n")
            #expect(try await server.send(.get, "/readyz").status == .ok)
            try await server.fill(3, by: admin)
            _ = try await server.get("/events", by: admin)
            let metrics = try await server.send(.get, "/metrics").text
            #expect(metrics.contains(#"ambit_pushed_events_total{verdict="accepted"} 3"#))
            #expect(metrics.contains("\nambit_log_entries 5\n"))
            #expect(metrics.contains(#"ambit_requests_total{route="/healthz",status="200"} 1"#))
            #expect(metrics.contains("ambit_pulled_bytes_total "))
        }
    }

    @Test("The metrics name no agenda that is not public")
    func namesInMetrics() async throws {
        let clock = ServerClock()
        try await TestServer.run(environment: clock.environment) { server, admin in
            try server.source.add("geheim")
            try server.source.add("open").open(to: .public)
            for name in ["geheim", "open"] { _ = try await server.send(.get, "/v1/agendas/\(name)", by: admin) }
            let metrics = try await server.send(.get, "/metrics").text
            #expect(metrics.contains("\nambit_log_entries{agenda=\"open\"} 0\n"))
            #expect(metrics.contains("\nambit_log_entries 2\n"))
            #expect(!metrics.contains("geheim") && !metrics.contains("assen"))
            // Nobody asks the agenda after it was closed.
            try server.source.store("open")?.open(to: .members)
            clock.advance(seconds: 2)
            #expect(try await !server.send(.get, "/metrics").text.contains("\"open\""))
        }
    }

    @Test("Every type of problem can be looked up", arguments: ProblemType.allCases)
    func problems(type: ProblemType) async throws {
        try await TestServer.run { server, _ in
            #expect(try await server.send(.get, type.path).text.hasPrefix(type.title))
            try await server.send(.get, "/problems/none").expectProblem(.notFound)
        }
    }

    @Test("The contract allows the states of the past that the server gives, and no others")
    func contractOfMoments() throws {
        let parameter = try #require(Contract().text.components(separatedBy: "    StateReference:\n").last)
        let line = try #require(parameter.split(separator: "\n").first { $0.contains("pattern: ") })
        let escaped = line.split(separator: "\"")[1].replacingOccurrences(of: "\\\\", with: "\\")
        let pattern = try Regex(escaped)
        for text in [
            "0", "4210", "2026-03-01", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.500Z", "007", "-1", "2026-3-1",
            "2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00.123456Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00",
            "2026-03-01T12:00:00+01:00", "", "yesterday",
        ] {
            #expect((text.wholeMatch(of: pattern) != nil) == (StateReference(text) != nil), "\(text)")
        }
    }

    @Test("The contract that the server gives out is the one in Protocol")
    func contract() async throws {
        let file = try Contract().text
        try await TestServer.run { server, _ in
            let response = try await server.send(.get, "/v1/openapi.yaml")
            #expect(response.text == file)
            #expect(response.headers[.contentType] == "application/yaml")
            let json = try await server.send(.get, "/v1/openapi.json")
            #expect(try json.text == Contract().json)
            #expect(json.headers[.contentType] == "application/json")
        }
    }

    @Test("Every answer of the interface, and no other, says which version of the contract it is by")
    func contractVersion() async throws {
        let version = try #require(Contract().text.firstMatch(of: /\n  version: ([0-9.]+)\n/)?.1)
        let field = try #require(HTTPField.Name("API-Version"))
        try await TestServer.run { server, admin in
            for path in ["/v1/agendas", "/v1/agendas/assen", "/v1/agendas/assen/state?at=x", "/v1/nothing", "/v1/%"] {
                for method in [HTTPRequest.Method.get, .head, .patch] {
                    let response = try await server.send(method, path, by: admin)
                    #expect(response.headers[field] == String(version), "\(method) \(path)")
                }
            }
            for path in ["/healthz", "/metrics", "/problems/not-found", "/nothing", "/v1"] {
                #expect(try await server.send(.get, path).headers[field] == nil, "\(path)")
            }
        }
    }
}
