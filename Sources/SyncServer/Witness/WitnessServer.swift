internal import AgendaModel
package import EventLog
internal import Foundation
internal import HTTPTypes
package import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import ServiceLifecycle
package import SyncProtocol

/// A witness over HTTP: C2SP tlog-witness.
///
/// `POST /add-checkpoint`, `GET /<SHA-256 of the origin>/checkpoint` for what was cosigned last, and `GET /healthz`.
package final class WitnessServer: Service {
    private let witness: Witness
    private let host: String
    private let requestedPort: Int
    private let logger: Logger
    private let visits: @Sendable () -> [String: WitnessHealth.Visit]
    private let callers: WitnessCallers
    private let bound = BoundPort()
    private let server: BoundedServer

    /// - Parameters:
    ///   - witness: decides.
    ///   - host: where it listens.
    ///   - port: 0 is any free one.
    ///   - trustedProxies: the addresses of proxies in front, whose `X-Forwarded-For` is believed.
    ///   - elapsed: the time since some moment, which never goes back.
    ///   - visits: the last visit of each log that is followed, by origin.
    ///   - logger: for what fails.
    package init(
        _ witness: Witness,
        host: String,
        port: Int,
        trustedProxies: [String] = [],
        elapsed: @escaping @Sendable () -> Duration = RuntimeEnvironment.sinceStart,
        visits: @escaping @Sendable () -> [String: WitnessHealth.Visit] = { [:] },
        logger: Logger
    ) {
        self.witness = witness
        self.visits = visits
        self.host = host
        requestedPort = port
        self.logger = logger
        callers = WitnessCallers(trusting: trustedProxies, elapsed: elapsed)
        server = BoundedServer(serving: witness.logs.count, trusting: callers.trustedProxies, logger: logger)
    }

    /// The port that it listens on, as soon as it does; nil when it stopped before that.
    package var port: Int? {
        get async { await bound.value }
    }

    package func run() async throws {
        defer { bound.set(nil) }
        do {
            try await application().run()
        } catch {
            throw ServerError(listening: error, on: "\(host):\(requestedPort)") ?? error
        }
    }

    /// Takes checkpoints until the process gets SIGTERM or SIGINT.
    package func runUntilSignal() async throws {
        try await run(untilSignalWithin: ServerOptions.Deadlines().shutdown, logger: logger)
    }

    /// The witness as a value, for tests that talk to it without a socket.
    package func application() -> some ApplicationProtocol {
        Application(
            responder: WitnessResponder(witness: witness, visits: visits, callers: callers, logger: logger),
            server: server.builder,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: requestedPort),
                serverName: nil,
                availableConnectionsDelegate: server.availableConnections
            ),
            onServerRunning: { [bound] channel in bound.set(channel.localAddress?.port) },
            logger: logger
        )
    }
}

private struct WitnessResponder: HTTPResponder {
    typealias Context = ServerContext

    let witness: Witness
    let visits: @Sendable () -> [String: WitnessHealth.Visit]
    let callers: WitnessCallers
    let logger: Logger
    let work = BlockingWork()
    /// Where submissions are decided on: those of different addresses take turns.
    let decisions = HeavyWork()

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        let address = callers.address(of: request, peer: context.peer)
        do {
            try callers.count(address)
            switch (request.method, request.uri.path) {
            case (.post, "/add-checkpoint"):
                let response = try await add(request, from: address)
                if WitnessCallers.isFailure(response.status) { callers.countFailure(of: address) }
                return response
            case (.get, "/healthz"): return try await health()
            case (.get, let path) where path.hasSuffix("/checkpoint"): return try await seen(path)
            default: return text(.notFound, "There is nothing at this address.")
            }
        } catch let problem as ProblemDetails {
            var response = text(.init(code: problem.status ?? 400), problem.detail ?? problem.title)
            response.headers[.retryAfter] = problem.retryAfter.map(String.init)
            return response
        } catch {
            logger.error("A request failed", metadata: ["error": "\(error)"])
            return text(.internalServerError, "The witness cannot decide at the moment; nothing was cosigned.")
        }
    }

    private func add(_ request: Request, from address: String) async throws -> Response {
        let buffer = try await request.body(atMost: AddCheckpoint.maximumBytes, within: .seconds(30))
        let body = Array(buffer.readableBytesView)
        let witness = witness
        switch try await decisions.run(for: address, { try witness.answer(to: body) }) {
        case .cosigned(let line): return Response(Array(line.utf8), type: ProtocolConstants.note, cache: .never)
        case .unknownLog: return text(.notFound, "This witness does not know the log.")
        case .conflict(let size):
            return Response(
                status: .conflict,
                Array("\(size)\n".utf8),
                type: "text/x.tlog.size",
                cache: .never
            )
        case .refused(let status, let why): return text(.init(code: status), why)
        }
    }

    /// `/<64 hexadecimal digits>/checkpoint`.
    private func seen(_ path: String) async throws -> Response {
        let name = path.dropFirst().dropLast("/checkpoint".count)
        let witness = witness
        let log = witness.logs.values.first { Hash.sha256(Array($0.name.utf8)).description == name }
        guard let log, let seen = try await work.run({ try witness.seen(of: log) }) else {
            return text(.notFound, "Nothing of this log was cosigned here.")
        }
        return Response(Array(seen.note.utf8), type: ProtocolConstants.note, cache: .revalidate)
    }

    /// Evidence stays until somebody has looked at it, and so does the status 503.
    private func health() async throws -> Response {
        let (witness, visits) = (witness, visits())
        let health = try await work.run {
            WitnessHealth(
                logs: try witness.logs.values.sorted { $0.name < $1.name }.map { log in
                    .init(
                        origin: log.name,
                        size: try witness.seen(of: log)?.checkpoint.size.rawValue,
                        evidence: try witness.evidence(against: log),
                        visit: visits[log.name]
                    )
                }
            )
        }
        return Response(
            status: health.status == "ok" ? .ok : .serviceUnavailable,
            try ProtocolJSON.encode(health),
            type: ProtocolConstants.json,
            cache: .never
        )
    }

    private func text(_ status: HTTPResponse.Status, _ words: String) -> Response {
        Response(status: status, Array("\(words)\n".utf8), type: "text/plain; charset=utf-8", cache: .never)
    }
}
