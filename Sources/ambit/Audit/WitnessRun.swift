import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
import LogClient
import Logging
import SyncClient
import SyncProtocol
import SyncServer

/// `ambit witness run`: takes checkpoints over HTTP, and goes to see logs by itself.
struct WitnessRun: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: .told(
            "Cosign checkpoints that extend what was seen, sent here or shown by logs, until SIGTERM or SIGINT."
        ),
        discussion: .told(
            """
            Takes checkpoints as C2SP's tlog-witness says (POST /add-checkpoint), gives out what was cosigned last (GET \
            /<SHA-256 of the origin>/checkpoint), and follows any log that C2SP's tlog-tiles describes. What was cosigned is \
            on the disk before the cosignature leaves. A log that goes back on what it had signed is not cosigned: both \
            checkpoints are kept in DIR/evidence, and GET /healthz answers with 503 as long as they are there.
            """
        )
    )

    @Option(help: .told("The witness's folder.", valueName: "dir"))
    var data: String

    @Option(
        help: .told(
            "The verifier key of a log whose checkpoints are cosigned when they are sent; may be given several times.",
            valueName: "key"
        )
    )
    var log: [String] = []

    @Option(
        help: .told(
            "A log that is followed as well: its verifier key, =, the address that its checkpoint and tiles are below. May "
                + "be given several times.",
            valueName: "key=url"
        ),
        transform: KeyAtAddress.init(argument:)
    )
    var follow: [KeyAtAddress] = []

    @Option(
        help: .told(
            "A followed log's origin, =, a file with the token of a device that may read it. May be given several times.",
            valueName: "origin=file"
        )
    )
    var tokenFile: [String] = []

    @Option(help: .told("How long to wait between two visits to a followed log.", valueName: "seconds"))
    var interval: Int = 60

    @Flag(
        help: .told(
            "Visit each followed log once and end: with exit code 2 if one is refused, 69 if one cannot be read."
        )
    )
    var once = false

    @Option(help: .told("The address; port 0 is any free one.", valueName: "host:port"))
    var listen: String = "127.0.0.1:8090"

    @Option(
        help: .told(
            "The address of a proxy in front, whose X-Forwarded-For is believed; may be given several times.",
            valueName: "address"
        )
    )
    var trustedProxy: [String] = []

    @Option(help: .told("What is logged to standard error: everything from this level on."))
    var logLevel: LogLevel = .notice

    @OptionGroup var cleartext: CleartextOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var language: NamedLanguage

    func validate() throws {
        guard !log.isEmpty || !follow.isEmpty else { throw ValidationError("Give --log or --follow.") }
        guard !once || !follow.isEmpty else { throw ValidationError("--once goes with --follow.") }
        guard (1...86_400).contains(interval) else { throw ValidationError("--interval takes 1 to 86400 seconds.") }
        guard trustedProxy.allSatisfy(ServerOptions.isAddress) else {
            throw ValidationError("--trusted-proxy takes an IP address.")
        }
    }

    func run() async throws {
        let folder = try WitnessFolder(at: data)
        let followed = try follow.map { (key: try VerifierKey($0.key), address: try LogAddress(given: $0.url)) }
        let others = try log.map { try VerifierKey($0) }.filter { key in !followed.contains { $0.key == key } }
        let now = RuntimeEnvironment.system.now
        let witness = try Witness(key: folder.key(), logs: followed.map(\.key) + others, memory: folder, now: now)
        let tokens = try tokens(of: followed.map(\.key.name))
        var transports: [HTTPTransport] = []
        let result = await Result.running {
            // In here: when one of them cannot be made, those before it are shut down all the same.
            let followers = try followed.map { key, address in
                let token = tokens[key.name]
                if token != nil { try address.check(mayCarry: "the token", allowsCleartext: cleartext.insecure) }
                let transport = try HTTPTransport(log: address, environment: .system)
                transports.append(transport)
                return LogFollower(key, for: witness, over: transport, token: token)
            }
            try await run(witness, followers)
        }
        for transport in transports { await transport.shutDown() }
        try result.get()
    }

    private func run(_ witness: Witness, _ followers: [LogFollower]) async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "ambit")
        logger.logLevel = logLevel.level
        let visits = LastVisits()
        let following = LogFollowing(followers, every: .seconds(interval)) { [logger, once] log, visit in
            let isNews = visits.took(visit, of: log, at: RuntimeEnvironment.system.now())
            if !once { visit.writeLine(about: log, isNews: isNews, to: logger) }
        }
        if once {
            await following.once()
            try report(visits.byOrigin)
        } else {
            try await serve(witness, following: following, visits: visits, logger)
        }
    }

    private func serve(
        _ witness: Witness,
        following: LogFollowing,
        visits: LastVisits,
        _ logger: Logger
    ) async throws {
        let (host, port) = try ListenAddress.parse(listen)
        let server = WitnessServer(
            witness,
            host: host,
            port: port,
            trustedProxies: trustedProxy,
            visits: { visits.byOrigin },
            logger: logger
        )
        async let bound = server.port
        async let served: Void = server.runUntilSignal()
        if let bound = await bound {
            let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(bound)"
            let key = witness.verifier.description
            if output.json {
                try Output.json(Ready(url: url, verifierKey: key))
            } else {
                Output.line("\(key) takes checkpoints at \(url)")
            }
            // Ends with this block, when the server has.
            async let _ = following.run()
            try await served
        } else {
            try await served
        }
    }

    /// The tokens of followed logs, by origin.
    private func tokens(of origins: [String]) throws -> [String: String] {
        var tokens: [String: String] = [:]
        for setting in tokenFile {
            let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, origins.contains(parts[0]) else {
                throw Failure.usage(
                    "--token-file takes the origin of a followed log, =, and a file; \(setting) has neither."
                )
            }
            tokens[parts[0]] = try TokenFile.read(parts[1])
        }
        return tokens
    }

    private func report(_ visits: [String: WitnessHealth.Visit]) throws {
        let sorted = visits.sorted { $0.key < $1.key }
        if output.json {
            try Output.json(Visited(logs: sorted.map { .init(origin: $0, state: $1.state, because: $1.because) }))
        } else {
            Output.table(sorted.map { [$0, $1.state, $1.because ?? ""] })
        }
        if visits.values.contains(where: { $0.state == "refused" }) { throw ExitCode(2) }
        if visits.values.contains(where: { $0.because != nil }) { throw ExitCode(69) }
    }

    private struct Ready: Encodable {
        var url: String
        var verifierKey: String
    }

    private struct Visited: Encodable {
        var logs: [Log]

        struct Log: Encodable {
            var origin: String
            var state: String
            var because: String?
        }
    }
}

extension LogVisit {
    /// Logs what became of it; what was logged at the visit before is not logged again.
    fileprivate func writeLine(about log: VerifierKey, isNews: Bool, to logger: Logger) {
        var metadata: Logger.Metadata = ["log": "\(log.name)"]
        if let because { metadata["because"] = "\(Output.printable(because, lines: 1))" }
        switch self {
        case .cosigned(let size):
            metadata["size"] = "\(size)"
            logger.info("A log has grown, and was cosigned", metadata: metadata)
        case .unchanged: logger.debug("A log is as it was", metadata: metadata)
        case .refused:
            logger.log(level: isNews ? .critical : .info, "A log is not cosigned any more", metadata: metadata)
        case .failed:
            logger.log(level: isNews ? .warning : .info, "A log cannot be followed now", metadata: metadata)
        }
        if isNews, because == nil { logger.notice("A log is followed", metadata: metadata) }
    }
}
