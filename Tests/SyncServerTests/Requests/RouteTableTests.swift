import AgendaModel
import EventLog
import HTTPTypes
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("The table of routes")
struct RouteTableTests {
    /// An address of this route in the agenda `assen`.
    static func address(of route: Route) -> String {
        var path = route.path.text
        for (name, value) in [
            ("agenda", "assen"), ("kind", "agenda"), ("level", "0"), ("position", "0"), ("+tile", "000"),
            ("+page", "all/project"),
            ("name", "not-found"),
            ("id", "assen"), ("size", "1"), ("file", "tables.zip"),
        ] {
            path.replace("{\(name)}", with: value)
        }
        return path
    }

    /// As the contract writes it, which has no word for parts with slashes.
    private static func path(of route: Route) -> String { route.path.text.replacing("{+", with: "{") }

    /// What programs ask is in the contract; pages are for people, and change with what people need.
    private static let ofPrograms = RouteTable.server.routes.filter { route in
        !route.path.text.hasPrefix("/agendas/")
    }

    private static func name(of route: Route) -> String { "\(route.method.rawValue) \(path(of: route))" }

    @Test("Every route is in the contract, and every operation of the contract is a route")
    func contract() throws {
        let described = try Contract().operations.map { "\($0.method) \($0.path)" }
        let routes = Self.ofPrograms.map(Self.name)
        #expect(described.count > 20 && Set(described).count == described.count)
        #expect(Set(routes).count == routes.count)
        #expect(Set(routes).subtracting(described).isEmpty, "routes that the contract does not describe")
        #expect(Set(described).subtracting(routes).isEmpty, "operations that no route answers")
    }

    @Test("A route takes the query parameters that the contract gives it, and is for those whom the contract names")
    func audience() throws {
        let contract = try Contract()
        for route in Self.ofPrograms {
            let operation = try #require(
                contract.operations.first { "\($0.method) \($0.path)" == Self.name(of: route) }
            )
            #expect(try contract.queryParameters(of: operation) == route.query ?? [], "\(Self.name(of: route))")
            let expected: String? =
                switch route.audience {
                case .operators, .everybody: "[]"
                case .visitors, .readers: "[{ token: [] }, {}]"
                case .newcomers: "[{}, { token: [] }]"
                case .members: nil
                }
            #expect(contract.security(of: operation) == expected, "\(Self.name(of: route))")
        }
    }

    @Test("Every address says which methods it takes")
    func methods() async throws {
        let contract = try Contract()
        try await TestServer.run { server, admin in
            for route in Self.ofPrograms {
                let response = try await server.send(.patch, Self.address(of: route), by: admin)
                try response.expectProblem(.methodNotAllowed)
                let described = contract.operations.filter { $0.path == Self.path(of: route) }.map(\.method)
                let expected = Set(described.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] })
                let allowed = response.headers[.allow]?.split(separator: ", ").map(String.init) ?? []
                #expect(Set(allowed) == expected && allowed.count == expected.count)
            }
        }
    }

    @Test("Nobody without access learns anything of an agenda, whatever else is wrong with the request")
    func withoutAccess() async throws {
        try await TestServer.run { server, admin in
            let revoked = try await server.enrol(code: server.invite(.admin))
            _ = try await server.send(.delete, "/v1/agendas/assen/devices/\(revoked.id)", by: admin)
            for route in RouteTable.server.routes {
                switch route.audience {
                case .readers, .members: break
                case .operators, .everybody, .visitors, .newcomers: continue
                }
                let address = Self.address(of: route)
                for uri in [address, address + "?nonsense=1", address + "?limit=x&at=y"] {
                    try await server.send(route.method, uri).expectProblem(.unauthenticated)
                    for header in ["Bearer unknown", "Basic YTpi"] {
                        let headers: HTTPFields = [.authorization: header]
                        try await server.send(route.method, uri, by: nil, headers).expectProblem(.unauthenticated)
                    }
                    try await server.send(route.method, uri, by: revoked).expectProblem(.deviceRevoked)
                }
            }
        }
    }

    @Test("Nobody without the right learns anything, whatever else is wrong with the request")
    func withoutRight() async throws {
        try await TestServer.run { server, admin in
            let auditor = try await server.enrol(code: server.invite(.auditor))
            let editor = try await server.enrol(code: server.invite(.editor))
            var tried = 0
            for route in RouteTable.server.routes {
                guard case .members(let right, _, _) = route.audience else { continue }
                let device: TestDevice? =
                    switch right {
                    case .read, .readPublic, .manageDevice: nil
                    case .push: auditor
                    case .readRejections, .administer: editor
                    }
                guard let device else { continue }
                for query in ["", "?nonsense=1"] {
                    let response = try await server.send(route.method, Self.address(of: route) + query, by: device)
                    try response.expectProblem(.notAllowed)
                    tried += 1
                }
            }
            #expect(tried >= 14)
        }
    }

    @Test("Whoever asks too often learns nothing but that")
    func tooOften() async throws {
        let one = Rate(perSecond: 0.001, burst: 1)
        var options = ServerOptions()
        options.rates = Rates([.publicRead: one, .read: one, .push: one, .administration: one])
        try await TestServer.run(options: options) { server, admin in
            let editor = try await server.enrol(code: server.invite(.editor))
            _ = try await server.send(.get, "/v1/agendas/assen")
            for device in [admin, editor] {
                _ = try await server.get("/progress", by: device)
                _ = try await server.push([String](), by: device)
                _ = try await server.send(.post, "/v1/agendas/assen/token", by: device)
            }
            for route in RouteTable.server.routes {
                let uri = Self.address(of: route) + "?nonsense=1"
                switch route.audience {
                case .operators:
                    #expect(try await server.send(route.method, uri).status == .ok)
                    continue
                case .newcomers: continue
                case .everybody: break
                case .visitors: break
                case .readers, .members:
                    // Before the role is looked at.
                    for device in [admin, editor] {
                        try await server.send(route.method, uri, by: device).expectProblem(.rateLimited)
                    }
                }
                try await server.send(route.method, uri).expectProblem(.rateLimited)
                // What an address does not take counts like the first that it takes.
                let first = try RouteTable.server.address(Self.address(of: route)).routes[0]
                if case .newcomers = first.audience { continue }
                try await server.send(.patch, uri).expectProblem(.rateLimited)
            }
        }
    }

    @Test("A route that comes later in the table is not hidden by one before it")
    func order() throws {
        for route in RouteTable.server.routes {
            let found = try RouteTable.server.address(Self.address(of: route))
            #expect(found.template == route.path.text)
            #expect(found.route(for: route.method)?.path == route.path)
        }
    }
}
