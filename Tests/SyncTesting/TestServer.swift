package import AgendaModel
internal import EventLog
internal import Foundation
package import HTTPTypes
internal import Hummingbird
package import HummingbirdTesting
internal import Logging
internal import NIOCore
package import SyncProtocol
package import SyncServer
internal import Testing

/// A client of the server under test.
package struct TestServer {
    package let client: any TestClientProtocol
    package let source: MemorySource

    /// Runs the test against a server with the agenda `assen`, which has been founded by its first admin.
    package static func run(
        _ setup: TestingSetup = .router,
        options: ServerOptions = .withoutRates,
        environment: RuntimeEnvironment = .system,
        _ test: @Sendable (TestServer, TestDevice) async throws -> Void
    ) async throws {
        let source = try MemorySource()
        try source.add("assen")
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = try AmbitServer(source: source, options: options, environment: environment, logger: logger)
        try await server.application().test(setup) { client in
            let server = TestServer(client: client, source: source)
            let admin = try await server.enrol(code: server.invite(.admin))
            try await test(server, admin)
        }
    }

    /// An invite that was put into the store by hand, as the command line does.
    package func invite(_ role: Role, expires: Int = .max / 2, code: String? = nil) throws -> String {
        let code = code ?? "\(UUID().uuidString)"
        let store = try #require(source.store("assen"))
        let expiry = Timestamp(millisecondsSince1970: min(expires, 253_402_300_799_000))
        try store.add(Invite(hash: InviteCode.hash(code), role: role, member: nil, expires: expiry))
        return code
    }

    package func enrol(code: String, as name: String = "laptop") async throws -> TestDevice {
        let request = EnrolmentRequest(invite: code, member: "Testpersoon", device: name, key: nil)
        let response = try await send(.post, "/agendas/assen/devices", body: try ProtocolJSON.encode(request))
        #expect(response.status == .created)
        return TestDevice(answer: try response.decode(EnrolmentAnswer.self))
    }

    package func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        by device: TestDevice? = nil,
        _ headers: HTTPFields = [:],
        body: [UInt8]? = nil
    ) async throws -> TestResponse {
        var headers = headers
        if let device { headers[.authorization] = "Bearer \(device.answer.token)" }
        return try await client.execute(
            uri: uri,
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(bytes: $0) }
        )
    }

    package func get(_ path: String, by device: TestDevice?, _ headers: HTTPFields = [:]) async throws -> TestResponse {
        try await send(.get, "/agendas/assen\(path)", by: device, headers)
    }

    package func push(_ lines: [String], by device: TestDevice?, _ headers: HTTPFields = [:]) async throws
        -> TestResponse
    {
        try await push(Array(lines.map { $0 + "\n" }.joined().utf8), by: device, headers)
    }

    package func push(_ body: [UInt8], by device: TestDevice?, _ headers: HTTPFields = [:]) async throws -> TestResponse
    {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = ProtocolConstants.ndjson }
        return try await send(.post, "/agendas/assen/events", by: device, headers, body: body)
    }

    /// How many requests have been answered with success.
    package func answered() async throws -> Int {
        let line = try await send(.get, "/metrics").text.split(separator: "\n").first {
            $0.hasPrefix(#"ambit_requests_total{status="2xx"} "#)
        }
        return try #require(line?.split(separator: " ").last.flatMap { Int($0) })
    }

    /// Pushes that many organisations and expects all of them to be accepted.
    @discardableResult
    package func fill(_ count: Int, by device: TestDevice, from counter: Int = 1) async throws -> PushAnswer {
        let lines = (counter..<counter + count).map { device.organisation($0) }
        let answer = try await push(lines, by: device).decode(PushAnswer.self)
        #expect(answer.rejected.isEmpty, "\(answer.rejected.first?.problem.detail ?? "")")
        return answer
    }
}

extension ServerOptions {
    /// For tests that ask more often than anybody does.
    package static var withoutRates: ServerOptions {
        var options = ServerOptions()
        options.rates = Rates([:])
        return options
    }
}
