import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
import LogClient
import Logging
import SyncServer

/// `ambit serve`: the server.
struct Serve: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Serve the agendas of a data folder over HTTP until SIGTERM or SIGINT."
    )

    @Option(help: ArgumentHelp("The address; port 0 is any free one.", valueName: "host:port"))
    var listen: String = "127.0.0.1:8080"

    @Option(help: ArgumentHelp("Serve over TLS with this PEM certificate chain.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's PEM private key.", valueName: "file"))
    var tlsKey: String?

    @Option(help: "What is logged to standard error: everything from this level on.")
    var logLevel: LogLevel = .notice

    @Flag(help: "Serve reading and ambit heal only, whatever state the logs are in.")
    var noPushes = false

    @Option(
        help: ArgumentHelp(
            "How often one device, or without a token one address, may ask: CLASS=PER_SECOND/BURST, or CLASS=off.",
            discussion: """
                Classes: push, read, administration (of a device), enrolment, failure, public-read (of an address), or \
                all. May be given several times; what is not named keeps its rate.
                """,
            valueName: "rate"
        ),
        transform: RateSetting.init(argument:)
    )
    var rate: [RateSetting] = []

    @Option(
        help: ArgumentHelp(
            "The address of a proxy in front, whose X-Forwarded-For is believed; may be given several times.",
            valueName: "address"
        )
    )
    var trustedProxy: [String] = []

    @Option(
        help: ArgumentHelp(
            "A witness that is asked to cosign every checkpoint: its verifier key, =, its address. May be given several times.",
            valueName: "key=url"
        ),
        transform: WitnessSetting.init(argument:)
    )
    var witness: [WitnessSetting] = []

    @Option(
        help: ArgumentHelp(
            "How many live streams and waiting pulls one member may have at once, or without a token one address.",
            valueName: "count"
        )
    )
    var followersEach: Int = ServerOptions.Capacity().followersEach

    @Option(
        help: ArgumentHelp(
            "When the note of how much of a log has been shown is safe from a power cut.",
            discussion:
                "second: within one. sync: before anybody is shown it, one sync of the disk more for each commit.",
            valueName: "second|sync"
        )
    )
    var seen: SeenDurability = .second

    @Flag(
        help: ArgumentHelp(
            "Record entries though this machine's clock cannot be right by what the log and the laptops say.",
            discussion:
                "The clock is right, or the log holds a time from the future already: new entries get that time then."
        )
    )
    var acceptClock = false

    @OptionGroup var server: DataOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
        guard followersEach >= 0 else { throw ValidationError("--followers-each takes a number, 0 or more.") }
        if let wrong = trustedProxy.first(where: { !ServerOptions.isAddress($0) }) {
            throw ValidationError("--trusted-proxy takes an IP address, which \(wrong) is not.")
        }
    }

    func run() async throws {
        var options = ServerOptions()
        (options.host, options.port) = try ListenAddress.parse(listen)
        if let tlsCertificate, let tlsKey {
            options.tls = .init(certificate: tlsCertificate, key: tlsKey)
        }
        options.takesPushes = !noPushes
        options.syncsSeen = seen == .sync
        options.acceptsClock = acceptClock
        for setting in rate { setting.apply(to: &options.rates) }
        options.trustedProxies = trustedProxy
        options.capacity.followersEach = followersEach
        var transports: [WitnessTransport] = []
        let result = await Result.running {
            // In here: when one of them cannot be made, those before it are shut down all the same.
            for setting in witness {
                let transport = try setting.transport()
                transports.append(transport)
                options.witnesses.append(RemoteWitness(key: setting.key) { try await transport.submit($0) })
            }
            try await serve(options)
        }
        for transport in transports { await transport.shutDown() }
        try result.get()
    }

    private func serve(_ options: ServerOptions) async throws {
        let folder = DataFolder(at: server.data)
        let names = try folder.list()
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "ambit")
        logger.logLevel = logLevel.level
        let scheme = tlsCertificate == nil ? "http" : "https"
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        raiseFileLimit()
        let ambit = try AmbitServer(source: ServedFolder(folder: folder), options: options, logger: logger)
        async let port = ambit.port
        async let served: Void = ambit.runUntilSignal()
        if let port = await port {
            let url = "\(scheme)://\(host):\(port)"
            if output.json {
                try Output.json(Ready(url: url, agendas: names.map(\.rawValue)))
            } else {
                Output.line(
                    "Ambit serves \(names.isEmpty ? "no agendas yet" : names.map(\.rawValue).joined(separator: ", ")) at \(url)"
                )
            }
        }
        try await served
    }

    /// Every follower is an open file; systems let a process have few unless it asks for more.
    private func raiseFileLimit() {
        #if os(Linux)
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let files = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        _ = setrlimit(files, &limit)
    }

    enum SeenDurability: String, CaseIterable, ExpressibleByArgument {
        case second, sync
    }

    private struct Ready: Encodable {
        var url: String
        var agendas: [String]
    }
}
