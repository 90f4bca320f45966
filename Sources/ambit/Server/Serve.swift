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
        abstract: .told("Serve the agendas of a data folder over HTTP until SIGTERM or SIGINT."),
        discussion: .told(
            """
            SIGHUP has it read its certificate and its settings again, and ends nothing. ambit config shows the settings, and \
            where each is from.
            """
        )
    )

    @OptionGroup var options: ServeOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var language: NamedLanguage

    func run() async throws {
        let configuration = try load()
        var options = try configuration.serverOptions()
        var transports: [WitnessTransport] = []
        let result = await Result.running {
            // In here: when one of them cannot be made, those before it are shut down all the same.
            for setting in try configuration.witnesses() {
                let transport = try setting.transport()
                transports.append(transport)
                options.witnesses.append(RemoteWitness(key: setting.key) { try await transport.submit($0) })
            }
            try await serve(options, configuration)
        }
        for transport in transports { await transport.shutDown() }
        try result.get()
    }

    private func load() throws -> ServeConfiguration {
        try ServeConfiguration(options, variables: ProcessInfo.processInfo.environment)
    }

    private func serve(_ options: ServerOptions, _ configuration: ServeConfiguration) async throws {
        guard let data = configuration[.data] else {
            throw Failure.usage(
                "No data folder is given: --data DIR, AMBIT_DATA, or data in the file of settings. ambit agenda create makes one."
            )
        }
        let served = try ServerData(folder: data, store: configuration.store())
        try served.database?.prepare()
        let names = try served.list()
        let backups = try configuration.backups()
        let threshold = ServerLogHandler.Threshold(try configuration.logLevel.level)
        let format = try configuration.logFormat
        let lines = ServerLogHandler.lines(format)
        defer { lines.flush() }
        LoggingSystem.bootstrap { _ in ServerLogHandler(format: format, threshold: threshold, lines: lines) }
        let logger = Logger(label: "ambit")
        raiseFileLimit()
        let source = ServedFolder(served, backups: backups?.folder)
        let ambit = try AmbitServer(source: source, options: options, logger: logger)
        async let port = ambit.port
        async let running: Void = ambit.runUntilSignal {
            // All of it is read before any of it counts.
            let new = try load()
            let (level, options) = (try new.logLevel.level, try new.serverOptions())
            _ = (try new.logFormat, try new.backups())
            threshold.current = level
            reportUnused(from: configuration, to: new, logger)
            return options
        }
        if let port = await port { try announce(options, port: port, names) }
        let schedule = backups.map { backups in
            Task(executorPreference: QueueExecutor(label: "ambit.backups")) {
                await BackupSchedule(
                    of: source,
                    to: backups.folder,
                    every: backups.every,
                    keeping: backups.retention,
                    logger: logger
                )
                .run()
            }
        }
        defer { schedule?.cancel() }
        try await running
    }

    private func announce(_ options: ServerOptions, port: Int, _ names: [AgendaName]) throws {
        let scheme = options.tls == nil ? "http" : "https"
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        let url = "\(scheme)://\(host):\(port)"
        if output.json { return try Output.json(Ready(url: url, agendas: names.map(\.rawValue))) }
        Output.line(
            "Ambit serves \(names.isEmpty ? "no agendas yet" : names.map(\.rawValue).joined(separator: ", ")) at \(url)"
        )
    }

    /// Says which new values wait for the next start.
    private func reportUnused(from old: ServeConfiguration, to new: ServeConfiguration, _ logger: Logger) {
        let changed = ServeSetting.allCases.filter { !$0.isReloaded && old[all: $0] != new[all: $0] }
        guard !changed.isEmpty else { return }
        logger.warning(
            "New values are taken over at the next start",
            metadata: ["settings": "\(changed.map(\.rawValue).joined(separator: ", "))"]
        )
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

    private struct Ready: Encodable {
        var url: String
        var agendas: [String]
    }
}
