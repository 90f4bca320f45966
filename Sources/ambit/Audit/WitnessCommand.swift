import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
import Logging
import ServiceLifecycle
import SyncServer

/// `ambit witness`: cosigns what extends what it saw.
struct WitnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Be a witness: cosign the checkpoints of logs that only grow.",
        subcommands: [Create.self, Run.self]
    )

    /// Makes a witness.
    struct Create: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Make the folder and the key of a new witness; prints its verifier key.",
            discussion: "ambit witness create witness.example.nl/w1 --data witness"
        )

        @Argument(help: "What the witness is called, for ever: a name of your own, without white space and plus signs.")
        var name: String

        @Option(help: ArgumentHelp("The witness's folder.", valueName: "dir"))
        var data: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            let key = try WitnessFolder.create(at: data, name: name).description
            if output.json {
                try Output.json(Answer(verifierKey: key))
            } else {
                Output.table([["verifier key", key]])
                Output.line("Next: ambit witness run --data \(data) --log KEY, and ambit serve --witness \(key)=URL.")
            }
        }

        private struct Answer: Encodable {
            var verifierKey: String
        }
    }

    /// Takes checkpoints over HTTP.
    struct Run: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Take checkpoints over HTTP and cosign those that extend what was seen, until SIGTERM or SIGINT.",
            discussion: """
                Speaks C2SP tlog-witness: POST /add-checkpoint, GET /<SHA-256 of the origin>/checkpoint. What was cosigned \
                is on the disk before the cosignature leaves.
                """
        )

        @Option(help: ArgumentHelp("The witness's folder.", valueName: "dir"))
        var data: String

        @Option(
            help: ArgumentHelp(
                "The verifier key of a log whose checkpoints are cosigned; may be given several times.",
                valueName: "key"
            )
        )
        var log: [String]

        @Option(help: ArgumentHelp("The address; port 0 is any free one.", valueName: "host:port"))
        var listen: String = "127.0.0.1:8090"

        @Option(help: "What is logged to standard error: everything from this level on.")
        var logLevel: LogLevel = .notice

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let folder = try WitnessFolder(at: data)
            let (host, port) = try ListenAddress.parse(listen)
            let witness = try Witness(
                key: try folder.key(),
                logs: try log.map { try VerifierKey($0) },
                memory: folder,
                now: Sequencer.Environment.system.now
            )
            LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
            var logger = Logger(label: "ambit")
            logger.logLevel = logLevel.level
            let server = WitnessServer(witness, host: host, port: port, logger: logger)
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
            }
            try await served
        }

        private struct Ready: Encodable {
            var url: String
            var verifierKey: String
        }
    }
}
