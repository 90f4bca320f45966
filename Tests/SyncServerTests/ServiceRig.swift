import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import SyncProtocol
import SyncTesting

@testable import SyncServer

/// A body of which the first part is only there once something else has happened.
struct HeldBody: AsyncSequence, AsyncIteratorProtocol, Sendable {
    typealias Element = ByteBuffer

    let before: @Sendable () async throws -> Void
    var rest: [UInt8]?

    func makeAsyncIterator() -> HeldBody { self }

    mutating func next() async throws -> ByteBuffer? {
        guard let bytes = rest else { return nil }
        rest = nil
        try await before()
        return ByteBuffer(bytes: bytes)
    }
}

/// The service behind a server's routes, with the agenda `assen`: for requests that are answered while others arrive.
struct ServiceRig {
    let service: SyncService
    let agenda: HostedAgenda
    let store: InMemoryLogStore

    init(_ options: ServerOptions = .withoutRates, environment: RuntimeEnvironment = .system) async throws {
        let source = try MemorySource()
        store = try source.add("assen")
        service = SyncService(source: source, options: options, environment: environment, logger: Logger(label: "test"))
        agenda = try await service.registry.agenda("assen")
    }

    static let never = Timestamp(millisecondsSince1970: 253_402_300_799_000)

    /// The code of an invite that was made on the server.
    func invite(_ role: Role) throws -> String {
        let code = InviteCode.make(random: RuntimeEnvironment.system.random)
        try store.add(Invite(hash: InviteCode.hash(code), role: role, member: nil, expires: Self.never))
        return code
    }

    func enrol(_ role: Role) async throws -> Enrolled {
        let code = try invite(role)
        let enrolment = Enrolment(invite: code, memberName: "Testpersoon", deviceName: "laptop", key: nil)
        return try await agenda.sequencer.enrol(enrolment)
    }

    /// Answers a request as the server does; throws what would become a problem.
    func answer(_ request: Request, from address: String = "192.0.2.1") async throws -> Response {
        let place = try RouteTable.server.address(request.uri.path)
        let connection = Connection(EmbeddedChannel())
        let sender = sender(of: request, at: place, from: address)
        return try await service.answer(request, at: place, from: sender, over: connection)
    }

    /// Who sends a request, as far as that is known when it comes.
    func sender(
        of request: Request,
        at place: RouteTable.Address,
        from address: String = "192.0.2.1"
    ) -> RequestSender {
        var sender = RequestSender(credentials: Credentials(request.headers), address: address)
        sender.known = service.known(sender, at: place)
        return sender
    }

    /// A request of which the body arrives after something else has happened.
    func request(
        _ path: String,
        _ method: HTTPRequest.Method = .post,
        by device: Enrolled?,
        type: String = ProtocolConstants.json,
        _ body: String = "",
        with fields: HTTPFields = [:],
        after event: @escaping @Sendable () async throws -> Void = {}
    ) -> Request {
        var headers = fields
        headers[.contentType] = type
        if let device { headers[.authorization] = "Bearer \(device.token)" }
        let head = HTTPRequest(
            method: method,
            scheme: nil,
            authority: nil,
            path: "/v1/agendas/assen\(path)",
            headerFields: headers
        )
        return Request(head: head, body: RequestBody(asyncSequence: HeldBody(before: event, rest: Array(body.utf8))))
    }
}
