import ArgumentParser
import EventLog
import EventLogSQLite

/// `ambit witness`: cosigns what extends what it saw.
struct WitnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: .told("Be a witness: cosign the checkpoints of logs that only grow."),
        subcommands: [Create.self, WitnessRun.self]
    )

    /// Makes a witness.
    struct Create: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told("Make the folder and the key of a new witness; prints its verifier key."),
            discussion: .told("ambit witness create witness.example.nl/w1 --data witness")
        )

        @Argument(
            help: .told("What the witness is called, for ever: a name of your own, without white space and plus signs.")
        )
        var name: String

        @Option(help: .told("The witness's folder.", valueName: "dir"))
        var data: String

        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run() throws {
            let key = try WitnessFolder.create(at: data, name: name).description
            if output.json {
                try Output.json(Answer(verifierKey: key))
            } else {
                Output.table([["verifier key", key]])
                Output.line(
                    "Next: ambit witness run --data \(data) --follow KEY=URL, or with --log KEY and ambit serve --witness "
                        + "\(key)=URL."
                )
            }
        }

        private struct Answer: Encodable {
            var verifierKey: String
        }
    }
}
