package import AgendaModel
internal import EventLog
internal import Foundation
package import HTTPTypes
internal import Hummingbird
package import HummingbirdTesting
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
package import SyncProtocol
package import SyncServer
internal import Testing

/// A client of the server under test.
package struct TestServer {
    /// How the server is reached.
    package enum Connection {
        /// Requests go straight to its routes.
        case router
        /// It listens on a port of this machine.
        case live
    }

    package let client: any TestClientProtocol
    package let source: MemorySource

    package init(client: any TestClientProtocol, source: MemorySource) {
        self.client = client
        self.source = source
    }

    /// Runs the test against a server with the agenda `assen`, which has been founded by its first admin.
    package static func run(
        _ connection: Connection = .router,
        options: ServerOptions = .withoutRates,
        environment: RuntimeEnvironment = .system,
        _ test: @Sendable (TestServer, TestDevice) async throws -> Void
    ) async throws {
        let source = try MemorySource()
        try source.add("assen")
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var options = options
        options.port = 0
        let server = try AmbitServer(source: source, options: options, environment: environment, logger: logger)
        let body: @Sendable (any TestClientProtocol) async throws -> Void = { client in
            let server = TestServer(client: client, source: source)
            let admin = try await server.enrol(code: server.invite(.admin))
            try await test(server, admin)
        }
        switch connection {
        case .router: try await server.application().test(.router, body)
        case .live: try await serve(server, logger: logger, body)
        }
    }

    /// Serves for as long as the body runs.
    private static func serve(
        _ server: AmbitServer,
        logger: Logger,
        _ body: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let client = LiveClient(port: try #require(await server.port))
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(client))
            } catch {
                result = .failure(error)
            }
            await client.shutDown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
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
        let response = try await send(.post, "/v1/agendas/assen/devices", body: try ProtocolJSON.encode(request))
        #expect(response.status == .created)
        return TestDevice(answer: try response.decode(EnrolmentAnswer.self))
    }

    /// A device of a new auditor's, for a job.
    package func enrolJob(expires: String? = nil, reads: String? = nil) async throws -> TestDevice {
        let request = EnrolmentRequest(
            invite: try invite(.auditor),
            member: "taak",
            device: "taak",
            key: nil,
            expires: expires,
            reads: reads
        )
        let body = try ProtocolJSON.encode(request)
        let response = try await send(.post, "/v1/agendas/assen/devices", body: body)
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
        try await send(.get, "/v1/agendas/assen\(path)", by: device, headers)
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
        return try await send(.post, "/v1/agendas/assen/events", by: device, headers, body: body)
    }

    /// How many requests have been answered with success.
    package func answered() async throws -> Int {
        let lines = try await send(.get, "/metrics").text.split(separator: "\n").filter {
            $0.hasPrefix("ambit_requests_total{") && $0.contains(#"status="2"#)
        }
        return try lines.reduce(0) { try $0 + #require($1.split(separator: " ").last.flatMap { Int($0) }) }
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
    /// For tests that ask more often than anybody does, or, on a busy machine, more slowly.
    package static var withoutRates: ServerOptions {
        var options = ServerOptions()
        options.rates = Rates([:])
        options.deadlines.idle = .seconds(3600)
        options.deadlines.body = .seconds(3600)
        return options
    }
}
