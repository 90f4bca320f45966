import AgendaModel
import Deflate
import EventLog
import EventLogTesting
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import SyncProtocol
import Synchronization
import Testing

@testable import SyncServer

/// Agendas in memory, as a server finds them.
final class MemorySource: AgendaSource {
    private struct State {
        var agendas: [String: any LogStore] = [:]
        var broken: Set<String> = []
    }

    private let state = Mutex(State())
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "ambit-server-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func key(_ name: String) throws -> LogKey {
        try LogKey(origin: "test.example/agendas/\(name)", seed: [UInt8](repeating: 7, count: 32))
    }

    /// Makes an empty agenda.
    @discardableResult
    func add(_ name: String) throws -> InMemoryLogStore {
        let key = try Self.key(name)
        let store = InMemoryLogStore(identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
        state.withLock { $0.agendas[name] = store }
        return store
    }

    func store(_ name: String) -> (any LogStore)? { state.withLock { $0.agendas[name] } }

    /// Makes opening the agenda fail.
    func damage(_ name: String) { state.withLock { _ = $0.broken.insert(name) } }

    func names() throws -> [String] { state.withLock { Array($0.agendas.keys) + $0.broken } }

    func open(_ name: String) throws -> OpenedAgenda? {
        let (store, isBroken) = state.withLock { ($0.agendas[name], $0.broken.contains(name)) }
        guard !isBroken else { throw LogError(.corrupt, "segment 3 of /secret/place is damaged") }
        guard let store else { return nil }
        return OpenedAgenda(store: store, key: try Self.key(name), statePath: "\(folder)/\(name).sqlite")
    }
}

extension ServerOptions {
    /// For tests that ask more often than anybody does.
    static var withoutRates: ServerOptions {
        var options = ServerOptions()
        options.rates = Rates([:])
        return options
    }
}

/// A client of the server under test.
struct TestServer {
    let client: any TestClientProtocol
    let source: MemorySource

    /// Runs the test against a server with the agenda `assen`, which has been founded by its first admin.
    static func run(
        _ setup: TestingSetup = .router,
        options: ServerOptions = .withoutRates,
        environment: Sequencer.Environment = .system,
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
    func invite(_ role: Role, expires: Int = .max / 2, code: String? = nil) throws -> String {
        let code = code ?? "\(UUID().uuidString)"
        let store = try #require(source.store("assen"))
        let expiry = Timestamp(millisecondsSince1970: min(expires, 253_402_300_799_000))
        try store.add(Invite(hash: InviteCode.hash(code), role: role, member: nil, expires: expiry))
        return code
    }

    func enrol(code: String, as name: String = "laptop") async throws -> TestDevice {
        let request = EnrolmentRequest(invite: code, member: "Testpersoon", device: name, key: nil)
        let response = try await send(.post, "/agendas/assen/devices", body: try ProtocolJSON.encode(request))
        #expect(response.status == .created)
        return TestDevice(answer: try response.decode(EnrolmentAnswer.self))
    }

    func send(
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

    func get(_ path: String, by device: TestDevice?, _ headers: HTTPFields = [:]) async throws -> TestResponse {
        try await send(.get, "/agendas/assen\(path)", by: device, headers)
    }

    func push(_ lines: [String], by device: TestDevice?, _ headers: HTTPFields = [:]) async throws -> TestResponse {
        try await push(Array(lines.map { $0 + "\n" }.joined().utf8), by: device, headers)
    }

    func push(_ body: [UInt8], by device: TestDevice?, _ headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = ProtocolConstants.ndjson }
        return try await send(.post, "/agendas/assen/events", by: device, headers, body: body)
    }

    /// How many requests have been answered with success.
    func answered() async throws -> Int {
        let line = try await send(.get, "/metrics").text.split(separator: "\n").first {
            $0.hasPrefix(#"ambit_requests_total{status="2xx"} "#)
        }
        return try #require(line?.split(separator: " ").last.flatMap { Int($0) })
    }

    /// Pushes that many organisations and expects all of them to be accepted.
    @discardableResult
    func fill(_ count: Int, by device: TestDevice, from counter: Int = 1) async throws -> PushAnswer {
        let lines = (counter..<counter + count).map { device.organisation($0) }
        let answer = try await push(lines, by: device).decode(PushAnswer.self)
        #expect(answer.rejected.isEmpty, "\(answer.rejected.first?.problem.detail ?? "")")
        return answer
    }
}

/// A device that enrolled, and the events that it records.
struct TestDevice {
    let answer: EnrolmentAnswer

    var id: Substring { answer.device.dropFirst("device/".count) }

    func event(_ counter: Int, _ type: String, _ subject: String, _ data: String, basis: Int = 0) -> String {
        """
        {"specversion":"1.0","id":"\(counter)","source":"\(answer.device)","type":"\(type)","subject":"\(subject)",\
        "time":"2026-11-12T10:11:12.123Z","basis":\(basis),"data":\(data)}
        """
    }

    func organisation(_ counter: Int, name: String? = nil) -> String {
        let data = #"{"name":"\#(name ?? "Organisatie \(counter)")","sort":"company"}"#
        return event(counter, "organisation.registered", "organisation/\(id)-\(counter)", data)
    }
}

extension TestResponse {
    var bytes: [UInt8] { Array(body.readableBytesView) }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func decode<Value: Decodable>(_ type: Value.Type, _ location: SourceLocation = #_sourceLocation) throws -> Value {
        #expect((200..<300).contains(status.code), "\(text)", sourceLocation: location)
        return try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Checks that this is a well-formed problem of that type.
    @discardableResult
    func expectProblem(
        _ type: ProblemType,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> ProblemDetails {
        #expect(status.code == type.status, "\(text)", sourceLocation: location)
        #expect(headers[.contentType] == ProtocolConstants.problem, sourceLocation: location)
        let problem = try JSONDecoder().decode(ProblemDetails.self, from: Data(bytes))
        #expect(problem.problem == type, "\(text)", sourceLocation: location)
        #expect(problem.status == type.status, sourceLocation: location)
        #expect(problem.title == type.title, sourceLocation: location)
        #expect(problem.detail?.isEmpty == false, sourceLocation: location)
        return problem
    }

    /// The lines of an answer in NDJSON.
    var lines: [Substring] {
        text.split(separator: "\n")
    }
}

/// What a gzip body inflates to.
func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
    var decoder = GzipDecoder(maximumInflated: 1 << 30, maximumRatio: 1 << 20)
    var output: [UInt8] = []
    try bytes.withUnsafeBufferPointer { try decoder.decode($0, into: &output) }
    try decoder.finish()
    return output
}
